import type { ClusterObject, ObjectRef } from './meta.ts';

/** What both directions of VolSync say. Times are RFC 3339, durations as Go writes them. */
export interface Replication extends ClusterObject {
  kind: 'ReplicationSource' | 'ReplicationDestination';
  /** restic, kopia, rclone, rsync, rsyncTLS, syncthing or external. */
  mover?: string;
  paused: boolean;
  schedule?: string;
  /** `spec.trigger.manual`. */
  manual?: string;
  lastManual?: string;
  lastSync?: string;
  /** Set while a synchronization is under way. */
  started?: string;
  lastDuration?: string;
  nextSync?: string;
  /** `status.latestMoverStatus.result`: Successful or Failed. */
  result?: string;
  /** What its mover's log tells of a failure, in our words: the log itself may hold a secret. */
  failure?: string;
  /** The claim it reads (`spec.sourcePVC`) or writes (`destinationPVC`). */
  claim?: string;
}

/** A ReplicationSource of VolSync. */
export interface ReplicationSource extends Replication {
  kind: 'ReplicationSource';
}

/** A ReplicationDestination of VolSync. */
export interface ReplicationDestination extends Replication {
  kind: 'ReplicationDestination';
  latestImage?: ObjectRef;
}

/** A KopiaMaintenance of the VolSync fork that has Kopia. Times are RFC 3339. */
export interface KopiaMaintenance extends ClusterObject {
  kind: 'KopiaMaintenance';
  schedule?: string;
  suspended: boolean;
  lastRun?: string;
  failures: number;
}
