import type { ClusterAccess } from '../../cluster/access.ts';
import { type Admin } from '../../cluster/admin.ts';
import { ApiError } from '../../cluster/api.ts';
import type { Manifest, ManifestRef } from '../../cluster/manifest.ts';
import { healthyBase } from './base.ts';
import { type Fault, since } from './fault.ts';

/** What was done for a fault, and has to be undone. */
export interface Staged {
  objects: readonly Manifest[];
  /** What stood in the base where the fault's objects are now. */
  replaced: readonly Manifest[];
}

/** What a fault consists of from now on, and what it takes the place of. */
export function staging(fault: Fault): Staged {
  const objects = fault.objects();
  const wanted = new Set(objects.map(keyOf));
  return { objects, replaced: healthyBase().filter((object) => wanted.has(keyOf(object))) };
}

/** Brings a fault about, with the ages that it needs. */
export async function stage(access: ClusterAccess, staged: Staged, fault: Fault): Promise<void> {
  const { objects, replaced } = staged;
  const { age, deleted = [] } = fault;
  await removeAll(access.admin, replaced);
  await access.admin.createAll(objects);
  if (age !== undefined) await Promise.all(objects.map((object) => access.backdate(object, since(age))));
  for (const object of deleted) await deleteLongAgo(access, object);
}

/** Makes the base what it was. */
export async function clear({ admin }: ClusterAccess, { objects, replaced }: Staged): Promise<void> {
  await removeAll(admin, objects);
  await admin.createAll(replaced);
}

function keyOf({ apiVersion, kind, metadata }: ManifestRef): string {
  return [apiVersion, kind, metadata.namespace ?? '', metadata.name].join('/');
}

async function deleteLongAgo(access: ClusterAccess, object: ManifestRef): Promise<void> {
  await access.admin.remove(object);
  await access.backdate(object, since(30), 'deletionTimestamp');
}

/** Nobody here acts on finalizers, and what is in a namespace goes before it. */
async function removeAll(admin: Admin, objects: readonly Manifest[]): Promise<void> {
  const spaces = objects.filter(({ kind }) => kind === 'Namespace');
  await Promise.all(objects.filter((object) => !spaces.includes(object)).map((one) => removeOne(admin, one)));
  await Promise.all(spaces.map((space) => removeNamespace(admin, space)));
}

async function removeOne(admin: Admin, object: Manifest): Promise<void> {
  await unlessAbsent(admin.patch(object, { metadata: { finalizers: null } }));
  await admin.remove(object);
}

async function removeNamespace(admin: Admin, { metadata: { name } }: Manifest): Promise<void> {
  const path = `/api/v1/namespaces/${name}`;
  await unlessAbsent(admin.request('DELETE', path, { gracePeriodSeconds: 0 }));
  const body = { apiVersion: 'v1', kind: 'Namespace', metadata: { name }, spec: { finalizers: [] } };
  await unlessAbsent(admin.request('PUT', `${path}/finalize`, body));
}

async function unlessAbsent(answer: Promise<unknown>): Promise<void> {
  await answer.catch((error: unknown) => {
    if (!(error instanceof ApiError && error.code === 404)) throw error;
  });
}
