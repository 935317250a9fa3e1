import { type PermissiveKind, permissiveCrd } from '../crds.ts';
import type { Manifest } from '../manifest.ts';

const KINDS: readonly (readonly [group: string, version: string, kind: string, plural: string])[] = [
  ['local.openebs.io', 'v1alpha1', 'LVMVolume', 'lvmvolumes'],
  ['local.openebs.io', 'v1alpha1', 'LVMNode', 'lvmnodes'],
  ['zfs.openebs.io', 'v1', 'ZFSVolume', 'zfsvolumes'],
  ['zfs.openebs.io', 'v1', 'ZFSNode', 'zfsnodes'],
  ['openebs.io', 'v1beta3', 'DiskPool', 'diskpools'],
];

/** The CRDs of OpenEBS' LVM, ZFS and Mayastor, without a schema. */
export function openebsCrds(): Manifest[] {
  return KINDS.map(([group, version, kind, plural]): PermissiveKind => ({
    group,
    version,
    kind,
    plural,
    namespaced: true,
  })).map(permissiveCrd);
}

/** An LVMVolume in group `vg0` on worker-1. */
export function rawLvmVolume(name: string, status: Record<string, unknown> = { state: 'Ready' }): Manifest {
  return {
    apiVersion: 'local.openebs.io/v1alpha1',
    kind: 'LVMVolume',
    metadata: { name, namespace: 'openebs' },
    spec: {
      capacity: '10737418240',
      ownerNodeID: 'worker-1',
      volGroup: 'vg0',
      vgPattern: '^vg0$',
      shared: 'no',
    },
    status,
  };
}

/** An LVMNode with these volume groups, each given in part. */
export function rawLvmNode(name: string, groups: readonly Record<string, unknown>[]): Manifest {
  const group = {
    name: 'vg0',
    uuid: 'x',
    size: '100Gi',
    free: '60Gi',
    lvCount: 2,
    pvCount: 2,
    missingPvCount: 0,
  };
  return {
    apiVersion: 'local.openebs.io/v1alpha1',
    kind: 'LVMNode',
    metadata: { name, namespace: 'openebs' },
    volumeGroups: groups.map((one) => ({ ...group, ...one })),
  };
}

/** A ZFSVolume, encrypted, in `tank` on worker-1. */
export function rawZfsVolume(name: string, status: Record<string, unknown> = { state: 'Ready' }): Manifest {
  return {
    apiVersion: 'zfs.openebs.io/v1',
    kind: 'ZFSVolume',
    metadata: { name, namespace: 'openebs' },
    spec: {
      capacity: '10737418240',
      ownerNodeID: 'worker-1',
      poolName: 'tank',
      volumeType: 'DATASET',
      keylocation: 'file:///hunter2',
    },
    status,
  };
}

/** A ZFSNode with one pool. */
export function rawZfsNode(name: string, pool: Record<string, unknown>): Manifest {
  return {
    apiVersion: 'zfs.openebs.io/v1',
    kind: 'ZFSNode',
    metadata: { name, namespace: 'openebs' },
    pools: [{ name: 'tank', uuid: 'x', ...pool }],
  };
}

/** A DiskPool of Mayastor on worker-1, 100 GB, a fifth of it used. */
export function rawDiskPool(name: string, status: Record<string, unknown> = {}): Manifest {
  return {
    apiVersion: 'openebs.io/v1beta3',
    kind: 'DiskPool',
    metadata: { name, namespace: 'openebs' },
    spec: { node: 'worker-1', disks: ['/dev/disk/by-id/x'] },
    status: {
      cr_state: 'Created',
      pool_status: 'Online',
      capacity: 100_000_000_000,
      used: 20_000_000_000,
      available: 80_000_000_000,
      ...status,
    },
  };
}
