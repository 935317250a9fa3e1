import type { FluxObject } from './objects/flux.ts';
import type { KnownKind, KnownKinds } from './objects/index.ts';
import type { ClusterObject } from './objects/meta.ts';
import type { Event } from './objects/platform.ts';
import type { Permission } from './permissions.ts';

/**
 * How far a list can be believed. `stale`: the last good copy, its connection lost since `asOf`. `absent`: the cluster
 * does not serve the kind. `unknown`: it could not be read (a 403, a time-out), which is never the same as healthy.
 */
export type ListingState = 'current' | 'stale' | 'absent' | 'unknown';

/** All objects of one kind; `items` is empty when absent or unknown. */
export interface Listing<T> {
  /** Kind name, for example `Pod` or `Kustomization`; of a namesake with its group, as in `Node.longhorn.io`. */
  kind: string;
  state: ListingState;
  items: readonly T[];
  /** When the copy was last known to be true, milliseconds since the epoch. */
  asOf: number;
  /** Why it is stale or unknown, or what of it was left out, in words for an operator. */
  why?: string;
}

/** A kind that the cluster serves now, by aggregated discovery; `version` is the preferred one. */
export interface ServedKind {
  kind: string;
  group: string;
  version: string;
  /** The resource in the path: plural, lower case. */
  plural: string;
  namespaced: boolean;
  listable: boolean;
}

/** What discovery said; `unavailable` names groups whose API server does not answer. */
export interface Discovery {
  kinds: readonly ServedKind[];
  unavailable: readonly string[];
}

/** Which cluster an answer speaks of. */
export interface ClusterIdentity {
  context: string;
  /** API server URL without user information, or the file name of a snapshot. */
  server: string;
  /** Set when a recording is served: when it was made, RFC 3339. */
  recorded?: string;
}

/** Which events to read; all filters are optional and joined by AND. */
export interface EventQuery {
  namespace?: string;
  kind?: string;
  name?: string;
  type?: 'Normal' | 'Warning';
}

/** Which log to read; `tailLines` and `limitBytes` are upper bounds. */
export interface LogQuery {
  namespace: string;
  pod: string;
  container?: string;
  previous: boolean;
  tailLines: number;
  limitBytes: number;
  sinceSeconds?: number;
}

/**
 * Everything daytwo can ask of a cluster; there is no method that writes. Listings, events included, never reject for an
 * upstream fault: they say `unknown` or `stale`. `discover`, `get` and `log` throw a ToolError (`not_found`, `denied`,
 * `unavailable`, `timeout`). A signal that is aborted rejects with its own reason.
 */
export interface ClusterReader {
  readonly identity: ClusterIdentity;
  discover(signal: AbortSignal): Promise<Discovery>;
  list<K extends KnownKind>(kind: K, signal: AbortSignal): Promise<Listing<KnownKinds[K]>>;
  /** One listing for each Flux kind the cluster serves, in alphabetical order of kinds. */
  listFlux(signal: AbortSignal): Promise<Listing<FluxObject>[]>;
  /**
   * One listing for each kind that may be read, is neither known by its fields nor Flux's, and is wanted, in alphabetical
   * order. They are kept current like those, up to a bound: a kind beyond it is `unknown`. None when discovery fails.
   */
  listOthers(wanted: (kind: ServedKind) => boolean, signal: AbortSignal): Promise<Listing<ClusterObject>[]>;
  /** Any served kind, projected by its allow-list, or to metadata and conditions where it has none. */
  listAny(
    kind: ServedKind,
    namespace: string | undefined,
    signal: AbortSignal,
  ): Promise<Listing<ClusterObject>>;
  get(
    kind: ServedKind,
    namespace: string | undefined,
    name: string,
    signal: AbortSignal,
  ): Promise<ClusterObject>;
  /** Which of these permissions this server's own identity has, cluster-wide; a recording has none to ask about. */
  permissions?: (
    asked: readonly Permission[],
    signal: AbortSignal,
  ) => Promise<(Permission & { allowed: boolean })[]>;
  events(query: EventQuery, signal: AbortSignal): Promise<Listing<Event>>;
  /** Lines oldest first, redacted. */
  log(query: LogQuery, signal: AbortSignal): Promise<string[]>;
}
