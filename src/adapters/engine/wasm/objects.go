package main

import (
	"bytes"
	"regexp"

	ssautil "github.com/fluxcd/pkg/ssa/utils"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/json"
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
	text, err := json.Marshal(m)
	if err != nil {
		return nil, err
	}
	object := &unstructured.Unstructured{}
	if err := object.UnmarshalJSON(text); err != nil {
		return nil, err
	}
	if ssautil.IsKubernetesObject(object) && !ssautil.IsKustomization(object) {
		return []*unstructured.Unstructured{object}, nil
	}
	return nil, nil
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
	case kyaml.MappingNode, kyaml.SequenceNode:
		return node.Anchor == "" && every(node.Content, survives)
	case kyaml.ScalarNode:
		return node.Anchor == "" && scalarSurvives(node)
	default:
		return false
	}
}

func scalarSurvives(node *kyaml.Node) bool {
	if node.Tag == kyaml.NodeTagString {
		return node.Style&(kyaml.FoldedStyle|kyaml.LiteralStyle|kyaml.TaggedStyle) == 0 && isPlain(node.Value)
	}
	allowed := survivors[node.Tag]
	return allowed != nil && node.Style == 0 && allowed.MatchString(node.Value)
}

// isPlain is true of one line of ASCII.
func isPlain(text string) bool {
	for i := range len(text) {
		if text[i] < ' ' || text[i] > '~' {
			return false
		}
	}
	return true
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
