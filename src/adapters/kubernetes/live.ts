import type { Listing, ServedKind } from '#domain/cluster.ts';
import type { JsonObject, PredictRequest } from '#domain/desired/engine.ts';
import type { LiveObjects } from '#domain/desired/live.ts';

import { ToolError } from '../../errors.ts';
import { type ApiClient, asToolError } from './client.ts';
import { reasonOf } from './failures.ts';
import { listPages } from './pages.ts';
import { collectionPath, objectPath, resourceName } from './paths.ts';
import { string, stringMap } from './raw.ts';

/** What whole objects are read with. */
export interface LiveOptions {
  client: ApiClient;
  /** Why a kind is never read; undefined for one that may be. */
  refusal: (kind: ServedKind) => string | undefined;
  now: () => number;
}

/** Objects of one kind above which a comparison is cut. */
const MOST_OBJECTS = 20_000;

const CONFIG_MAP = { kind: 'ConfigMap', group: '', version: 'v1', plural: 'configmaps', namespaced: true };

type Schemas = PredictRequest['schemas'];
type Schema = Schemas extends ReadonlyMap<string, infer S> ? S : never;

/** Whole objects of a live cluster, read for one comparison at a time; documents of schemas are kept by their hash. */
export function createLiveObjects(options: LiveOptions): LiveObjects {
  const documents = new Map<string, Promise<Uint8Array>>();
  return {
    list: (kind, namespace, signal) => listWhole(options, kind, namespace, signal),
    configMap: (namespace, name, signal) => readConfigMap(options, namespace, name, signal),
    schemas: (groupVersions, signal) => readSchemas(options.client, documents, groupVersions, signal),
  };
}

async function listWhole(
  { client, refusal, now }: LiveOptions,
  kind: ServedKind,
  namespace: string | undefined,
  signal: AbortSignal,
): Promise<Listing<JsonObject>> {
  const why = refusal(kind);
  const empty = { kind: kind.kind, items: [], asOf: now() };
  if (why !== undefined) return { ...empty, state: 'unknown', why: withHint(why, kind) };
  const what = `list ${resourceName(kind)}`;
  const path = collectionPath(kind, namespace);
  const apiVersion = kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
  // A list does not repeat on its items what they are.
  const project = (raw: unknown): JsonObject => ({ apiVersion, kind: kind.kind, ...(raw as JsonObject) });
  try {
    const listed = await listPages({ client, path, what, project, signal, atMost: MOST_OBJECTS });
    const cut = listed.complete ? undefined : `only the first ${listed.objects.length} were read`;
    return { ...empty, state: 'current', items: listed.objects, ...(cut !== undefined && { why: cut }) };
  } catch (error) {
    signal.throwIfAborted();
    return { ...empty, state: 'unknown', why: reasonOf(asToolError(error, what)) };
  }
}

/** Other groups are read when the operator says so; the core group's rest never is. */
function withHint(why: string, { group }: ServedKind): string {
  return group === '' ? why : `${why}; start daytwo with --api-groups ${group} to compare them`;
}

async function readConfigMap(
  { client }: LiveOptions,
  namespace: string,
  name: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>> | undefined> {
  try {
    const what = `get configmaps ${namespace}/${name}`;
    const raw = await client.getJson(objectPath(CONFIG_MAP, namespace, name), { what, signal });
    return stringMap(raw, 'data');
  } catch (error) {
    if (error instanceof ToolError && error.code === 'not_found') return undefined;
    throw error;
  }
}

/** The index says a hash for each group-version: a document is fetched once for as long as that stays. */
async function readSchemas(
  client: ApiClient,
  documents: Map<string, Promise<Uint8Array>>,
  groupVersions: readonly string[],
  signal: AbortSignal,
): Promise<Schemas> {
  const index = await client.getJson('/openapi/v3', { what: 'read the schemas', signal });
  const found = new Map<string, Schema>();
  for (const groupVersion of groupVersions) {
    const url = string(index, 'paths', groupVersion, 'serverRelativeURL');
    if (url === undefined) continue;
    const hash = new URLSearchParams(url.split('?')[1] ?? '').get('hash') ?? url;
    const document = (): Promise<Uint8Array> => {
      const key = `${groupVersion} ${hash}`;
      const known = documents.get(key) ?? fetchSchema(client, groupVersion);
      documents.set(key, known);
      known.catch(() => documents.delete(key));
      return known;
    };
    found.set(groupVersion, { hash, document });
  }
  return found;
}

async function fetchSchema(client: ApiClient, groupVersion: string): Promise<Uint8Array> {
  const what = `read the schema of ${groupVersion}`;
  const text = await client.getText(`/openapi/v3/${groupVersion}`, { what, accept: 'application/json' });
  return new TextEncoder().encode(text);
}
