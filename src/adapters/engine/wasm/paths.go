package main

import (
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/value"
)

var plainName = regexp.MustCompile(`^[A-Za-z_$][A-Za-z0-9_-]*$`)

// spell writes a path as `.spec.containers[name="app"].image`; names that would be unclear as `["a.b/c"]`.
func spell(p fieldpath.Path) string {
	var text strings.Builder
	for _, element := range p {
		text.WriteString(spellElement(element))
	}
	return text.String()
}

func spellElement(element fieldpath.PathElement) string {
	switch {
	case element.FieldName != nil && plainName.MatchString(*element.FieldName):
		return "." + *element.FieldName
	case element.FieldName != nil:
		return "[" + literal(*element.FieldName) + "]"
	case element.Key != nil:
		parts := make([]string, len(*element.Key))
		for i, field := range *element.Key {
			parts[i] = field.Name + "=" + literal(field.Value.Unstructured())
		}
		return "[" + strings.Join(parts, ",") + "]"
	case element.Value != nil:
		return "[=" + literal((*element.Value).Unstructured()) + "]"
	default:
		return "[" + strconv.Itoa(*element.Index) + "]"
	}
}

func literal(v any) string {
	encoded, err := json.Marshal(v)
	if err != nil {
		return "?"
	}
	return string(encoded)
}

// lookUp finds the value at a path in plain JSON.
func lookUp(v any, p fieldpath.Path) (any, bool) {
	for _, element := range p {
		next, found := step(v, element)
		if !found {
			return nil, false
		}
		v = next
	}
	return v, true
}

func step(v any, element fieldpath.PathElement) (any, bool) {
	if element.FieldName != nil {
		object, _ := v.(map[string]any)
		next, found := object[*element.FieldName]
		return next, found
	}
	list, _ := v.([]any)
	if element.Index != nil {
		if *element.Index < 0 || *element.Index >= len(list) {
			return nil, false
		}
		return list[*element.Index], true
	}
	for _, item := range list {
		if isItem(item, element) {
			return item, true
		}
	}
	return nil, false
}

// isItem lets a key that the item leaves out match: only keys with a default can be left out.
func isItem(item any, element fieldpath.PathElement) bool {
	if element.Value != nil {
		return value.Equals(value.NewValueInterface(item), *element.Value)
	}
	object, isObject := item.(map[string]any)
	if !isObject {
		return false
	}
	for _, field := range *element.Key {
		part, found := object[field.Name]
		if found && !value.Equals(value.NewValueInterface(part), field.Value) {
			return false
		}
	}
	return true
}
