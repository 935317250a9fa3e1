import pLimit from 'p-limit';

import type { Admin } from './admin.ts';
import type { Manifest } from './manifest.ts';

/** As Admin.createAll says; the answer is in the order of the question. */
export async function createAll(
  admin: Admin,
  objects: readonly Manifest[],
  concurrency: number,
): Promise<Manifest[]> {
  const limit = pLimit(concurrency);
  const make = (object: Manifest) =>
    limit(async () => {
      const created = await admin.create(object);
      return object.status ? admin.setStatus(object) : created;
    });
  const made = new Map<string, Promise<Manifest>>();
  for (const object of ownersFirst(objects)) {
    made.set(keyOfObject(object), afterOwners(object, made).then(make));
  }
  return Promise.all(objects.map((object) => made.get(keyOfObject(object)) as Promise<Manifest>));
}

/** Namespaces, then by the length of the chain of owners within the set. */
function ownersFirst(objects: readonly Manifest[]): Manifest[] {
  const byKey = new Map(objects.map((object) => [keyOfObject(object), object]));
  const depth = (object: Manifest): number =>
    Math.max(0, ...ownerKeys(object).map((key) => 1 + depthOfOwner(byKey.get(key))));
  const depthOfOwner = (owner: Manifest | undefined) => (owner ? depth(owner) : 0);
  return objects.toSorted((a, b) => depth(a) - depth(b));
}

/** The object with its owners' uids, once they and its namespace exist. */
async function afterOwners(
  object: Manifest,
  made: ReadonlyMap<string, Promise<Manifest>>,
): Promise<Manifest> {
  const { namespace, ownerReferences } = object.metadata;
  await made.get(keyOf('Namespace', undefined, namespace ?? ''));
  if (!ownerReferences) return object;
  const references = await Promise.all(
    ownerReferences.map(async (reference) => {
      const owner = await made.get(keyOf(reference.kind, namespace, reference.name));
      return { ...reference, uid: owner?.metadata.uid ?? reference.uid };
    }),
  );
  return { ...object, metadata: { ...object.metadata, ownerReferences: references } };
}

function ownerKeys({ metadata }: Manifest): string[] {
  const owners = metadata.ownerReferences ?? [];
  const keys = owners.map(({ kind, name }) => keyOf(kind, metadata.namespace, name));
  return metadata.namespace === undefined
    ? keys
    : [...keys, keyOf('Namespace', undefined, metadata.namespace)];
}

function keyOfObject({ kind, metadata }: Manifest): string {
  return keyOf(kind, metadata.namespace, metadata.name);
}

function keyOf(kind: string, namespace: string | undefined, name: string): string {
  return `${kind}/${namespace ?? ''}/${name}`;
}
