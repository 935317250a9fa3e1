package main

import (
	"bytes"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/json"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/kube-openapi/pkg/validation/spec"
)

// converters hold the parsed OpenAPI v3 documents by the key that the host gave each.
var converters = map[string]managedfields.TypeConverter{}

// kindsOf are the schemas of the kinds that each document has; nil for those whose defaults are in `known`.
var kindsOf = map[string]map[schema.GroupVersionKind]*spec.Schema{}

// openAPI leaves the paths of a document unread: they are most of it.
type openAPI struct {
	Components struct {
		Schemas map[string]*spec.Schema `json:"schemas"`
	} `json:"components"`
}

func learnAnswer(request []byte) []any {
	key, document, _ := bytes.Cut(request, []byte("\n"))
	if err := learnDocument(string(key), document); err != nil {
		return []any{map[string]any{"ok": false, "message": fmt.Sprintf("unreadable OpenAPI document: %v", err)}}
	}
	return []any{map[string]any{"ok": true}}
}

func learnDocument(key string, document []byte) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	var parsed openAPI
	if err := json.Unmarshal(document, &parsed); err != nil {
		return err
	}
	converter, err := managedfields.NewTypeConverter(parsed.Components.Schemas, false)
	if err != nil {
		return err
	}
	converters[key], kindsOf[key] = converter, kindsIn(parsed.Components.Schemas)
	return nil
}

func kindsIn(schemas map[string]*spec.Schema) map[schema.GroupVersionKind]*spec.Schema {
	kinds := map[schema.GroupVersionKind]*spec.Schema{}
	for _, model := range schemas {
		var named []schema.GroupVersionKind
		if model.Extensions.GetObject("x-kubernetes-group-version-kind", &named) != nil {
			continue
		}
		for _, kind := range named {
			kinds[kind] = model
			if known.Recognizes(kind) {
				kinds[kind] = nil
			}
		}
	}
	return kinds
}

// documentOf is the path below /openapi/v3 of the document for a group-version.
func documentOf(apiVersion string) string {
	if strings.Contains(apiVersion, "/") {
		return "apis/" + apiVersion
	}
	return "api/" + apiVersion
}

// converterOf gives the schema too, of a custom resource. The type of a kind without one is deduced as the API server does
// it: every list is atomic.
func converterOf(kind schema.GroupVersionKind, keys map[string]string) (managedfields.TypeConverter, *spec.Schema) {
	key := keys[documentOf(kind.GroupVersion().String())]
	if model, found := kindsOf[key][kind]; found {
		return converters[key], model
	}
	return managedfields.NewDeducedTypeConverter(), nil
}
