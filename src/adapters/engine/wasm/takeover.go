package main

import (
	"bytes"
	"fmt"
	"strings"

	ssautil "github.com/fluxcd/pkg/ssa/utils"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
)

const flux = "kustomize-controller"

// undone are the managers whose fields kustomize-controller makes its own before each apply, by prefix.
var undone = []struct {
	prefix    string
	operation metav1.ManagedFieldsOperationType
}{
	{"kubectl", metav1.ManagedFieldsOperationApply},
	{"kubectl", metav1.ManagedFieldsOperationUpdate},
	{"before-first-apply", metav1.ManagedFieldsOperationUpdate},
	{flux, metav1.ManagedFieldsOperationUpdate},
}

// cleanedAnnotations and cleanedLabels are what kustomize-controller takes off every object it applies.
var (
	cleanedAnnotations = []string{
		corev1.LastAppliedConfigAnnotation,
		"kustomize.toolkit.fluxcd.io/checksum",
		"fluxcd.io/sync-checksum",
	}
	cleanedLabels = []string{"fluxcd.io/sync-gc-mark"}
)

// owner is an entry of managedFields: its set of fields, and its place in the list.
type owner struct {
	entry metav1.ManagedFieldsEntry
	set   *fieldpath.Set
	index int
	taken bool
}

func (o *owner) isFlux() bool {
	return o.entry.Manager == flux && o.entry.Operation == metav1.ManagedFieldsOperationApply
}

func ownersOf(live *unstructured.Unstructured) ([]*owner, error) {
	var owners []*owner
	for i, entry := range live.GetManagedFields() {
		set := fieldpath.NewSet()
		if entry.FieldsV1 != nil {
			if err := set.FromJSON(bytes.NewReader(entry.FieldsV1.Raw)); err != nil {
				return nil, fmt.Errorf("managedFields of %s: %w", entry.Manager, err)
			}
		}
		owners = append(owners, &owner{entry: entry, set: set.RecursiveDifference(uncounted), index: i})
	}
	return owners, nil
}

// keepsAdditions says that an object opted out of the takeover with `ssa: Merge`.
func keepsAdditions(desired, live *unstructured.Unstructured) bool {
	merge := map[string]string{group + "/ssa": "Merge"}
	return ssautil.AnyInMetadata(desired, merge) || ssautil.AnyInMetadata(live, merge)
}

// takeOver is PatchReplaceFieldsManagers of fluxcd/pkg/ssa: fields of `undone` managers become Flux's own.
func takeOver(owners []*owner, merge bool) fieldpath.ManagedFields {
	managers := fieldpath.ManagedFields{}
	var own *owner
	for _, o := range owners {
		if o.isFlux() {
			own = o
		}
	}
	set := fieldpath.NewSet()
	for _, o := range owners {
		o.taken = o == own || !merge && isUndone(o.entry)
		if !o.taken {
			managers[fmt.Sprint(o.index)] = versioned(o, o.set)
			continue
		}
		if own == nil {
			own = o
		}
		set = set.Union(o.set)
	}
	if own != nil {
		managers[flux] = versioned(own, set)
	}
	return managers
}

func isUndone(entry metav1.ManagedFieldsEntry) bool {
	for _, u := range undone {
		if entry.Operation == u.operation && entry.Subresource == "" && strings.HasPrefix(entry.Manager, u.prefix) {
			return true
		}
	}
	return false
}

func versioned(o *owner, set *fieldpath.Set) fieldpath.VersionedSet {
	applied := o.entry.Operation == metav1.ManagedFieldsOperationApply
	return fieldpath.NewVersionedSet(set, fieldpath.APIVersion(o.entry.APIVersion), applied)
}

func cleanMetadata(live *unstructured.Unstructured) {
	for _, name := range cleanedAnnotations {
		unstructured.RemoveNestedField(live.Object, "metadata", "annotations", name)
	}
	for _, name := range cleanedLabels {
		unstructured.RemoveNestedField(live.Object, "metadata", "labels", name)
	}
}
