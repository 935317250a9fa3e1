import type { ClusterReader, Listing } from '#domain/cluster.ts';
import type { KnownKind, KnownKinds } from '#domain/objects/index.ts';
import type { ClusterObject, ObjectRef } from '#domain/objects/meta.ts';
import type { Event } from '#domain/objects/platform.ts';

import { noteHidden, noteListing, noteSeen, type Touched } from './touched.ts';

/** Which objects a caller may see; a cluster-scoped object has no namespace. */
export interface Visibility {
  /** True when nothing is kept back, Secrets aside. */
  everything: boolean;
  allows(kind: string, namespace: string | undefined): boolean;
  /** Whether there may be anything to see in a namespace. */
  reaches(namespace: string): boolean;
  /** Throws `denied`, naming the rule, when the caller may not see the kind there; no namespace means anywhere. */
  demand(kind: string, namespace: string | undefined, clusterScoped: boolean): void;
}

/** Resolves to what takes hidden names out of text, once it is known what is hidden. */
export type Masking = () => Promise<(text: string) => string>;

/**
 * The cluster as the policy lets one caller see it: what is kept back never reaches a tool and is counted in `touched`,
 * as is everything that was read. What is asked for by kind or namespace and not allowed is denied before it is read, so
 * that an answer does not tell whether a hidden object exists.
 */
export function scopedCluster(
  cluster: ClusterReader,
  scope: Visibility,
  touched: Touched,
  masking: Masking = async () => (text) => text,
): ClusterReader {
  const keep = async <T extends ClusterObject>(listing: Listing<T>): Promise<Listing<T>> => {
    noteListing(touched, listing);
    const items = visible(listing.items, scope, touched);
    return { ...listing, items: scope.everything ? items : maskMessages(items, await masking()) };
  };
  return {
    ...singleReads(cluster, scope, touched, masking),
    ...own(cluster),
    identity: cluster.identity,
    discover: async (signal) => {
      const discovery = await cluster.discover(signal);
      for (const group of discovery.unavailable) touched.unavailableGroups.add(group);
      return discovery;
    },
    list: async <K extends KnownKind>(kind: K, signal: AbortSignal): Promise<Listing<KnownKinds[K]>> =>
      keep(await cluster.list(kind, signal)),
    listFlux: async (signal) => Promise.all((await cluster.listFlux(signal)).map((listing) => keep(listing))),
    listOthers: async (wanted, signal) =>
      Promise.all((await cluster.listOthers(wanted, signal)).map((listing) => keep(listing))),
    listAny: async (kind, namespace, signal) => {
      scope.demand(kind.kind, namespace, !kind.namespaced);
      return keep(await cluster.listAny(kind, namespace, signal));
    },
    events: async (query, signal) => {
      scope.demand('Event', query.namespace, false);
      return keep(await cluster.events(query, signal));
    },
  };
}

/** What this server itself may do is no object of the cluster; a recording cannot be asked. */
function own(cluster: ClusterReader): Pick<ClusterReader, 'permissions'> {
  if (!('permissions' in cluster)) return {};
  return { permissions: async (asked, signal) => (await cluster.permissions?.(asked, signal)) ?? [] };
}

/** One object or log; an object is judged again by what it is about, once it is read. */
function singleReads(
  cluster: ClusterReader,
  scope: Visibility,
  touched: Touched,
  masking: Masking,
): Pick<ClusterReader, 'get' | 'log'> {
  return {
    get: async (kind, namespace, name, signal) => {
      const home = kind.kind === 'Namespace' ? name : namespace;
      scope.demand(kind.kind, home, home === undefined);
      const object = await cluster.get(kind, namespace, name, signal);
      scope.demand(kind.kind, homeOf(object), homeOf(object) === undefined);
      noteSeen(touched, kind.kind, homeOf(object));
      return scope.everything ? object : maskMessages(object, await masking());
    },
    log: async (query, signal) => {
      scope.demand('Pod', query.namespace, false);
      noteSeen(touched, 'Pod', query.namespace);
      const lines = await cluster.log(query, signal);
      return scope.everything ? lines : lines.map(await masking());
    },
  };
}

function visible<T extends ClusterObject>(
  items: readonly T[],
  scope: Visibility,
  touched: Touched,
): readonly T[] {
  if (scope.everything) return allSeen(items, touched);
  return items.filter((item) => {
    const home = homeOf(item);
    if (scope.allows(item.kind, home)) {
      noteSeen(touched, item.kind, home);
      return true;
    }
    noteHidden(touched, item.kind);
    if (home !== undefined && !scope.reaches(home)) touched.hiddenNamespaces.add(home);
    return false;
  });
}

/** The same list, so that what was worked out from it before still holds. */
function allSeen<T extends ClusterObject>(items: readonly T[], touched: Touched): readonly T[] {
  const homes = new Map<string, Set<string | undefined>>();
  for (const item of items) {
    const known = homes.get(item.kind);
    if (known) known.add(homeOf(item));
    else homes.set(item.kind, new Set([homeOf(item)]));
  }
  for (const [kind, namespaces] of homes)
    for (const namespace of namespaces) noteSeen(touched, kind, namespace);
  return items;
}

/** The namespace by which an object is judged: a Namespace is in itself, an Event where what it is about is. */
function homeOf(object: ClusterObject): string | undefined {
  if (object.kind === 'Namespace') return object.name;
  return isEvent(object) ? homeOfSubject(object.regarding) : object.namespace;
}

function homeOfSubject({ kind, name, namespace }: ObjectRef): string | undefined {
  return kind === 'Namespace' ? name : namespace;
}

function isEvent(object: ClusterObject): object is Event {
  return object.kind === 'Event' && 'regarding' in object;
}

/** A copy in which free text has passed `mask`: before anything cuts it, since a cut can part a name from its namespace. */
function maskMessages<T>(value: T, mask: (text: string) => string): T {
  return messagesMasked(value, mask) as T;
}

function messagesMasked(value: unknown, mask: (text: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => messagesMasked(item, mask));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [
      key,
      key === 'message' && typeof child === 'string' ? mask(child) : messagesMasked(child, mask),
    ]),
  );
}
