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
func (c *comparison) changes(after *typed.TypedValue) ([]change, error) {
	compared, err := c.typedLive.Compare(after)
	if err != nil {
		return nil, err
	}
	changes := []change{}
	if compared.IsSame() {
		return changes, nil
	}
	compared, after = c.settledChanges(after, compared)
	wanted := after.AsValue().Unstructured()
	add := func(set *fieldpath.Set, does string) {
		for _, p := range outermost(set) {
			found := c.change(p, does, wanted)
			if found.Live == nil && found.Desired == nil || does == "removes" && c.carriesOver(p) {
				continue
			}
			changes = append(changes, found)
		}
	}
	add(compared.Added, "adds")
	add(compared.Modified, "changes")
	add(compared.Removed, "removes")
	sortByPath(changes)
	return changes, nil
}

func (c *comparison) change(p fieldpath.Path, does string, wanted any) change {
	found := change{Path: spell(p), Does: does, Owners: c.ownersOf(p)}
	if does != "adds" {
		found.Live, _ = lookUp(c.live.Object, p)
	}
	if does != "removes" {
		found.Desired, _ = lookUp(wanted, p)
	}
	return found
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
		kept = append(kept, c.change(p, "removes", nil))
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
