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

// kindsOf are the kinds that each document has a schema for: its converter refuses all others.
var kindsOf = map[string]map[schema.GroupVersionKind]bool{}

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

func kindsIn(schemas map[string]*spec.Schema) map[schema.GroupVersionKind]bool {
	kinds := map[schema.GroupVersionKind]bool{}
	for _, model := range schemas {
		var named []schema.GroupVersionKind
		if model.Extensions.GetObject("x-kubernetes-group-version-kind", &named) != nil {
			continue
		}
		for _, kind := range named {
			kinds[kind] = true
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

// converterOf deduces the type of a kind without a schema, as the API server does: every list is atomic.
func converterOf(kind schema.GroupVersionKind, keys map[string]string) managedfields.TypeConverter {
	key := keys[documentOf(kind.GroupVersion().String())]
	if kindsOf[key][kind] {
		return converters[key]
	}
	return managedfields.NewDeducedTypeConverter()
}
