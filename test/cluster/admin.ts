import type { Endpoint } from './access.ts';
import {
  type ApiCall,
  apiCaller,
  ApiError,
  collectionPath,
  pause,
  resourceFinder,
  type ResourceFinder,
} from './api.ts';
import { createAll } from './bulk.ts';
import type { Manifest, ManifestRef } from './manifest.ts';

/** How to patch; the field manager is `test-admin` when absent. */
export interface PatchOptions {
  type?: 'merge' | 'strategic-merge' | 'json';
  subresource?: string;
  fieldManager?: string;
}

/** The API server as an administrator sees it. Methods reject with an ApiError when it says no. */
export interface Admin {
  create(object: Manifest): Promise<Manifest>;
  /** Server-side apply, forced. */
  apply(object: Manifest, fieldManager?: string): Promise<Manifest>;
  patch(object: ManifestRef, body: unknown, options?: PatchOptions): Promise<Manifest>;
  /** Merges `status` into the object's through `/status`. */
  patchStatus(object: ManifestRef, status: Record<string, unknown>): Promise<Manifest>;
  /** As patchStatus, with the status the object itself carries. */
  setStatus(object: Manifest): Promise<Manifest>;
  /** Deletes without a grace period; an object that is not there is fine. */
  remove(object: ManifestRef): Promise<void>;
  get(object: ManifestRef): Promise<Manifest>;
  list(apiVersion: string, kind: string, namespace?: string): Promise<Manifest[]>;
  /**
   * Creates many objects, then writes their statuses, at most `concurrency` requests at once. An owner in the same set
   * is created first and its uid filled into the owner references; so is a Namespace.
   */
  createAll(objects: readonly Manifest[], concurrency?: number): Promise<Manifest[]>;
  /** Defines kinds and waits until they are served. */
  installCrds(crds: readonly Manifest[]): Promise<void>;
  /** Reads the object (undefined when not there) until the predicate holds; throws with the last state in the end. */
  waitFor(
    object: ManifestRef,
    predicate: (object: Manifest | undefined) => boolean,
    timeoutMs?: number,
  ): Promise<void>;
  request: ApiCall;
  resourceOf: ResourceFinder;
}

const CONTENT_TYPES = {
  merge: 'application/merge-patch+json',
  'strategic-merge': 'application/strategic-merge-patch+json',
  json: 'application/json-patch+json',
} as const;

/** An administrator's client; connections are opened on use and do not keep the process alive. */
export function createAdmin(endpoint: Endpoint): Admin {
  const call = apiCaller(endpoint);
  const resourceOf = resourceFinder(call);
  const pathOf = async (object: ManifestRef, suffix = '') =>
    `${collectionPath(await resourceOf(object), object.metadata.namespace)}/${object.metadata.name}${suffix}`;
  const admin: Admin = {
    request: call,
    resourceOf,
    create: async (object) => {
      const path = collectionPath(await resourceOf(object), object.metadata.namespace);
      return (await call('POST', `${path}?fieldManager=test-admin`, object)) as Manifest;
    },
    apply: async (object, fieldManager = 'test-admin') => {
      const path = `${await pathOf(object)}?fieldManager=${fieldManager}&force=true`;
      return (await call('PATCH', path, object, 'application/apply-patch+yaml')) as Manifest;
    },
    patch: async (object, body, { type = 'merge', subresource, fieldManager = 'test-admin' } = {}) => {
      const path = await pathOf(object, subresource ? `/${subresource}` : '');
      return (await call(
        'PATCH',
        `${path}?fieldManager=${fieldManager}`,
        body,
        CONTENT_TYPES[type],
      )) as Manifest;
    },
    patchStatus: (object, status) => admin.patch(object, { status }, { subresource: 'status' }),
    setStatus: (object) => admin.patchStatus(object, object.status ?? {}),
    remove: async (object) => {
      const options = { gracePeriodSeconds: 0, propagationPolicy: 'Background' };
      await absentIsFine(call('DELETE', await pathOf(object), options));
    },
    get: async (object) => (await call('GET', await pathOf(object))) as Manifest,
    list: async (apiVersion, kind, namespace) => {
      const path = collectionPath(await resourceOf({ apiVersion, kind }), namespace);
      return ((await call('GET', path)) as { items: Manifest[] }).items;
    },
    createAll: (objects, concurrency = 24) => createAll(admin, objects, concurrency),
    installCrds: (crds) => installCrds(admin, crds),
    waitFor: (object, predicate, timeoutMs = 10_000) => waitFor(admin, object, predicate, timeoutMs),
  };
  return admin;
}

async function absentIsFine(answer: Promise<unknown>): Promise<void> {
  await answer.catch((error: unknown) => {
    if (!(error instanceof ApiError && error.code === 404)) throw error;
  });
}

async function installCrds(admin: Admin, crds: readonly Manifest[]): Promise<void> {
  await Promise.all(crds.map((crd) => admin.apply(crd)));
  await Promise.all(crds.map((crd) => admin.waitFor(crd, isEstablished)));
  const served = crds.flatMap((crd) =>
    versionsOf(crd).map((apiVersion) => ({ apiVersion, kind: kindOf(crd) })),
  );
  for (const { apiVersion, kind } of served) await admin.resourceOf({ apiVersion, kind });
}

function isEstablished(crd: Manifest | undefined): boolean {
  const conditions = (crd?.status?.['conditions'] ?? []) as { type: string; status: string }[];
  return conditions.some(({ type, status }) => type === 'Established' && status === 'True');
}

function versionsOf({ spec }: Manifest): string[] {
  const versions = (spec?.['versions'] ?? []) as { name: string; served: boolean }[];
  return versions.filter(({ served }) => served).map(({ name }) => `${String(spec?.['group'])}/${name}`);
}

function kindOf({ spec }: Manifest): string {
  return (spec?.['names'] as { kind: string } | undefined)?.kind ?? '';
}

async function waitFor(
  admin: Admin,
  object: ManifestRef,
  predicate: (object: Manifest | undefined) => boolean,
  timeoutMs: number,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const current = await admin.get(object).catch(undefinedWhenAbsent);
    if (predicate(current)) return;
    if (Date.now() > deadline)
      throw new Error(`waited ${timeoutMs} ms in vain for ${JSON.stringify(current ?? object)}`);
    await pause(50);
  }
}

function undefinedWhenAbsent(error: unknown): undefined {
  if (error instanceof ApiError && error.code === 404) return undefined;
  throw error;
}
