import type { FluxObject } from '../objects/flux.ts';
import { type ClusterObject, type ObjectRef, refOf } from '../objects/meta.ts';
import type { Applier, Locator } from './locator.ts';
import type { Located } from './resolve.ts';

/** The live objects that a chain from an object to Git may pass; both by ref. */
export interface Live {
  object: (ref: string) => ClusterObject | undefined;
  flux: (ref: string) => FluxObject | undefined;
  /** Ref of the source that the cluster's root follows. */
  source: string | undefined;
}

const KUSTOMIZE = 'kustomize.toolkit.fluxcd.io';
const HELM = 'helm.toolkit.fluxcd.io';

/** Owners above a pod: ReplicaSet, Deployment, and one more for operators. */
const HIGHEST = 4;

/**
 * Where a live object comes from in Git: up its owners to what carries Flux's labels, from a Helm release to its
 * HelmRelease, and from there to the Kustomization that applies it and the file in its path.
 */
export function locateLive(object: ClusterObject, live: Live, locator: Locator): Located {
  const labelled = labelledAbove(object, live);
  if (labelled === undefined) return unlabelled(object, locator);
  const kustomization = named(labelled, KUSTOMIZE);
  if (kustomization) return appliedBy(kustomization, labelled, live, locator);
  const mark = named(labelled, HELM);
  if (mark === undefined) return NONE;
  const release = { kind: 'HelmRelease', group: HELM, ...mark };
  const known = live.flux(refOf(release));
  const by = known && named(known, KUSTOMIZE);
  return by ? appliedBy(by, release, live, locator) : locator.anywhere(release);
}

const NONE: Located = { found: 'none', why: 'Flux did not apply it, by its labels and those of its owners' };

function labelledAbove(object: ClusterObject, live: Live): ClusterObject | undefined {
  let at: ClusterObject | undefined = object;
  for (let step = 0; at !== undefined && step < HIGHEST; step += 1) {
    if (named(at, KUSTOMIZE) || named(at, HELM)) return at;
    at = at.owner && live.object(refOf({ ...at.owner, namespace: at.owner.namespace ?? at.namespace }));
  }
  return undefined;
}

function named(
  { labels }: Pick<ClusterObject, 'labels'>,
  prefix: string,
): { name: string; namespace?: string } | undefined {
  const name = labels[`${prefix}/name`];
  return name === undefined ? undefined : { name, namespace: labels[`${prefix}/namespace`] };
}

/** Flux's own objects may have been applied by hand or by an operator, to start it all. */
function unlabelled(object: ClusterObject, locator: Locator): Located {
  return groupOf(object).endsWith('.toolkit.fluxcd.io') ? locator.anywhere(referenceOf(object)) : NONE;
}

function appliedBy(
  by: { name: string; namespace?: string },
  object: ObjectRef | ClusterObject,
  live: Live,
  locator: Locator,
): Located {
  const applier = applierOf(by, live);
  if ('why' in applier) return { found: 'none', why: applier.why };
  return locator.within('apiVersion' in object ? referenceOf(object) : object, applier);
}

/** A Kustomization with what is live of it; one of another source has nothing in this repository. */
export function applierOf(
  by: { name: string; namespace?: string },
  live: Pick<Live, 'flux' | 'source'>,
): Applier | { why: string } {
  const known = live.flux(refOf({ kind: 'Kustomization', ...by }));
  if (known === undefined) return by;
  if (isForeign(known, live)) return { why: `the Kustomization ${by.name} has another source` };
  const { path = './', source, targetNamespace } = known;
  return { ...by, path, source, targetNamespace };
}

/** What ArtifactGenerators cut out of the repository is no foreign source. */
function isForeign({ source, namespace }: FluxObject, live: Pick<Live, 'flux' | 'source'>): boolean {
  if (source === undefined || source.kind === 'ExternalArtifact' || live.source === undefined) return false;
  const own = refOf({ ...source, namespace: source.namespace ?? namespace });
  if (own === live.source) return false;
  const [url, followed] = [live.flux(own)?.url, live.flux(live.source)?.url];
  return url === undefined || url !== followed;
}

function referenceOf(object: ClusterObject): ObjectRef {
  const { kind, name, namespace } = object;
  return { kind, name, namespace, group: groupOf(object) };
}

function groupOf({ apiVersion }: Pick<ClusterObject, 'apiVersion'>): string {
  return apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
}
