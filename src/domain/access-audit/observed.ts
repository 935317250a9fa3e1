import type { ClusterReader, ListingState } from '../cluster.ts';
import type { KnownKind, KnownKinds } from '../objects/index.ts';

/** The kinds that tell who can reach what, and what it may do. */
const ACCESS_KINDS = [
  'Namespace',
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'Service',
  'ConfigMap',
  'Ingress',
  'Gateway',
  'HTTPRoute',
  'GRPCRoute',
  'TLSRoute',
  'TCPRoute',
  'UDPRoute',
  'SecurityPolicy',
  'NetworkPolicy',
  'CiliumNetworkPolicy',
  'CiliumClusterwideNetworkPolicy',
  'ServiceAccount',
  'ServiceAccount.talos.dev',
  'Role',
  'ClusterRole',
  'RoleBinding',
  'ClusterRoleBinding',
] as const satisfies readonly KnownKind[];

export type AccessKind = (typeof ACCESS_KINDS)[number];

/** All objects of these kinds; a kind that is absent or could not be read has none. */
export type AccessObjects = { readonly [K in AccessKind]: readonly KnownKinds[K][] };

/** What was read, and which kinds of it could not be, or only in an old copy. */
export interface Surroundings {
  objects: AccessObjects;
  unsure: readonly AccessKind[];
}

const UNSURE: ReadonlySet<ListingState> = new Set(['unknown', 'stale']);

/** Reads everything in parallel; never rejects for an upstream fault, as listings do not. */
export async function readSurroundings(cluster: ClusterReader, signal: AbortSignal): Promise<Surroundings> {
  const listings = await Promise.all(
    ACCESS_KINDS.map(async (kind) => ({ kind, ...(await listed(cluster, kind, signal)) })),
  );
  return {
    objects: Object.fromEntries(listings.map(({ kind, items }) => [kind, items])) as AccessObjects,
    unsure: listings.filter(({ state }) => UNSURE.has(state)).map(({ kind }) => kind),
  };
}

async function listed(
  cluster: ClusterReader,
  kind: AccessKind,
  signal: AbortSignal,
): Promise<{ items: readonly unknown[]; state: ListingState }> {
  const { items, state } = await cluster.list(kind, signal);
  return { items, state };
}
