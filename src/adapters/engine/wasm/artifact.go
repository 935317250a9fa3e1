package main

import (
	"bytes"
	"os"
	"path"
	"regexp"
	"strings"

	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// artifact is the mounted directory with one file overlaid: Flux writes the kustomization it made into its copy.
// The in-memory filesystem of kyaml is no help here, since it refuses names with spaces or parentheses.
type artifact struct {
	filesys.FileSystem
	file string
	// content is what `file` reads as now, with origin annotations asked for; plain is as Flux has it.
	content, plain []byte
	// last is the file read last, the likely cause of an error that names none.
	last string
	// hashed says that an object other than those that kustomize generates asks for a hash suffix.
	hashed bool
}

func (a *artifact) ReadFile(name string) ([]byte, error) {
	if name == a.file {
		return a.content, nil
	}
	content, err := a.FileSystem.ReadFile(name)
	if err == nil {
		a.last = name
		a.hashed = a.hashed || bytes.Contains(content, []byte("kustomize.config.k8s.io/needs-hash"))
	}
	return content, err
}

func (a *artifact) Exists(name string) bool {
	return name == a.file || a.FileSystem.Exists(name)
}

// originOf is the file that an object stands in, or the kustomization that configures its generator; else empty.
func originOf(directory string, res *resource.Resource) string {
	file := path.Join(directory, originIn(res))
	if info, err := os.Stat(file); err != nil || info.IsDir() {
		return ""
	}
	return relative(file)
}

// plainOrigin is what nearly all origins look like; to read YAML for each object takes longer than all else here.
var plainOrigin = regexp.MustCompile(`^path: ([\w./-]+\.ya?ml)\n$`)

func originIn(res *resource.Resource) string {
	if match := plainOrigin.FindStringSubmatch(res.GetAnnotations()[originAnnotation]); match != nil {
		return match[1]
	}
	origin, err := res.GetOrigin()
	switch {
	case err != nil || origin == nil || origin.Repo != "":
		return ""
	case origin.Path == "":
		return origin.ConfiguredIn
	default:
		return origin.Path
	}
}

// originAnnotation is where kustomize writes the origin of an object.
const originAnnotation = "config.kubernetes.io/origin"

func relative(file string) string {
	return strings.TrimPrefix(strings.TrimPrefix(file, root), "/")
}
