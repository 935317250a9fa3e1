import type { Manifest, ManifestRef } from './manifest.ts';

/** A resource as etcd files it. */
export interface StoredResource {
  group: string;
  plural: string;
}

/** Where the API server keeps a resource when that is not under its plural (k8s.io/kubernetes pkg/registry). */
const UNUSUAL_PREFIXES: Record<string, string> = {
  '/services': 'services/specs',
  '/nodes': 'minions',
  '/replicationcontrollers': 'controllers',
  'networking.k8s.io/ingresses': 'ingress',
};

/**
 * Writes an object's `metadata.creationTimestamp` into etcd, which the API does not allow; watchers see it as a change.
 * Throws when the object is not there, or is stored in another form than JSON.
 */
export async function backdate(
  etcd: string,
  resource: StoredResource,
  ref: ManifestRef,
  created: Date,
): Promise<void> {
  const creationTimestamp = created.toISOString().replace(/\.\d+Z$/, 'Z');
  await rewriteMetadata(etcd, resource, ref, { creationTimestamp });
}

/** As `backdate` does, with any part of an object's metadata. */
export async function rewriteMetadata(
  etcd: string,
  resource: StoredResource,
  ref: ManifestRef,
  change: Record<string, unknown>,
): Promise<void> {
  for (const key of keysOf(resource, ref)) {
    const value = await read(etcd, key);
    if (value === undefined) continue;
    const object = parse(key, value);
    Object.assign(object.metadata, change);
    return write(etcd, key, JSON.stringify(object));
  }
  const { metadata } = ref;
  throw new Error(`etcd holds no ${resource.plural} ${metadata.namespace ?? ''}/${metadata.name}`);
}

/** Takes an object away at once, whatever its finalizers; one that is not there is fine. Watchers see a deletion. */
export async function erase(etcd: string, resource: StoredResource, ref: ManifestRef): Promise<void> {
  await Promise.all(keysOf(resource, ref).map((key) => call(etcd, 'deleterange', { key: encode(key) })));
}

/** Where the object may be kept. */
function keysOf(resource: StoredResource, { metadata }: ManifestRef): string[] {
  const prefix = UNUSUAL_PREFIXES[`${resource.group}/${resource.plural}`];
  const folders = prefix === undefined ? candidateFolders(resource) : [prefix];
  return folders.map((folder) =>
    ['/registry', folder, metadata.namespace, metadata.name].filter(Boolean).join('/'),
  );
}

/** Custom resources are filed under their group, most built-in ones are not. */
function candidateFolders({ group, plural }: StoredResource): string[] {
  return [`${group}/${plural}`, plural];
}

function parse(key: string, value: string): Manifest {
  if (!value.startsWith('{')) throw new Error(`${key} is not stored as JSON: start with storageJson`);
  return JSON.parse(value) as Manifest;
}

async function read(etcd: string, key: string): Promise<string | undefined> {
  const answer = (await call(etcd, 'range', { key: encode(key) })) as { kvs?: { value: string }[] };
  const value = answer.kvs?.[0]?.value;
  return value === undefined ? undefined : Buffer.from(value, 'base64').toString();
}

async function write(etcd: string, key: string, value: string): Promise<void> {
  await call(etcd, 'put', { key: encode(key), value: encode(value) });
}

async function call(etcd: string, method: string, body: unknown): Promise<unknown> {
  const response = await fetch(`${etcd}/v3/kv/${method}`, { method: 'POST', body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`etcd ${method}: ${response.status} ${await response.text()}`);
  return response.json();
}

function encode(text: string): string {
  return Buffer.from(text).toString('base64');
}
