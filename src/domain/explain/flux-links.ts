import { shortRevision } from '../flux/revision.ts';
import type { World } from '../health/world.ts';
import type { FluxObject } from '../objects/flux.ts';
import { type ClusterObject, refOf } from '../objects/meta.ts';
import type { Step } from './link.ts';

/** The Flux object of a ref, if it is one. */
export function fluxIn(ref: string, world: World): FluxObject | undefined {
  return world.verdicts.get(ref)?.object;
}

/** Which revision a source holds, or a Kustomization applied. */
export function noteOn(object: FluxObject | undefined): string | undefined {
  const revision = object?.artifact?.revision ?? object?.lastAppliedRevision;
  return revision === undefined ? undefined : `at ${shortRevision(revision)}`;
}

/** Where a Flux object gets what it applies from. */
export function sourceOf(ref: string, world: World): Step[] {
  const { source, namespace } = fluxIn(ref, world) ?? {};
  if (source === undefined) return [];
  const from = refOf({ ...source, namespace: source.namespace ?? namespace });
  const note = noteOn(fluxIn(from, world));
  return [{ how: 'from', ref: from, ...(note !== undefined && { note }) }, ...sourceOf(from, world)];
}

/** What a Flux object names in dependsOn, and what its verdict waits for. */
export function waitedFor(ref: string, world: World): Step[] {
  const verdict = world.verdicts.get(ref);
  if (verdict === undefined) return [];
  const named = verdict.object.dependsOn.map(({ kind = verdict.object.kind, namespace, name }) => ({
    how: 'depends on',
    ref: refOf({ kind, namespace, name }),
  }));
  return [...named, ...(verdict.causedBy ?? []).map((cause) => ({ how: 'waits for', ref: cause }))];
}

/** What a Flux object applied by its inventory and the labels it leaves; another cluster's is not here. */
export function appliedObjects(object: ClusterObject, world: World): Step[] {
  const ref = refOf(object);
  const flux = fluxIn(ref, world);
  if (flux?.remote === true) return [];
  const labelled = world.appliedRefs().get(ref) ?? [];
  const refs = new Set([...(flux?.inventory ?? []).map(refOf), ...labelled]);
  return [...refs].map((applied) => ({ how: 'applies', ref: applied }));
}
