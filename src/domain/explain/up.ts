import { appliedBy } from '../applied-by.ts';
import type { World } from '../health/world.ts';
import { type ClusterObject, refOf } from '../objects/meta.ts';
import { fluxIn, noteOn, sourceOf, waitedFor } from './flux-links.ts';
import { type Link, type Step, ownerRef } from './link.ts';
import { reachedThrough, selectedBy } from './network.ts';

/** What made the object, the nearest first: owners, then the release or Kustomization and theirs, their sources, and what leads to it. */
export function chainUp(object: ClusterObject, world: World): Link[] {
  const makers = climb(object, world);
  const ref = refOf(object);
  const flux = [ref, ...makers.map((step) => step.ref)];
  const steps = [
    ...makers,
    ...flux.flatMap((one) => sourceOf(one, world)),
    ...waitedFor(ref, world),
    ...selectedBy(object, world),
    ...reachedThrough(object, world),
  ];
  const distinct = new Map<string, Step>();
  for (const step of steps) if (step.ref !== ref && !distinct.has(step.ref)) distinct.set(step.ref, step);
  return [...distinct.values()].map((step) => ({ direction: 'up', ...step }));
}

function climb(object: ClusterObject, world: World): Step[] {
  const steps: Step[] = [];
  const seen = new Set<string>([refOf(object)]);
  for (let at: ClusterObject | undefined = object; at !== undefined;) {
    const next = above(at, world);
    if (next === undefined || seen.has(next.ref)) break;
    seen.add(next.ref);
    steps.push(next);
    at = world.byRef.get(next.ref);
  }
  return steps;
}

function above(object: ClusterObject, world: World): Step | undefined {
  const owner = ownerRef(object, world);
  if (owner !== undefined) return { how: 'owned by', ref: owner };
  const applier = appliedBy(object);
  if (applier === undefined || applier === refOf(object)) return undefined;
  const note = noteOn(fluxIn(applier, world));
  return { how: 'applied by', ref: applier, ...(note !== undefined && { note }) };
}
