package main

import (
	"bytes"
	"path"
	"strings"

	"sigs.k8s.io/kustomize/api/resource"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// artifact is the mounted directory with one file overlaid: Flux writes the kustomization it made into its copy.
// The in-memory filesystem of kyaml is no help here, since it refuses names with spaces or parentheses.
type artifact struct {
	filesys.FileSystem
	file string
	// content is what `file` reads as now: `original` asks for origin annotations, `plain` is as Flux has it.
	content, original, plain []byte
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
func originOf(fs *artifact, directory string, res *resource.Resource) string {
	origin, err := res.GetOrigin()
	if err != nil || origin == nil || origin.Repo != "" {
		return ""
	}
	file := path.Join(directory, origin.Path)
	if origin.Path == "" {
		file = path.Join(directory, origin.ConfiguredIn)
	}
	if !fs.FileSystem.Exists(file) || fs.FileSystem.IsDir(file) {
		return ""
	}
	return relative(file)
}

func relative(file string) string {
	return strings.TrimPrefix(strings.TrimPrefix(file, root), "/")
}
