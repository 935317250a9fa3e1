import type { ClusterObject, Condition, ObjectRef } from './meta.ts';

/** A Volume of Longhorn. Sizes are bytes; times RFC 3339. */
export interface LonghornVolume extends ClusterObject {
  kind: 'Volume';
  /** `status.state`: attached, detached and what lies between. */
  state: string;
  /** `status.robustness`: healthy, degraded, faulted; unknown while detached. */
  robustness: string;
  size?: number;
  /** With its snapshots. */
  actualSize?: number;
  /** `spec.numberOfReplicas`. */
  replicas: number;
  node?: string;
  /** The claim that uses it, as Longhorn last saw it. */
  claim?: ObjectRef;
  /** A disaster-recovery volume, kept up to date from backups of another cluster. */
  standby: boolean;
  lastDegradedAt?: string;
  lastBackupAt?: string;
  /** `spec.backupTargetName`. */
  backupTarget?: string;
}

/** An Engine: the one of a volume that is attached tells how its replicas are used. */
export interface LonghornEngine extends ClusterObject {
  kind: 'Engine';
  volume: string;
  node?: string;
  state?: string;
  /** Replica name to RW, WO (being rebuilt) or ERR. */
  modes: Record<string, string>;
}

/** A Replica. Times are RFC 3339. */
export interface LonghornReplica extends ClusterObject {
  kind: 'Replica';
  volume: string;
  node?: string;
  state?: string;
  failedAt?: string;
}

/** A disk of a Longhorn node. Sizes are bytes. */
export interface LonghornDisk {
  name: string;
  allowsScheduling: boolean;
  available?: number;
  maximum?: number;
  conditions: Condition[];
  /** Devices whose SMART or SPDK data say FAILED. */
  failing: string[];
}

/** A Node of Longhorn; its name is the Kubernetes node's. */
export interface LonghornNode extends ClusterObject {
  kind: 'Node';
  allowsScheduling: boolean;
  evicting: boolean;
  disks: LonghornDisk[];
}

/** An InstanceManager: the pod that runs the engines and replicas of a node. */
export interface InstanceManager extends ClusterObject {
  kind: 'InstanceManager';
  node?: string;
  /** `status.currentState`. */
  state?: string;
}

/** An EngineImage. */
export interface EngineImage extends ClusterObject {
  kind: 'EngineImage';
  state?: string;
  incompatible: boolean;
  image?: string;
  /** Volumes and engines that use it. */
  uses: number;
}

/** A Setting; `value` only of settings that a rule looks at. */
export interface LonghornSetting extends ClusterObject {
  kind: 'Setting';
  value?: string;
}

/** A BackupTarget; its URL is not kept. */
export interface BackupTarget extends ClusterObject {
  kind: 'BackupTarget';
  /** True when it has a URL. */
  configured: boolean;
  available: boolean;
  lastSynced?: string;
  /** Go duration. */
  pollInterval?: string;
}

/** A Backup of Longhorn. Times are RFC 3339. */
export interface LonghornBackup extends ClusterObject {
  kind: 'Backup';
  volume?: string;
  /** `status.state`: Pending, InProgress, Completed, Error, Unknown. */
  state?: string;
  /** When the snapshot that it holds was taken. */
  taken?: string;
  /** When its upload ended. */
  completed?: string;
  error?: string;
  target?: string;
}

/** A RecurringJob of Longhorn. */
export interface RecurringJob extends ClusterObject {
  kind: 'RecurringJob';
  task: string;
  cron: string;
  groups: string[];
  retain?: number;
}
