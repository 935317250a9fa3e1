import type { LabelSelector } from '#domain/objects/label-selector.ts';

import { at, items, string, stringMap, strings } from '../raw.ts';

/** A metav1.LabelSelector at a path; undefined when there is none. A requirement without a key matches nothing. */
export function labelSelector(raw: unknown, ...path: readonly string[]): LabelSelector | undefined {
  const selector = at(raw, ...path);
  if (typeof selector !== 'object' || selector === null) return undefined;
  const labels = Object.entries(stringMap(selector, 'matchLabels')).map(([key, value]) => ({
    key,
    operator: 'In',
    values: [value],
  }));
  const expressions = items(selector, 'matchExpressions').map((expression) => ({
    key: string(expression, 'key') ?? '',
    operator: string(expression, 'operator') ?? '',
    values: strings(expression, 'values'),
  }));
  return [...labels, ...expressions];
}
