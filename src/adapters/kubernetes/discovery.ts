import type { Discovery, ServedKind } from '#domain/cluster.ts';

import { ToolError } from '../../errors.ts';
import type { ApiClient } from './client.ts';
import { items, string, strings } from './raw.ts';

/** What a server that answers in either version is asked for (kubernetes/enhancements, KEP-3352). */
const ACCEPT = ['v2', 'v2beta1']
  .map((version) => `application/json;g=apidiscovery.k8s.io;v=${version};as=APIGroupDiscoveryList`)
  .join(',');

/** Every kind the cluster serves, in two requests. Throws a ToolError when the server does not aggregate discovery. */
export async function readDiscovery(client: ApiClient, signal?: AbortSignal): Promise<Discovery> {
  const what = 'discover what the cluster serves';
  const answers = await Promise.all(
    ['/api', '/apis'].map((path) => client.getJson(path, { what, accept: ACCEPT, signal })),
  );
  const groups = answers.flatMap(groupsIn);
  const kinds = groups.flatMap(kindsIn);
  const distinct = new Map(kinds.toReversed().map((kind) => [`${kind.group}/${kind.plural}`, kind]));
  return {
    kinds: [...distinct.values()].toReversed(),
    unavailable: groups.filter(isStale).map(nameOf).toSorted(),
  };
}

function groupsIn(answer: unknown): readonly unknown[] {
  if (string(answer, 'kind') === 'APIGroupDiscoveryList') return items(answer, 'items');
  throw new ToolError(
    'unavailable',
    'the API server does not offer aggregated discovery',
    'daytwo needs Kubernetes 1.27 or newer; check that the kubeconfig points at the API server itself.',
  );
}

function nameOf(group: unknown): string {
  return string(group, 'metadata', 'name') ?? '';
}

/** The server of an aggregated group does not answer, so what it serves is not known. */
function isStale(group: unknown): boolean {
  return items(group, 'versions').some((version) => string(version, 'freshness') === 'Stale');
}

/** Versions come in the order of preference; the first that serves a resource counts. */
function kindsIn(group: unknown): ServedKind[] {
  return items(group, 'versions').flatMap((version) =>
    items(version, 'resources').flatMap((resource) => servedKind(resource, nameOf(group), version) ?? []),
  );
}

function servedKind(resource: unknown, group: string, version: unknown): ServedKind | undefined {
  const kind = string(resource, 'responseKind', 'kind');
  const plural = string(resource, 'resource');
  const verbs = strings(resource, 'verbs');
  if (kind === undefined || plural === undefined || !verbs.includes('get')) return undefined;
  return {
    kind,
    group,
    version: string(version, 'version') ?? '',
    plural,
    namespaced: string(resource, 'scope') === 'Namespaced',
    listable: verbs.includes('list'),
  };
}
