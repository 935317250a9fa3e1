import type { ClusterReader, Listing } from '#domain/cluster.ts';
import type { KnownKind, KnownKinds } from '#domain/objects/index.ts';
import type { ClusterObject } from '#domain/objects/meta.ts';

import { noteHidden, noteListing, noteSeen, type Touched } from './touched.ts';

/** Which objects a caller may see; a cluster-scoped object has no namespace. */
export interface Visibility {
  /** True when nothing is kept back, Secrets aside. */
  everything: boolean;
  allows(kind: string, namespace: string | undefined): boolean;
  /** Throws `denied`, naming the rule, when the caller may not see the kind there; no namespace means anywhere. */
  demand(kind: string, namespace: string | undefined, clusterScoped: boolean): void;
}

/**
 * The cluster as the policy lets one caller see it: what is kept back never reaches a tool and is counted in `touched`,
 * as is everything that was read. What is asked for by kind or namespace and not allowed is denied before it is read, so
 * that an answer does not tell whether a hidden object exists.
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
    listAny: async (kind, namespace, signal) => {
      scope.demand(kind.kind, namespace, !kind.namespaced);
      return keep(await cluster.listAny(kind, namespace, signal));
    },
    get: async (kind, namespace, name, signal) => {
      const home = kind.kind === 'Namespace' ? name : namespace;
      scope.demand(kind.kind, home, home === undefined);
      noteSeen(touched, kind.kind, home);
      return cluster.get(kind, namespace, name, signal);
    },
    events: async (query, signal) => {
      scope.demand('Event', query.namespace, false);
      return keep(await cluster.events(query, signal));
    },
    log: async (query, signal) => {
      scope.demand('Pod', query.namespace, false);
      noteSeen(touched, 'Pod', query.namespace);
      return cluster.log(query, signal);
    },
  };
}

function visible<T extends ClusterObject>(
  items: readonly T[],
  scope: Visibility,
  touched: Touched,
): readonly T[] {
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
