import { selectedPods } from '../health/endpoints.ts';
import type { World } from '../health/world.ts';
import { type ClusterObject, refOf } from '../objects/meta.ts';
import type { Autoscaler, DisruptionBudget, Pod } from '../objects/workload.ts';
import type { Step } from './link.ts';

/** The node of a pod. */
export function nodeOf(object: ClusterObject): Step[] {
  const { node } = object as Pod;
  return node === undefined ? [] : [{ how: 'runs on', ref: refOf({ kind: 'Node', name: node }) }];
}

/** The pods of a node. */
export function podsOn({ name }: ClusterObject, world: World): Step[] {
  return (world.podsByNode.get(name) ?? []).map((pod) => ({ how: 'runs', ref: refOf(pod) }));
}

/** What an autoscaler scales. */
export function scaledBy(object: ClusterObject): Step[] {
  const { target, namespace } = object as Autoscaler;
  return [{ how: 'scales', ref: refOf({ ...target, namespace }) }];
}

/** The pods that a disruption budget guards. */
export function guardedPods(object: ClusterObject, world: World): Step[] {
  const { selector, namespace } = object as DisruptionBudget;
  if (Object.keys(selector).length === 0) return [];
  return selectedPods(namespace, selector, world).map((pod) => ({ how: 'guards', ref: refOf(pod) }));
}
