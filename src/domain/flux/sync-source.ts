import type { FluxObject } from '../objects/flux.ts';
import { refOf } from '../objects/meta.ts';
import { byText } from '../text.ts';

/** The source that the cluster's root Kustomization follows; what the caller cannot see of it is absent. */
export interface SyncSource {
  /** `GitRepository/ns/name` or `OCIRepository/ns/name`. */
  ref: string;
  url?: string;
  branch?: string;
  /** Of its artifact, as Flux writes it. */
  revision?: string;
}

const ROOT_NAMES: ReadonlySet<string> = new Set(['flux-system', 'flux-entry', 'cluster']);

/**
 * What the cluster follows: the source of the Kustomization that applies itself, else of one with a root's usual name,
 * else of the one with the most objects. Undefined when no Kustomization applies to this cluster.
 */
export function syncSourceOf(objects: readonly FluxObject[]): SyncSource | undefined {
  const candidates = objects.filter(
    ({ kind, remote, source }) => kind === 'Kustomization' && !remote && source !== undefined,
  );
  const [first, ...others] = candidates;
  const root = others.reduce((best, one) => (best && byLikelihood(one, best) < 0 ? one : best), first);
  if (root?.source === undefined) return undefined;
  const { kind, name, namespace = root.namespace } = root.source;
  const ref = refOf({ kind, name, namespace });
  const source = objects.find((object) => object.name === name && refOf(object) === ref);
  return { ref, url: source?.url, branch: source?.branch, revision: source?.artifact?.revision };
}

function byLikelihood(a: FluxObject, b: FluxObject): number {
  return (
    Number(appliesItself(b)) - Number(appliesItself(a)) ||
    Number(ROOT_NAMES.has(b.name)) - Number(ROOT_NAMES.has(a.name)) ||
    b.inventory.length - a.inventory.length ||
    byText(refOf(a), refOf(b))
  );
}

function appliesItself(object: FluxObject): boolean {
  return object.inventory.some(
    // Names differ almost always, and are compared without a ref being put together.
    (applied) =>
      applied.name === object.name && applied.group === object.group && refOf(applied) === refOf(object),
  );
}
