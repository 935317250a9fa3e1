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

/** Times that only the API server writes. */
export type StampedField = 'creationTimestamp' | 'deletionTimestamp';

/**
 * Writes a time in an object's metadata into etcd, which the API does not allow; watchers see it as a change. Throws
 * when the object is not there, or is stored in another form than JSON.
 */
export async function backdate(
  etcd: string,
  resource: StoredResource,
  { metadata }: ManifestRef,
  time: Date,
  field: StampedField = 'creationTimestamp',
): Promise<void> {
  const prefix = UNUSUAL_PREFIXES[`${resource.group}/${resource.plural}`];
  const folders = prefix === undefined ? candidateFolders(resource) : [prefix];
  for (const folder of folders) {
    const key = ['/registry', folder, metadata.namespace, metadata.name].filter(Boolean).join('/');
    const value = await read(etcd, key);
    if (value === undefined) continue;
    const object = parse(key, value);
    object.metadata[field] = time.toISOString().replace(/\.\d+Z$/, 'Z');
    return write(etcd, key, JSON.stringify(object));
  }
  throw new Error(`etcd holds no ${resource.plural} ${metadata.namespace ?? ''}/${metadata.name}`);
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
