import type { ClusterObject, Condition } from './objects/meta.ts';

/** The condition of that type, or undefined. */
export function conditionOf(object: Pick<ClusterObject, 'conditions'>, type: string): Condition | undefined {
  return object.conditions.find((condition) => condition.type === type);
}
