import type { EventQuery, Listing, ServedKind } from '#domain/cluster.ts';
import type { ClusterObject } from '#domain/objects/meta.ts';
import type { Event } from '#domain/objects/platform.ts';

import { type ApiClient, asToolError } from './client.ts';
import { reasonOf } from './failures.ts';
import { listPages } from './pages.ts';
import { collectionPath, objectPath, resourceName } from './paths.ts';
import { projectorOf } from './project/index.ts';
import type { Text } from './project/meta.ts';

/** Reads that no reflector serves: kinds without fields of their own, one namespace, all events, single objects. */
export interface DirectReads {
  list(kind: ServedKind, namespace: string | undefined, signal: AbortSignal): Promise<Listing<ClusterObject>>;
  get(
    kind: ServedKind,
    namespace: string | undefined,
    name: string,
    signal: AbortSignal,
  ): Promise<ClusterObject>;
  events(kind: ServedKind, query: EventQuery, signal: AbortSignal): Promise<Listing<Event>>;
}

export interface DirectOptions {
  client: ApiClient;
  text: Text;
  now: () => number;
}

/** Milliseconds for which a list is given again. */
const GOOD_FOR = 20_000;
const MOST_OBJECTS = 10_000;
const MOST_EVENTS = 5_000;

export function createDirectReads(options: DirectOptions): DirectReads {
  const { client, text, now } = options;
  const recent = new Map<string, { at: number; listing: Listing<ClusterObject> }>();
  return {
    async list(kind, namespace, signal) {
      for (const [path, { at }] of recent) if (now() - at >= GOOD_FOR) recent.delete(path);
      const key = collectionPath(kind, namespace);
      const known = recent.get(key);
      if (known) return known.listing;
      const listing = await listOnce(options, kind, { path: key, atMost: MOST_OBJECTS, signal });
      if (listing.state === 'current') recent.set(key, { at: now(), listing });
      return listing;
    },
    async get(kind, namespace, name, signal) {
      const what = `get ${resourceName(kind)} ${namespace === undefined ? name : `${namespace}/${name}`}`;
      return projectorOf(
        kind,
        text,
      )(await client.getJson(objectPath(kind, namespace, name), { what, signal }));
    },
    async events(kind, query, signal) {
      const path = collectionPath(kind, query.namespace);
      const list = { path, query: eventSelector(query), atMost: MOST_EVENTS, signal };
      return (await listOnce(options, kind, list)) as Listing<Event>;
    },
  };
}

async function listOnce(
  { client, text, now }: DirectOptions,
  kind: ServedKind,
  list: { path: string; query?: Record<string, string>; atMost: number; signal: AbortSignal },
): Promise<Listing<ClusterObject>> {
  const what = `list ${resourceName(kind)}`;
  try {
    const listed = await listPages({ ...list, client, what, project: projectorOf(kind, text) });
    const why = listed.complete ? undefined : `only the first ${listed.objects.length} were read`;
    return { kind: kind.kind, state: 'current', items: listed.objects, asOf: now(), ...(why && { why }) };
  } catch (error) {
    list.signal.throwIfAborted();
    const why = reasonOf(asToolError(error, what));
    return { kind: kind.kind, state: 'unknown', items: [], asOf: now(), why };
  }
}

function eventSelector({ kind, name, type }: EventQuery): Record<string, string> | undefined {
  const fields = { 'involvedObject.kind': kind, 'involvedObject.name': name, type };
  const given = Object.entries(fields).filter(([, value]) => value !== undefined && /^[\w.:-]+$/.test(value));
  return given.length === 0
    ? undefined
    : { fieldSelector: given.map(([field, value]) => `${field}=${value}`).join(',') };
}
