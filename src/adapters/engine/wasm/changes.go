package main

import (
	"slices"
	"strings"

	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/typed"
)

type change struct {
	Path    string `json:"path"`
	Does    string `json:"does"`
	Live    any    `json:"live,omitempty"`
	Desired any    `json:"desired,omitempty"`
	Owners  []int  `json:"owners"`
}

// changes are the outermost fields that differ between the live object and what the apply leaves.
func (c *comparison) changes(merged *typed.TypedValue) ([]change, error) {
	changes := []change{}
	if compared, err := c.typedLive.Compare(merged); err != nil || compared.IsSame() {
		return changes, err
	}
	before, after := c.settled(merged)
	compared, err := before.Compare(after)
	if err != nil {
		return nil, err
	}
	for _, set := range []*fieldpath.Set{compared.Added, compared.Modified, compared.Removed} {
		for _, p := range outermost(set) {
			if found := c.change(p, after.AsValue().Unstructured()); !c.isNoise(p, found) {
				changes = append(changes, found)
			}
		}
	}
	sortByPath(changes)
	return changes, nil
}

func (c *comparison) change(p fieldpath.Path, wanted any) change {
	found := change{Path: spell(p), Does: "changes", Owners: c.ownersOf(p)}
	var isLive, isWanted bool
	found.Live, isLive = lookUp(c.live.Object, p)
	found.Desired, isWanted = lookUp(wanted, p)
	if !isWanted {
		found.Does = "removes"
	} else if !isLive {
		found.Does = "adds"
	}
	return found
}

// isNoise is a difference that storage makes none of: null, nothing and an empty list are one.
func (c *comparison) isNoise(p fieldpath.Path, found change) bool {
	return isEmptyList(found.Live) && isEmptyList(found.Desired) || found.Does == "removes" && c.carriesOver(p)
}

func isEmptyList(v any) bool {
	list, isList := v.([]any)
	return v == nil || isList && len(list) == 0
}

// kept are the outermost fields that Git does not have, that others than Flux own, and that the apply leaves.
func (c *comparison) kept(after *typed.TypedValue) ([]change, error) {
	desired, err := c.typedDesired.ToFieldSet()
	if err != nil {
		return nil, err
	}
	foreign := fieldpath.NewSet()
	for _, o := range c.owners {
		if !o.taken && o.entry.Subresource != "status" && o.entry.Manager != flux {
			foreign = foreign.Union(o.set)
		}
	}
	left := fieldpath.NewSet()
	object := after.AsValue().Unstructured()
	foreign.Difference(desired).Iterate(func(p fieldpath.Path) {
		if _, exists := lookUp(object, p); exists && !reaches(desired, p) {
			left.Insert(p.Copy())
		}
	})
	kept := []change{}
	for _, p := range outermost(left) {
		kept = append(kept, c.change(p, nil))
	}
	sortByPath(kept)
	return kept, nil
}

// ownersOf are the positions of the entries that own the field or something in it.
func (c *comparison) ownersOf(p fieldpath.Path) []int {
	found := []int{}
	for _, o := range c.owners {
		if o.set.Has(p) || reaches(o.set, p) {
			found = append(found, o.index)
		}
	}
	return found
}

// reaches says that the set has fields below the path.
func reaches(set *fieldpath.Set, p fieldpath.Path) bool {
	for _, element := range p {
		next, found := set.Children.Get(element)
		if !found {
			return false
		}
		set = next
	}
	return !set.Empty()
}

// outermost are the paths of a set that are not below another of its paths.
func outermost(set *fieldpath.Set) []fieldpath.Path {
	var paths []fieldpath.Path
	set.Iterate(func(p fieldpath.Path) {
		for end := 1; end < len(p); end++ {
			if set.Has(p[:end]) {
				return
			}
		}
		paths = append(paths, p.Copy())
	})
	return paths
}

func sortByPath(changes []change) {
	slices.SortFunc(changes, func(a, b change) int { return strings.Compare(a.Path, b.Path) })
}
