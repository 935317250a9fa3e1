import type { LabelRequirement, LabelSelector } from './objects/label-selector.ts';

type Labels = Readonly<Record<string, string>>;

/** Whether labels meet a selector; none at all selects nothing (apimachinery meta/v1 LabelSelectorAsSelector). */
export function selects(selector: LabelSelector | undefined, labels: Labels): boolean {
  return selector !== undefined && selector.every((requirement) => meets(requirement, labels));
}

/** Whether labels meet one requirement; without the key NotIn and DoesNotExist are met (apimachinery labels.Requirement). */
export function meets({ key, operator, values }: LabelRequirement, labels: Labels): boolean {
  const value = Object.hasOwn(labels, key) ? labels[key] : undefined;
  switch (operator) {
    case 'In':
      return value !== undefined && values.includes(value);
    case 'NotIn':
      return value === undefined || !values.includes(value);
    case 'Exists':
      return value !== undefined;
    case 'DoesNotExist':
      return value === undefined;
    default:
      return false;
  }
}

/** A requirement in kubectl's words, such as `gpu`, `!gpu`, `gate in (true)`. */
export function requirementText({ key, operator, values }: LabelRequirement): string {
  if (operator === 'Exists') return key;
  if (operator === 'DoesNotExist') return `!${key}`;
  if (operator === 'In' && values.length === 1) return `${key}=${values[0]}`;
  return `${key} ${operator.toLowerCase()} (${values.join(',')})`;
}
