import type { ClusterObject } from '../objects/meta.ts';
import type { Pod } from '../objects/workload.ts';
import { labelKey } from './index-of.ts';
import type { World } from './world.ts';

/** How many ready addresses a Service has; undefined when EndpointSlices of its namespace cannot be seen. */
export function readyEndpoints({ namespace, name }: ClusterObject, world: World): number | undefined {
  const slices = world.slicesByService.get(`${namespace}/${name}`);
  if (slices === undefined && !world.sees('EndpointSlice', namespace)) return undefined;
  return (slices ?? []).flatMap(({ endpoints }) => endpoints).filter(({ ready }) => ready).length;
}

/** The pods of a namespace that carry all labels of a selector, ended ones left out. */
export function selectedPods(
  namespace: string | undefined,
  selector: Readonly<Record<string, string>>,
  world: World,
): Pod[] {
  const pairs = Object.entries(selector);
  const byLabel = world.podsByLabel();
  const smallest = pairs
    .map(([key, value]) => byLabel.get(labelKey(namespace, key, value)) ?? [])
    .toSorted((a, b) => a.length - b.length)[0];
  return (smallest ?? []).filter(
    ({ labels, phase }) =>
      phase !== 'Succeeded' && phase !== 'Failed' && pairs.every(([key, value]) => labels[key] === value),
  );
}
