import type { Admin } from './admin.ts';
import { ApiError, collectionPath } from './api.ts';
import type { Kubectl } from './kubectl.ts';
import type { Manifest, ManifestRef } from './manifest.ts';

/** A field manager other than kubectl, and how it writes: the ways that tools and controllers really use. */
export type Write =
  | { merge: object; subresource?: string }
  | { strategic: object }
  | { json: readonly object[] }
  /** The whole object, with this merged into it, sent with PUT as user interfaces do. */
  | { put: object }
  /** Server-side apply of these fields, forced. */
  | { apply: object };

/** Something done to an object behind Flux's back; `@` in arguments of kubectl stands for kind and name. */
export type Change =
  | { kubectl: readonly string[]; stdin?: Manifest }
  /** `kubectl edit` with a sed script as the editor. */
  | { edit: string }
  | ({ as: string } & Write);

/** Makes a change; `object` names what is changed. */
export async function make(
  change: Change,
  object: ManifestRef,
  { admin, kubectl }: { admin: Admin; kubectl: Kubectl },
): Promise<void> {
  if ('as' in change) await write(change, object, admin);
  else {
    const { namespace } = object.metadata;
    const target = `${await resourceName(admin, object)}/${object.metadata.name}`;
    const where = namespace === undefined ? [] : ['--namespace', namespace];
    const [args, options] =
      'edit' in change
        ? [['edit', target], { editor: `sed -i -E ${JSON.stringify(change.edit)}` }]
        : [change.kubectl.map((arg) => (arg === '@' ? target : arg)), { stdin: textOf(change.stdin) }];
    await kubectl([...args, ...where], options);
  }
}

async function resourceName(admin: Admin, object: ManifestRef): Promise<string> {
  const { plural, version, group } = await admin.resourceOf(object);
  return group === '' ? plural : `${plural}.${version}.${group}`;
}

function textOf(object: Manifest | undefined): string {
  return object === undefined ? '' : JSON.stringify(object);
}

async function write(change: { as: string } & Write, object: ManifestRef, admin: Admin): Promise<void> {
  const fieldManager = change.as;
  if ('apply' in change) await admin.apply({ ...refOf(object), ...change.apply }, fieldManager);
  else if ('put' in change) await replace(change.put, object, fieldManager, admin);
  else if ('strategic' in change)
    await admin.patch(object, change.strategic, { type: 'strategic-merge', fieldManager });
  else if ('json' in change) await admin.patch(object, change.json, { type: 'json', fieldManager });
  else {
    const subresource = change.subresource;
    await admin.patch(object, change.merge, { fieldManager, ...(subresource && { subresource }) });
  }
}

/** Tries again when a controller has written in between, as a person would. */
async function replace(
  part: object,
  object: ManifestRef,
  fieldManager: string,
  admin: Admin,
  tries = 5,
): Promise<void> {
  const whole = merged(await admin.get(object), part);
  const collection = collectionPath(await admin.resourceOf(object), object.metadata.namespace);
  const path = `${collection}/${object.metadata.name}?fieldManager=${fieldManager}`;
  try {
    await admin.request('PUT', path, whole);
  } catch (error) {
    if (tries === 1 || !(error instanceof ApiError && error.code === 409)) throw error;
    await replace(part, object, fieldManager, admin, tries - 1);
  }
}

function merged(into: unknown, part: unknown): unknown {
  if (!isMap(into) || !isMap(part)) return part;
  const entries = Object.entries(part).map(([key, value]) => [key, merged(into[key], value)]);
  return { ...into, ...(Object.fromEntries(entries) as object) };
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function refOf({ apiVersion, kind, metadata: { name, namespace } }: ManifestRef): ManifestRef {
  return { apiVersion, kind, metadata: { name, ...(namespace !== undefined && { namespace }) } };
}
