import type { ClusterObject } from './meta.ts';

/** An LVMVolume or ZFSVolume of OpenEBS. */
export interface LocalVolume extends ClusterObject {
  kind: 'LVMVolume' | 'ZFSVolume';
  /** Pending, Ready or Failed. */
  state?: string;
  node?: string;
  /** Volume group or ZFS pool. */
  pool?: string;
  error?: { code?: string; message?: string };
}

/** A volume group, a thin pool in one, or a ZFS pool. Sizes are bytes. */
export interface LocalPool {
  name: string;
  size?: number;
  free?: number;
  /** Physical volumes that are gone. */
  missing: number;
}

/** An LVMNode or ZFSNode of OpenEBS; its name is the Kubernetes node's. */
export interface LocalPools extends ClusterObject {
  kind: 'LVMNode' | 'ZFSNode';
  pools: LocalPool[];
}

/** A DiskPool of OpenEBS Mayastor. Sizes are bytes. */
export interface DiskPool extends ClusterObject {
  kind: 'DiskPool';
  node?: string;
  /** Online, Degraded, Faulted, Unknown. */
  state?: string;
  /** Creating, Created, Terminating. */
  lifecycle?: string;
  capacity?: number;
  used?: number;
}
