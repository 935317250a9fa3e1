import { Agent, type Dispatcher, request } from 'undici';

import type { Endpoint } from './access.ts';
import type { ManifestRef } from './manifest.ts';

/** A resource that the API server serves. */
export interface Resource {
  group: string;
  version: string;
  kind: string;
  plural: string;
  namespaced: boolean;
}

/** An answer of the API server that is not a success. */
export class ApiError extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.name = 'ApiError';
    this.code = code;
  }
}

/** Any request; the path starts with a slash, the answer is parsed JSON. Rejects with an ApiError. */
export type ApiCall = (
  method: Dispatcher.HttpMethod,
  path: string,
  body?: unknown,
  contentType?: string,
) => Promise<unknown>;

/** The resource of an object's kind; rejects when the API server does not serve it. */
export type ResourceFinder = (object: Pick<ManifestRef, 'apiVersion' | 'kind'>) => Promise<Resource>;

/** A client of one API server; connections are opened on use and do not keep the process alive. */
export function apiCaller({ server, authority, tokens }: Endpoint): ApiCall {
  const dispatcher = new Agent({ connect: { ca: authority.certificate }, connections: 32 });
  return async (method, path, body, contentType = 'application/json') => {
    const response = await request(server + path, {
      dispatcher,
      method,
      headers: {
        authorization: `Bearer ${tokens['admin']}`,
        'content-type': contentType,
        accept: acceptFor(path),
      },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
    const text = await response.body.text();
    if (response.statusCode >= 400) throw apiError(response.statusCode, `${method} ${path}`, text);
    return parseAnswer(text);
  };
}

function acceptFor(path: string): string {
  const discovery = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
  return path === '/api' || path === '/apis' ? discovery : 'application/json';
}

function apiError(code: number, what: string, text: string): ApiError {
  const status = parseAnswer(text);
  const message =
    typeof status === 'object' && status !== null && 'message' in status ? status.message : text;
  return new ApiError(code, `${what}: ${code} ${String(message)}`);
}

function parseAnswer(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

interface DiscoveryList {
  items: {
    metadata: { name?: string };
    versions: {
      version: string;
      resources: { resource: string; responseKind?: { kind: string }; scope: 'Namespaced' | 'Cluster' }[];
    }[];
  }[];
}

/** Finds a kind's resource. Discovery is read again when a kind is not known, for a moment: a CRD is served shortly after it is made. */
export function resourceFinder(call: ApiCall): ResourceFinder {
  let known = new Map<string, Resource>();
  return async ({ apiVersion, kind }) => {
    const key = `${apiVersion}/${kind}`;
    for (let attempt = 0; attempt < 40; attempt++) {
      const resource = known.get(key);
      if (resource) return resource;
      if (attempt > 0) await pause(50);
      known = await discover(call);
    }
    throw new Error(`the API server does not serve ${key}`);
  };
}

async function discover(call: ApiCall): Promise<Map<string, Resource>> {
  const lists = (await Promise.all([call('GET', '/api'), call('GET', '/apis')])) as DiscoveryList[];
  const resources = lists.flatMap(({ items }) => items).flatMap(resourcesOf);
  return new Map(resources.map((resource) => [`${apiVersionOf(resource)}/${resource.kind}`, resource]));
}

function resourcesOf({
  metadata: { name: group = '' },
  versions,
}: DiscoveryList['items'][number]): Resource[] {
  return versions.flatMap(({ version, resources }) =>
    resources.map(({ resource, responseKind, scope }) => ({
      group,
      version,
      kind: responseKind?.kind ?? '',
      plural: resource,
      namespaced: scope === 'Namespaced',
    })),
  );
}

function apiVersionOf({ group, version }: Resource): string {
  return group === '' ? version : `${group}/${version}`;
}

/** Path of a resource's objects: in one namespace, or in all. */
export function collectionPath(resource: Resource, namespace: string | undefined): string {
  const base = resource.group === '' ? '/api/v1' : `/apis/${apiVersionOf(resource)}`;
  const scope = resource.namespaced && namespace !== undefined ? `/namespaces/${namespace}` : '';
  return `${base}${scope}/${resource.plural}`;
}

/** Resolves after so many milliseconds. */
export function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
