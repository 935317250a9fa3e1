import type { ClusterReader, Listing, ServedKind } from '../cluster.ts';
import type { JsonObject, PredictRequest } from '../desired/engine.ts';
import type { LiveObjects } from '../desired/live.ts';
import { groupIn, mapAt, textAt } from '../desired/manifest.ts';
import type { ObjectRef } from '../objects/meta.ts';

/** What the cluster has under a kind and name, or why that cannot be told. */
export type Found =
  | { is: 'there'; object: JsonObject; kind: ServedKind }
  | { is: 'absent'; kind: ServedKind }
  | { is: 'not served' }
  | { is: 'unknown'; why: string };

/** Live objects of the kinds that a comparison needs; each kind is read once, at its first use. */
export interface LiveIndex {
  find(object: JsonObject, signal: AbortSignal): Promise<Found>;
  findRef(ref: ObjectRef, signal: AbortSignal): Promise<Found>;
  schemas(objects: readonly JsonObject[], signal: AbortSignal): Promise<PredictRequest['schemas']>;
}

/** An index for one comparison: it holds whole objects, and is dropped with it. */
export async function liveIndex(
  { cluster, live }: { cluster: ClusterReader; live: LiveObjects },
  signal: AbortSignal,
): Promise<LiveIndex> {
  const { kinds } = await cluster.discover(signal);
  const read = new Map<string, Promise<Kept>>();
  const listed = (kind: ServedKind): Promise<Kept> => {
    const key = `${kind.group}/${kind.version}/${kind.kind}`;
    const known = read.get(key) ?? live.list(kind, undefined, signal).then(keep);
    read.set(key, known);
    return known;
  };
  const find = async (wanted: Wanted): Promise<Found> => {
    if (wanted.kind === 'Secret' && wanted.group === '')
      return { is: 'unknown', why: 'Secrets are never read' };
    const served = kinds.find((kind) => kind.kind === wanted.kind && kind.group === wanted.group);
    if (served === undefined) return { is: 'not served' };
    const kind = { ...served, version: wanted.version || served.version };
    const { listing, byName } = await listed(kind);
    if (listing.state !== 'current')
      return { is: 'unknown', why: listing.why ?? `${kind.kind} cannot be read` };
    const object = byName.get(nameKey(served.namespaced ? wanted.namespace || 'default' : '', wanted.name));
    if (object) return { is: 'there', object, kind };
    // A list that was cut says nothing of what is not in it.
    return listing.why === undefined ? { is: 'absent', kind } : { is: 'unknown', why: listing.why };
  };
  return {
    find: (object) => find(wantedBy(object)),
    findRef: ({ kind, group = '', name, namespace = '' }) =>
      find({ kind, group, version: '', name, namespace }),
    schemas: (objects) => live.schemas([...new Set(objects.map(groupVersionOf))], signal),
  };
}

interface Kept {
  listing: Listing<JsonObject>;
  byName: ReadonlyMap<string, JsonObject>;
}

function keep(listing: Listing<JsonObject>): Kept {
  const byName = listing.items.map((object): [string, JsonObject] => {
    const metadata = mapAt(object, 'metadata');
    return [nameKey(textAt(metadata, 'namespace'), textAt(metadata, 'name')), object];
  });
  return { listing, byName: new Map(byName) };
}

function nameKey(namespace: string, name: string): string {
  return `${namespace}/${name}`;
}

interface Wanted {
  kind: string;
  group: string;
  version: string;
  namespace: string;
  name: string;
}

function wantedBy(object: JsonObject): Wanted {
  const metadata = mapAt(object, 'metadata');
  return {
    kind: textAt(object, 'kind'),
    group: groupIn(object),
    version: textAt(object, 'apiVersion').split('/').at(-1) ?? '',
    namespace: textAt(metadata, 'namespace'),
    name: textAt(metadata, 'name'),
  };
}

/** `api/v1` or `apis/apps/v1`, as the schemas are named. */
function groupVersionOf(object: JsonObject): string {
  const version = textAt(object, 'apiVersion');
  return version.includes('/') ? `apis/${version}` : `api/${version}`;
}
