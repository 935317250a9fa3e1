import type { ClusterObject } from './meta.ts';

/** A Cluster of CloudNativePG. Times are RFC 3339. */
export interface PostgresCluster extends ClusterObject {
  kind: 'Cluster';
  phaseReason?: string;
  /** `spec.instances`. */
  instances: number;
  ready: number;
  primary?: string;
  target?: string;
  primarySince?: string;
  targetSince?: string;
  primaryFailingSince?: string;
  unusableClaims: string[];
  danglingClaims: string[];
  lastBackup?: string;
  lastFailedBackup?: string;
  /** True when it says where backups go: an object store, volume snapshots, or a plugin that archives. */
  backsUp: boolean;
  hibernated: boolean;
}

/** A Backup of CloudNativePG. Times are RFC 3339; `phase` is pending, running, completed, failed and the like. */
export interface PostgresBackup extends ClusterObject {
  kind: 'Backup';
  cluster: string;
  method?: string;
  started?: string;
  stopped?: string;
  error?: string;
}

/** A ScheduledBackup of CloudNativePG. Times are RFC 3339. */
export interface ScheduledBackup extends ClusterObject {
  kind: 'ScheduledBackup';
  cluster: string;
  /** Six fields, with seconds. */
  schedule: string;
  suspended: boolean;
  method?: string;
  lastScheduled?: string;
  nextScheduled?: string;
}
