import { conditionOf } from '../conditions.ts';
import type { FluxObject } from '../objects/flux.ts';
import { type ObjectRef, refOf } from '../objects/meta.ts';

/** What `judgeFlux` knows, indexed. */
export interface World {
  byRef: ReadonlyMap<string, FluxObject>;
  /** Kinds whose listing could not be read: their objects may exist. */
  unreadableKinds: ReadonlySet<string>;
  hiddenPossible: boolean;
  /** `Kind/namespace` pairs of which the caller sees an object: nothing of them is hidden. */
  visible: ReadonlySet<string>;
  /** Milliseconds since the epoch. */
  now: number;
}

/** Another object that one depends on or takes its content from. */
export interface Target {
  ref: string;
  kind: string;
  namespace: string;
  /** Absent when the caller's objects do not hold it. */
  object?: FluxObject;
}

/** An index over the objects of one judgement. */
export function worldOf(
  objects: readonly FluxObject[],
  context: Pick<World, 'unreadableKinds' | 'hiddenPossible' | 'now'>,
): World {
  return {
    ...context,
    byRef: new Map(objects.map((object) => [refOf(object), object])),
    visible: new Set(objects.map(({ kind, namespace }) => `${kind}/${namespace ?? ''}`)),
  };
}

/** A named object as a target; its namespace defaults to that of the object that names it. */
export function targetOf(from: FluxObject, named: ObjectRef, world: World): Target {
  const namespace = named.namespace ?? from.namespace ?? '';
  const ref = refOf({ kind: named.kind, namespace, name: named.name });
  return { ref, kind: named.kind, namespace, object: world.byRef.get(ref) };
}

/** Where an object takes its content from; for a HelmRelease its HelmChart, if there is one. */
export function sourceOf(object: FluxObject, world: World): Target | undefined {
  if (object.source === undefined) return undefined;
  const source = targetOf(object, object.source, world);
  if (object.kind !== 'HelmRelease' || object.chart === undefined) return source;
  const name = `${object.namespace ?? ''}-${object.name}`;
  const chart = targetOf(object, { kind: 'HelmChart', namespace: source.namespace, name }, world);
  return chart.object ? chart : source;
}

const GIVES_ARTIFACTS: ReadonlySet<string> = new Set([
  'GitRepository',
  'OCIRepository',
  'HelmRepository',
  'HelmChart',
  'Bucket',
  'ExternalArtifact',
]);

/**
 * Whether a source has nothing to give. One that fails to fetch but still holds an artifact has: that is a degraded
 * fetch, not a block. A HelmRepository of type oci never holds one.
 */
export function isSourceless(source: Target, world: World): boolean {
  if (source.object === undefined) return !world.unreadableKinds.has(source.kind);
  if (isStatic(source.object)) return false;
  if (GIVES_ARTIFACTS.has(source.kind)) return source.object.artifact === undefined;
  return conditionOf(source.object, 'Ready')?.status !== 'True';
}

/** Whether a kind has no status by design: nothing reconciles it on its own. */
export function isStatic(object: FluxObject): boolean {
  if (object.kind === 'HelmRepository') return object.type === 'oci';
  return object.kind === 'Alert' || object.kind === 'Provider';
}

/** Whether the newest generation of the spec is still to be observed, by the Ready condition or else the status. */
export function isSpecPending(object: FluxObject): boolean {
  const observed = conditionOf(object, 'Ready')?.observedGeneration ?? object.observedGeneration;
  return observed !== undefined && object.generation !== undefined && observed !== object.generation;
}
