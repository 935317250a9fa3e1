package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/fluxcd/pkg/kustomize"
	"github.com/fluxcd/pkg/ssa/normalize"
	ssautil "github.com/fluxcd/pkg/ssa/utils"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/json"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/api/resmap"
	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/api/types"
	"sigs.k8s.io/kustomize/kyaml/filesys"
	"sigs.k8s.io/kustomize/kyaml/openapi"
	"sigs.k8s.io/kustomize/kyaml/openapi/kubernetesapi"
	"sigs.k8s.io/yaml"
)

// root is where the host mounts the artifact: not "/", whose name the generator of Flux takes out of every path.
const root = "/r"

const group = "kustomize.toolkit.fluxcd.io"

type buildRequest struct {
	Path      string            `json:"path"`
	Name      string            `json:"name"`
	Namespace string            `json:"namespace"`
	Spec      map[string]any    `json:"spec"`
	Variables map[string]string `json:"variables"`
	Strict    bool              `json:"strict"`
}

type builtObject struct {
	Object map[string]any `json:"object"`
	File   string         `json:"file,omitempty"`
}

type buildHeader struct {
	OK        bool `json:"ok"`
	Generated bool `json:"generated"`
	Count     int  `json:"count"`
}

func buildAnswer(request []byte) []any {
	var r buildRequest
	if err := json.Unmarshal(request, &r); err != nil {
		return failed(&failure{Reason: "failed", Message: err.Error()})
	}
	fs := &artifact{FileSystem: filesys.MakeFsOnDisk()}
	objects, generated, err := r.build(fs)
	if err != nil {
		return failed(explain(err, fs, path.Join(root, r.Path)))
	}
	lines := []any{buildHeader{OK: true, Generated: generated, Count: len(objects)}}
	for _, object := range objects {
		lines = append(lines, object)
	}
	return lines
}

// build is kustomize-controller's pipeline from a fetched artifact up to what it would apply, without decryption.
func (r *buildRequest) build(fs *artifact) (objects []builtObject, generated bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("recovered from kustomize build panic: %v", p)
		}
	}()
	directory := path.Join(root, r.Path)
	if info, err := os.Stat(directory); err != nil || !info.IsDir() {
		return nil, false, errPathNotFound
	}
	metadata, action, err := r.overlay(fs, directory)
	if err != nil {
		return nil, false, err
	}
	resources, origins, err := run(fs, directory, metadata)
	if err != nil {
		return nil, false, fmt.Errorf("kustomize build failed: %w", err)
	}
	if err := r.substitute(resources, origins); err != nil {
		return nil, false, err
	}
	objects, err = r.finish(resources, origins)
	return objects, action == kustomize.CreatedAction, err
}

// overlay puts the spec of the Kustomization over the directory's own file, as Flux does: in place, not around it.
func (r *buildRequest) overlay(fs *artifact, directory string) ([]string, kustomize.Action, error) {
	manifest, file, action, err := kustomize.NewGenerator("", r.kustomization()).GenerateManifest(directory)
	if err != nil {
		return nil, action, err
	}
	content, asked, err := withOrigins(manifest)
	fs.file, fs.content, fs.plain = file, content, manifest
	return asked, action, err
}

// withOrigins is a generated kustomization that asks for origins, and the build metadata that it asked for before. One that
// asked for none gets them as a line: to read and write one takes a tenth of the build of a small directory.
func withOrigins(manifest []byte) (content []byte, asked []string, err error) {
	if !bytes.Contains(manifest, []byte("buildMetadata:")) {
		return slices.Concat(manifest, []byte("buildMetadata: ["+types.OriginAnnotations+"]\n")), nil, nil
	}
	var k types.Kustomization
	if err := yaml.Unmarshal(manifest, &k); err != nil {
		return nil, nil, err
	}
	asked = k.BuildMetadata
	if slices.Contains(asked, types.OriginAnnotations) {
		return manifest, asked, nil
	}
	k.BuildMetadata = append(slices.Clone(asked), types.OriginAnnotations)
	content, err = yaml.Marshal(k)
	return content, asked, err
}

func (r *buildRequest) kustomization() unstructured.Unstructured {
	return unstructured.Unstructured{Object: map[string]any{
		"apiVersion": group + "/v1",
		"kind":       "Kustomization",
		"metadata":   map[string]any{"name": r.Name, "namespace": r.Namespace},
		"spec":       r.Spec,
	}}
}

