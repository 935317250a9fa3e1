import type { ClusterReader, ServedKind } from '#domain/cluster.ts';
import type { Json, JsonObject } from '#domain/desired/engine.ts';
import { NOT_RECORDED, type LiveObjects } from '#domain/desired/live.ts';
import { isList, isObject, mapAt, mapsAt, textAt } from '#domain/desired/manifest.ts';
import { isFluxKustomization } from '#domain/desired/documents.ts';
import { fieldOf } from '#domain/desired/sentinels.ts';
import { isHarmless } from '#domain/drift/shown.ts';
import type { FluxObject } from '#domain/objects/flux.ts';

import { keyOf } from './snapshot-live.ts';
import { withoutPatchedTexts, withoutTextsAt } from './snapshot-patches.ts';
import { trimmedSchema } from './trimmed-schema.ts';

/** The part of a recording that drift is worked out from. */
export interface Whole {
  whole: Record<string, JsonObject[]>;
  schemas: Record<string, unknown>;
}

const OWNERS = ['kustomize.toolkit.fluxcd.io/name', 'helm.toolkit.fluxcd.io/name'];

/**
 * Whole objects of the kinds that Kustomizations have applied: those with Flux's label, and every text that may be a secret
 * replaced, so that nothing is compared there. With them what of the cluster's schemas they need.
 */
export async function recordWhole(
  cluster: ClusterReader & { live: LiveObjects },
  signal: AbortSignal,
): Promise<Whole> {
  const { kinds } = await cluster.discover(signal);
  const flux = (await cluster.listFlux(signal)).flatMap(({ items }) => items);
  const wanted = kinds.filter((kind) => isApplied(kind, flux));
  const lists = await Promise.all(wanted.map((kind) => cluster.live.list(kind, undefined, signal)));
  const recorded = wanted.map((kind, at) => {
    const items = (lists[at]?.items ?? []).filter(isOwned).map(withoutTexts);
    return { kind, items };
  });
  const present = recorded.filter(({ items }) => items.length > 0);
  return {
    whole: Object.fromEntries(present.map(({ kind, items }) => [keyOf(kind), items])),
    schemas: await schemasFor(
      present.map(({ kind }) => kind),
      cluster.live,
      signal,
    ),
  };
}

function isApplied({ kind, group }: ServedKind, flux: readonly FluxObject[]): boolean {
  if (kind === 'Kustomization' && group === 'kustomize.toolkit.fluxcd.io') return true;
  return flux.some(
    (object) =>
      object.kind === 'Kustomization' &&
      object.inventory.some((ref) => ref.kind === kind && (ref.group ?? '') === group),
  );
}

function isOwned(object: JsonObject): boolean {
  const labels = mapAt(mapAt(object, 'metadata'), 'labels');
  return isFluxKustomization(object) || OWNERS.some((owner) => textAt(labels, owner) !== '');
}

/** What the API server writes, and who owns which field, holds no value of anybody's. */
const KEPT: ReadonlySet<string> = new Set([
  '.metadata.managedFields',
  '.metadata.uid',
  '.metadata.resourceVersion',
  '.metadata.creationTimestamp',
]);

function withoutTexts(object: JsonObject): JsonObject {
  const { status, ...all } = object;
  const { apiVersion = '', kind = '', metadata = {} } = all;
  // A chart is not rendered: of what a release installs only the owners of fields count.
  const isReleased = OWNERS.every(
    (owner, at) => owner in mapAt(mapAt(object, 'metadata'), 'labels') === (at === 1),
  );
  const rest = isReleased ? { apiVersion, kind, metadata } : all;
  const kept = masked('', rest, textAt(object, 'kind')) as JsonObject;
  return isObject(status) ? { ...kept, status: statusOf(status) } : kept;
}

/** What tells how an object fares: numbers, and of conditions the words that controllers choose from. */
function statusOf(status: JsonObject): JsonObject {
  const counts = Object.entries(status).filter(([, value]) => typeof value === 'number');
  const conditions = mapsAt(status, 'conditions').map((condition) =>
    Object.fromEntries(['type', 'status', 'reason'].map((key) => [key, wordAt(condition, key)])),
  );
  return { ...Object.fromEntries(counts), ...(conditions.length > 0 && { conditions }) };
}

function wordAt(condition: JsonObject, key: string): string {
  const text = textAt(condition, key);
  return /^\w{0,80}$/.test(text) ? text : NOT_RECORDED;
}

/** What a Kustomization says about its build is needed for building it; values of variables, and texts it sets, are not. */
function isBuildInput(path: string, kind: string): boolean {
  return (
    kind === 'Kustomization' && path.startsWith('.spec.') && !path.startsWith('.spec.postBuild.substitute.')
  );
}

const PATCH = /^\.spec\.patches\[\]\.patch$/;

function masked(path: string, value: Json, kind: string): Json {
  if (KEPT.has(path)) return value;
  if (kind === 'Kustomization' && path === '.spec.commonMetadata') return withoutTextsAt('.metadata', value);
  if (isList(value)) return value.map((item) => masked(`${path}[]`, item, kind));
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, masked(path + fieldOf(key), inner, kind)]),
    );
  if (typeof value !== 'string' || isHarmless(path)) return value;
  if (!isBuildInput(path, kind)) return NOT_RECORDED;
  return PATCH.test(path) ? withoutPatchedTexts(value) : value;
}

async function schemasFor(
  kinds: readonly ServedKind[],
  live: LiveObjects,
  signal: AbortSignal,
): Promise<Record<string, unknown>> {
  const byGroupVersion = Map.groupBy(kinds, ({ group, version }) =>
    group === '' ? `api/${version}` : `apis/${group}/${version}`,
  );
  const documents = await live.schemas([...byGroupVersion.keys()], signal);
  const entries = [...documents].map(async ([groupVersion, { document }]) => {
    const text = new TextDecoder().decode(await document());
    const own = (byGroupVersion.get(groupVersion) ?? []).map(({ kind }) => kind);
    return [groupVersion, trimmedSchema(JSON.parse(text), own)] as const;
  });
  return Object.fromEntries(await Promise.all(entries));
}
