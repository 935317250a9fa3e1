import pLimit from 'p-limit';

import type { ClusterAccess } from '../../cluster/access.ts';
import { erase, rewriteMetadata } from '../../cluster/etcd.ts';
import type { Manifest, ManifestRef } from '../../cluster/manifest.ts';
import { healthyBase } from './base.ts';
import { ago, type Fault } from './fault.ts';

/** What was done for a fault, and has to be undone. */
export interface Staged {
  objects: readonly Manifest[];
  /** What stood in the base where the fault's objects are now. */
  replaced: readonly Manifest[];
}

const CONCURRENCY = 24;

/** What a fault consists of from now on, and what it takes the place of. */
export function staging(fault: Fault): Staged {
  const objects = fault.objects();
  const wanted = new Set([...objects, ...(fault.without ?? [])].map(keyOf));
  return { objects, replaced: healthyBase().filter((object) => wanted.has(keyOf(object))) };
}

/** Brings a fault about, with the ages that it needs. */
export async function stage(
  cluster: ClusterAccess,
  { objects, replaced }: Staged,
  { age, deleted = [] }: Fault,
): Promise<void> {
  await eraseAll(cluster, replaced);
  await cluster.admin.createAll(objects);
  const created = { creationTimestamp: ago(age ?? 0) };
  if (age !== undefined) await eachOf(objects, (object) => rewrite(cluster, object, created));
  await eachOf(deleted, (object) => deleteLongAgo(cluster, object));
}

/** Makes the base what it was; nobody else here cares for namespaces, owners and finalizers. */
export async function clear(cluster: ClusterAccess, { objects, replaced }: Staged): Promise<void> {
  await eraseAll(cluster, objects);
  await cluster.admin.createAll(replaced);
}

function keyOf({ apiVersion, kind, metadata }: ManifestRef): string {
  return [apiVersion, kind, metadata.namespace ?? '', metadata.name].join('/');
}

async function deleteLongAgo(cluster: ClusterAccess, object: ManifestRef): Promise<void> {
  await cluster.admin.remove(object);
  await rewrite(cluster, object, { deletionTimestamp: ago(30) });
}

async function rewrite(
  { admin, endpoint }: ClusterAccess,
  object: ManifestRef,
  metadata: Record<string, unknown>,
): Promise<void> {
  await rewriteMetadata(endpoint.etcd, await admin.resourceOf(object), object, metadata);
}

async function eraseAll({ admin, endpoint }: ClusterAccess, objects: readonly ManifestRef[]): Promise<void> {
  await eachOf(objects, async (object) => erase(endpoint.etcd, await admin.resourceOf(object), object));
}

async function eachOf<T>(items: readonly T[], act: (item: T) => Promise<void>): Promise<void> {
  const limit = pLimit(CONCURRENCY);
  await Promise.all(items.map((item) => limit(() => act(item))));
}
