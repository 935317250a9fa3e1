import type { ClusterReader } from '../cluster.ts';
import type { ObjectPlaces } from './object-places.ts';

/** Places in Git for one call. */
export interface Places {
  /** False when no repository is configured: answers then have no room for places. */
  configured: boolean;
  /** Of the repository that the cluster follows; undefined when it follows another, or while it is read, which `unchecked` tells. */
  followed: (signal: AbortSignal) => Promise<ObjectPlaces | undefined>;
  /** Of the configured repository, whatever the cluster follows. */
  all: (signal: AbortSignal) => Promise<ObjectPlaces | undefined>;
  /** The cluster, for a tool that can do without; undefined when none is configured or it cannot be opened. */
  cluster: () => Promise<ClusterReader | undefined>;
}
