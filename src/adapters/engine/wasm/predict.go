package main

import (
	"errors"
	"fmt"

	"github.com/fluxcd/pkg/ssa/normalize"
	ssautil "github.com/fluxcd/pkg/ssa/utils"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/merge"
	"sigs.k8s.io/structured-merge-diff/v6/typed"
)

type predictRequest struct {
	Pairs []struct {
		Desired map[string]any `json:"desired"`
		Live    map[string]any `json:"live"`
	} `json:"pairs"`
	// Schemas are the keys of learnt documents by their path below /openapi/v3.
	Schemas map[string]string `json:"schemas"`
}

type prediction struct {
	OK      bool     `json:"ok"`
	Changes []change `json:"changes"`
	Kept    []change `json:"kept"`
}

// serverSide are the fields that only the API server writes.
var serverSide = [][]string{
	{"status"},
	{"metadata", "managedFields"},
	{"metadata", "resourceVersion"},
	{"metadata", "uid"},
	{"metadata", "generation"},
	{"metadata", "creationTimestamp"},
	{"metadata", "deletionTimestamp"},
	{"metadata", "deletionGracePeriodSeconds"},
	{"metadata", "selfLink"},
}

// uncounted are the fields that no manager can own, as the API server strips them.
var uncounted = uncountedSet()

func uncountedSet() *fieldpath.Set {
	set := fieldpath.NewSet(
		fieldpath.MakePathOrDie("apiVersion"),
		fieldpath.MakePathOrDie("kind"),
		fieldpath.MakePathOrDie("metadata", "name"),
		fieldpath.MakePathOrDie("metadata", "namespace"),
	)
	for _, field := range serverSide {
		parts := make([]any, len(field))
		for i, part := range field {
			parts[i] = part
		}
		set.Insert(fieldpath.MakePathOrDie(parts...))
	}
	return set
}

func predictAnswer(request []byte) []any {
	var r predictRequest
	if err := json.Unmarshal(request, &r); err != nil {
		return []any{refusal(err)}
	}
	lines := make([]any, len(r.Pairs))
	for i, pair := range r.Pairs {
		lines[i] = predictPair(pair.Desired, pair.Live, r.Schemas)
	}
	return lines
}

func refusal(err error) map[string]any {
	return map[string]any{"ok": false, "message": clean(err.Error())}
}

func predictPair(desired, live map[string]any, keys map[string]string) (line any) {
	defer func() {
		if p := recover(); p != nil {
			line = refusal(fmt.Errorf("recovered from a panic while comparing: %v", p))
		}
	}()
	c := comparison{desired: &unstructured.Unstructured{Object: desired}, live: &unstructured.Unstructured{Object: live}}
	if c.desired.GetKind() != c.live.GetKind() {
		return refusal(errors.New("the desired and the live object are of different kinds"))
	}
	c.converter, c.schema = converterOf(c.desired.GroupVersionKind(), keys)
	found, err := c.predict()
	if err != nil {
		return refusal(err)
	}
	return found
}

// comparison is one desired object beside its live one.
type comparison struct {
	desired, live *unstructured.Unstructured
	converter     managedfields.TypeConverter
	schema        *spec.Schema
	owners        []*owner
	typedLive     *typed.TypedValue
	typedDesired  *typed.TypedValue
}

// predict does what kustomize-controller and then the API server do: take over managers, merge, prune.
func (c *comparison) predict() (*prediction, error) {
	if err := c.prepare(); err != nil {
		return nil, err
	}
	keeps := keepsAdditions(c.desired, c.live)
	managers := takeOver(c.owners, keeps)
	start := c.typedLive
	if !keeps {
		cleaned := c.live.DeepCopy()
		cleanMetadata(cleaned)
		var err error
		if start, err = c.converter.ObjectToTyped(cleaned, typed.AllowDuplicates); err != nil {
			return nil, err
		}
	}
	version := fieldpath.APIVersion(c.desired.GetAPIVersion())
	updater := (&merge.UpdaterBuilder{Converter: unconverted{}, ReturnInputOnNoop: true}).BuildUpdater()
	after, _, err := updater.Apply(start, c.typedDesired, version, managers, flux, true)
	if err != nil {
		return nil, err
	}
	changes, err := c.changes(after)
	if err != nil {
		return nil, err
	}
	kept, err := c.kept(after)
	return &prediction{OK: true, Changes: changes, Kept: kept}, err
}

func (c *comparison) prepare() (err error) {
	if c.owners, err = ownersOf(c.live); err != nil {
		return err
	}
	if err = normalize.UnstructuredList([]*unstructured.Unstructured{c.desired}); err != nil {
		return err
	}
	ssautil.RemoveCABundleFromCRD(c.desired)
	for _, object := range []*unstructured.Unstructured{c.desired, c.live} {
		for _, field := range serverSide {
			unstructured.RemoveNestedField(object.Object, field...)
		}
	}
	// A live object is read at one version and may be desired at another of the same fields.
	c.live.SetAPIVersion(c.desired.GetAPIVersion())
	if c.typedLive, err = c.converter.ObjectToTyped(c.live, typed.AllowDuplicates); err != nil {
		return fmt.Errorf("the live object does not fit its schema: %w", err)
	}
	if c.typedDesired, err = c.converter.ObjectToTyped(c.desired); err != nil {
		return fmt.Errorf("the API server will refuse the object: %w", err)
	}
	return nil
}

// unconverted takes the fields of all versions of a kind to be the same: a GET has an object in one version only.
type unconverted struct{}

func (unconverted) Convert(object *typed.TypedValue, _ fieldpath.APIVersion) (*typed.TypedValue, error) {
	return object, nil
}

func (unconverted) IsMissingVersionError(error) bool { return false }