// run builds with origin annotations, reads the file of each object from them, and takes them off unless asked for.
func run(fs *artifact, directory string, asked []string) (resmap.ResMap, []string, error) {
	resources, err := krustyRun(fs, directory)
	if err != nil {
		return nil, nil, err
	}
	origins := make([]string, resources.Size())
	for i, res := range resources.Resources() {
		origins[i] = originOf(directory, res)
	}
	if slices.Contains(asked, types.OriginAnnotations) {
		return resources, origins, nil
	}
	if !fs.hashed {
		return resources, origins, resources.RemoveOriginAnnotations()
	}
	// The hash of an object that asks for one is over its annotations too.
	fs.content = fs.plain
	resources, err = krustyRun(fs, directory)
	return resources, origins, err
}

// variableName is what fluxcd/pkg/kustomize lets pass as the name of a variable; any other fails the build there.
var variableName = regexp.MustCompile("^[_[:alpha:]][_[:alpha:][:digit:]]*$")

// krustyRun is Flux's Build, without its parsing of the Kubernetes schema each time: only a build that changed it costs that.
func krustyRun(fs filesys.FileSystem, directory string) (resmap.ResMap, error) {
	openapi.Schema()
	defer func() {
		if openapi.GetSchemaVersion() != kubernetesapi.DefaultOpenAPI {
			openapi.ResetOpenAPI()
		}
	}()
	return krusty.MakeKustomizer(&krusty.Options{
		LoadRestrictions: types.LoadRestrictionsNone,
		PluginConfig:     types.DisabledPluginConfig(),
	}).Run(fs, directory)
}

func (r *buildRequest) substitute(resources resmap.ResMap, origins []string) error {
	ids := map[string]int{}
	for _, res := range resources.Resources() {
		ids[idOf(res)]++
	}
	for i, res := range resources.Resources() {
		if res.GetName() == "" || res.GetKind() == "" || res.GetApiVersion() == "" {
			return &fileError{origins[i], errors.New("an object has no apiVersion, kind or name")}
		}
		before := idOf(res)
		if err := r.substituteIn(res); err != nil {
			err = fmt.Errorf("post build failed for '%s/%s': %w", res.GetGvk(), res.GetName(), err)
			return &fileError{origins[i], err}
		}
		// Flux looks the object up again, by comparing it with each other one.
		after := idOf(res)
		ids[before]--
		ids[after]++
		if ids[after] > 1 {
			return &fileError{origins[i], fmt.Errorf("post build failed: two objects are named %s", after)}
		}
	}
	return nil
}

func idOf(res *resource.Resource) string {
	id := res.CurId()
	return strings.Join([]string{id.Gvk.String(), id.EffectiveNamespace(), id.Name}, "/")
}

func (r *buildRequest) substituteIn(res *resource.Resource) error {
	postBuild, _ := r.Spec["postBuild"].(map[string]any)
	if postBuild == nil {
		return nil
	}
	inline := map[string]any{}
	for name, value := range r.Variables {
		inline[name] = value
	}
	k := r.kustomization()
	k.Object["spec"] = map[string]any{"postBuild": map[string]any{"substitute": inline}}
	_, err := kustomize.SubstituteVariables(context.Background(), nil, k, res,
		kustomize.SubstituteWithDryRun(true),
		kustomize.SubstituteWithStrict(r.Strict),
		kustomize.SubstituteWithAlways(postBuild["substituteStrategy"] == "Always"))
	return err
}

// finish is what happens between a build and its apply: lists flattened, owner labels, normalised, common metadata.
func (r *buildRequest) finish(resources resmap.ResMap, origins []string) ([]builtObject, error) {
	var objects []*unstructured.Unstructured
	var files []string
	for i, res := range resources.Resources() {
		read, err := objectsIn(res)
		if err != nil {
			return nil, &fileError{origins[i], err}
		}
		for _, object := range read {
			objects, files = append(objects, object), append(files, origins[i])
		}
	}
	if err := r.dress(objects); err != nil {
		return nil, err
	}
	built := make([]builtObject, len(objects))
	for i, object := range objects {
		unstructured.RemoveNestedField(object.Object, "metadata", "creationTimestamp")
		built[i] = builtObject{Object: object.Object, File: files[i]}
	}
	return built, nil
}

func (r *buildRequest) dress(objects []*unstructured.Unstructured) error {
	owner := map[string]string{group + "/name": r.Name, group + "/namespace": r.Namespace}
	for _, object := range objects {
		labels := object.GetLabels()
		if labels == nil {
			labels = map[string]string{}
		}
		for name, value := range owner {
			labels[name] = value
		}
		object.SetLabels(labels)
	}
	if err := normalize.UnstructuredList(objects); err != nil {
		return err
	}
	if common, found, _ := unstructured.NestedMap(r.Spec, "commonMetadata"); found {
		labels, _, _ := unstructured.NestedStringMap(common, "labels")
		annotations, _, _ := unstructured.NestedStringMap(common, "annotations")
		ssautil.SetCommonMetadata(objects, labels, annotations)
	}
	for _, object := range objects {
		ssautil.RemoveCABundleFromCRD(object)
	}
	return nil
}
