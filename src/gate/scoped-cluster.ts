import type { ClusterReader, Listing, ServedKind } from '#domain/cluster.ts';
import type { KnownKind, KnownKinds } from '#domain/objects/index.ts';
import type { ClusterObject } from '#domain/objects/meta.ts';

import { ToolError } from '../errors.ts';
import { noteHidden, noteListing, noteSeen, type Touched } from './touched.ts';

/** Which objects a caller may see; a cluster-scoped object has no namespace. */
export interface Visibility {
  /** True when nothing is kept back, Secrets aside. */
  everything: boolean;
  allows(kind: string, namespace: string | undefined): boolean;
}

/**
 * The cluster as the policy lets one caller see it: what is kept back never reaches a tool and is counted in `touched`,
 * as is everything that was read. A direct read of a hidden object answers like one that does not exist.
 */
export function scopedCluster(cluster: ClusterReader, scope: Visibility, touched: Touched): ClusterReader {
  const keep = <T extends ClusterObject>(listing: Listing<T>): Listing<T> => {
    noteListing(touched, listing);
    return { ...listing, items: visible(listing.items, scope, touched) };
  };
  return {
    identity: cluster.identity,
    discover: async (signal) => {
      const discovery = await cluster.discover(signal);
      for (const group of discovery.unavailable) touched.unavailableGroups.add(group);
      return discovery;
    },
    list: async <K extends KnownKind>(kind: K, signal: AbortSignal): Promise<Listing<KnownKinds[K]>> =>
      keep(await cluster.list(kind, signal)),
    listFlux: async (signal) => (await cluster.listFlux(signal)).map((listing) => keep(listing)),
    listAny: async (kind, namespace, signal) => keep(await cluster.listAny(kind, namespace, signal)),
    get: async (kind, namespace, name, signal) => {
      if (!scope.allows(kind.kind, namespace)) throw notFound(kind, namespace, name);
      noteSeen(touched, kind.kind, namespace);
      return cluster.get(kind, namespace, name, signal);
    },
    events: async (query, signal) => keep(await cluster.events(query, signal)),
    log: async (query, signal) => {
      if (!scope.allows('Pod', query.namespace)) throw notFound({ kind: 'Pod' }, query.namespace, query.pod);
      noteSeen(touched, 'Pod', query.namespace);
      return cluster.log(query, signal);
    },
  };
}

function visible<T extends ClusterObject>(items: readonly T[], scope: Visibility, touched: Touched): readonly T[] {
  return items.filter((item) => {
    const namespace = item.kind === 'Namespace' ? item.name : item.namespace;
    if (!scope.allows(item.kind, namespace)) {
      noteHidden(touched, item.kind, namespace);
      return false;
    }
    noteSeen(touched, item.kind, namespace);
    return true;
  });
}

/** The words for an object that is not there; a hidden one answers with the same. */
export function notFound(kind: Pick<ServedKind, 'kind'>, namespace: string | undefined, name: string): ToolError {
  const ref = namespace === undefined ? `${kind.kind}/${name}` : `${kind.kind}/${namespace}/${name}`;
  return new ToolError(
    'not_found',
    `${ref} does not exist or is not visible to you`,
    'List the kind with resource_list to see what there is, or ask policy_explain what you may see.',
  );
}
