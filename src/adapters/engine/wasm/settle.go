package main

import (
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/kube-openapi/pkg/validation/spec"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/typed"
)

// settle gives a merged object as the API server would store it: fields that fell away have their defaults again, values
// are in their own spelling, and what is empty is left out. False when it is not known how it would.
func (c *comparison) settle(merged map[string]any) (map[string]any, bool) {
	object := runtime.DeepCopyJSON(merged)
	if known.Recognizes(c.desired.GroupVersionKind()) {
		return c.settleKnown(object)
	}
	if c.schema == nil {
		return nil, false
	}
	fillIn(object, c.schema, 0)
	return object, true
}

func (c *comparison) settleKnown(object map[string]any) (map[string]any, bool) {
	plain, err := throughType(object, c.desired, func(runtime.Object) {})
	if err != nil || loses(object, plain) {
		return nil, false
	}
	settled, err := throughType(object, c.desired, known.Default)
	return settled, err == nil
}

func throughType(object map[string]any, of *unstructured.Unstructured, change func(runtime.Object)) (map[string]any, error) {
	own, err := known.New(of.GroupVersionKind())
	if err != nil {
		return nil, err
	}
	if err := runtime.DefaultUnstructuredConverter.FromUnstructured(object, own); err != nil {
		return nil, err
	}
	change(own)
	out, err := runtime.DefaultUnstructuredConverter.ToUnstructured(own)
	if err != nil {
		return nil, err
	}
	for _, field := range serverSide {
		unstructured.RemoveNestedField(out, field...)
	}
	return out, nil
}

// loses says that our types lack a field that is set: the cluster is newer than they are.
func loses(before, after any) bool {
	switch b := before.(type) {
	case map[string]any:
		a, _ := after.(map[string]any)
		for name, value := range b {
			if loses(value, a[name]) {
				return true
			}
		}
		return false
	case []any:
		a, _ := after.([]any)
		for i, value := range b {
			if i >= len(a) || loses(value, a[i]) {
				return true
			}
		}
		return false
	default:
		return after == nil && !isNothing(before)
	}
}

func isNothing(v any) bool {
	switch v := v.(type) {
	case nil:
		return true
	case map[string]any:
		return len(v) == 0
	case []any:
		return len(v) == 0
	case string:
		return v == ""
	case bool:
		return !v
	case int64:
		return v == 0
	case float64:
		return v == 0
	default:
		return false
	}
}

// deepestDefault ends the walk through schemas that are hostile; no structural schema is as deep.
const deepestDefault = 64

// fillIn sets the defaults of a structural schema, as the API server does for custom resources.
func fillIn(v any, schema *spec.Schema, depth int) {
	if depth > deepestDefault {
		return
	}
	switch v := v.(type) {
	case map[string]any:
		fillInObject(v, schema, depth)
	case []any:
		if schema.Items == nil || schema.Items.Schema == nil {
			return
		}
		for _, item := range v {
			fillIn(item, schema.Items.Schema, depth+1)
		}
	}
}

func fillInObject(object map[string]any, schema *spec.Schema, depth int) {
	for name, property := range schema.Properties {
		value, found := object[name]
		if property.Default != nil && (!found || value == nil && !property.Nullable) {
			object[name] = runtime.DeepCopyJSONValue(integral(property.Default))
		}
		if value, found = object[name]; found {
			fillIn(value, &property, depth+1)
		}
	}
	if schema.AdditionalProperties == nil || schema.AdditionalProperties.Schema == nil {
		return
	}
	for name, value := range object {
		if _, declared := schema.Properties[name]; !declared {
			fillIn(value, schema.AdditionalProperties.Schema, depth+1)
		}
	}
}

// integral turns the whole numbers of plain JSON into the integers that objects have.
func integral(v any) any {
	switch v := v.(type) {
	case float64:
		if v == float64(int64(v)) {
			return int64(v)
		}
		return v
	case map[string]any:
		out := map[string]any{}
		for name, value := range v {
			out[name] = integral(value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for i, value := range v {
			out[i] = integral(value)
		}
		return out
	default:
		return v
	}
}

// carriedOver are the fields that the API server keeps from the old object where the new one leaves them out.
var carriedOver = map[string]map[string]bool{
	"Service": {
		"clusterIP": true, "clusterIPs": true, "nodePort": true, "healthCheckNodePort": true,
		"ipFamilies": true, "ipFamilyPolicy": true,
	},
	"Namespace": {"finalizers": true},
}

func (c *comparison) carriesOver(p fieldpath.Path) bool {
	last := p[len(p)-1].FieldName
	fields := carriedOver[c.desired.GetKind()]
	if last == nil || c.desired.GroupVersionKind().Group != "" || !fields[*last] || *p[0].FieldName != "spec" {
		return false
	}
	before, _, _ := unstructured.NestedString(c.live.Object, "spec", "type")
	after, set, _ := unstructured.NestedString(c.desired.Object, "spec", "type")
	return !set || before == after
}

// settled gives both sides as the API server would store them, so that what differs is what the merge does: neither
// spelling nor a default that is yet to be filled in.
func (c *comparison) settled(merged *typed.TypedValue) (before, after *typed.TypedValue) {
	live, known := c.settle(c.live.Object)
	wanted, alsoKnown := c.settle(merged.AsValue().Unstructured().(map[string]any))
	if !known || !alsoKnown {
		return c.typedLive, merged
	}
	before, err := c.converter.ObjectToTyped(&unstructured.Unstructured{Object: live}, typed.AllowDuplicates)
	if err != nil {
		return c.typedLive, merged
	}
	after, err = c.converter.ObjectToTyped(&unstructured.Unstructured{Object: wanted}, typed.AllowDuplicates)
	if err != nil {
		return c.typedLive, merged
	}
	return before, after
}
