/** metav1.LabelSelectorRequirement; an operator that Kubernetes does not know keeps its name and matches nothing. */
export interface LabelRequirement {
  key: string;
  operator: string;
  values: string[];
}

/** metav1.LabelSelector with its labels written as requirements; empty, it selects everything. */
export type LabelSelector = readonly LabelRequirement[];
