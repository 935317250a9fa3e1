package main

import (
	"bytes"
	"regexp"
	"strings"

	ssautil "github.com/fluxcd/pkg/ssa/utils"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/kustomize/api/resource"
	kyaml "sigs.k8s.io/kustomize/kyaml/yaml"
)

// objectsIn is how Flux reads what kustomize has built: written as YAML, twice, and read again, which takes half of a
// build's time. It is done so only where that changes a value: a folded text gains lines on the way, for one.
func objectsIn(res *resource.Resource) ([]*unstructured.Unstructured, error) {
	if node := res.YNode(); isList(node) || !survives(node) {
		text, err := res.AsYAML()
		if err != nil {
			return nil, err
		}
		return ssautil.ReadObjects(bytes.NewReader(text))
	}
	m, err := res.Map()
	if err != nil {
		return nil, err
	}
	object := &unstructured.Unstructured{Object: widened(m).(map[string]any)}
	if ssautil.IsKubernetesObject(object) && !ssautil.IsKustomization(object) {
		return []*unstructured.Unstructured{object}, nil
	}
	return nil, nil
}

// widened turns the whole numbers of YAML into those that JSON is read with, in place.
func widened(v any) any {
	switch v := v.(type) {
	case int:
		return int64(v)
	case map[string]any:
		for name, value := range v {
			v[name] = widened(value)
		}
	case []any:
		for i, value := range v {
			v[i] = widened(value)
		}
	}
	return v
}

// survivors are the values of other types than text that are written and read as they are.
var survivors = map[string]*regexp.Regexp{
	kyaml.NodeTagInt:  regexp.MustCompile(`^-?(?:0|[1-9][0-9]{0,14})$`),
	kyaml.NodeTagBool: regexp.MustCompile(`^(?:true|false)$`),
	kyaml.NodeTagNull: regexp.MustCompile(`^null$`),
}

// survives tells that a node is the same once it was written and read. A list of objects is taken apart when it is read.
func survives(node *kyaml.Node) bool {
	switch node.Kind {
	case kyaml.MappingNode:
		return node.Anchor == "" && every(node.Content, survives) && keysAreText(node)
	case kyaml.SequenceNode:
		return node.Anchor == "" && every(node.Content, survives)
	case kyaml.ScalarNode:
		return node.Anchor == "" && scalarSurvives(node)
	default:
		return false
	}
}

// keysAreText is false where JSON has no such key, and Flux fails.
func keysAreText(node *kyaml.Node) bool {
	for i := 0; i < len(node.Content); i += 2 {
		if node.Content[i].Tag != kyaml.NodeTagString {
			return false
		}
	}
	return true
}

func scalarSurvives(node *kyaml.Node) bool {
	if node.Tag == kyaml.NodeTagString {
		return node.Style&(kyaml.FoldedStyle|kyaml.TaggedStyle) == 0 && isPlain(node.Value)
	}
	allowed := survivors[node.Tag]
	return allowed != nil && node.Style == 0 && allowed.MatchString(node.Value)
}

// isPlain is true of ASCII that is read as it was written, as a block of several lines too. What those may lose are spaces
// before the first line and behind any, and line feeds at the end.
func isPlain(text string) bool {
	for i := range len(text) {
		if c := text[i]; c != '\n' && (c < ' ' || c > '~') {
			return false
		}
	}
	if !strings.Contains(text, "\n") {
		return true
	}
	return text[0] > ' ' && !strings.HasSuffix(text, "\n\n") && !strings.Contains(text, " \n") && !strings.HasSuffix(text, " ")
}

// isList is true of more than lists, which does no harm.
func isList(node *kyaml.Node) bool {
	for i := 0; i+1 < len(node.Content); i += 2 {
		if node.Content[i].Value == "items" {
			return true
		}
	}
	return false
}

func every(nodes []*kyaml.Node, holds func(*kyaml.Node) bool) bool {
	for _, node := range nodes {
		if !holds(node) {
			return false
		}
	}
	return true
}
