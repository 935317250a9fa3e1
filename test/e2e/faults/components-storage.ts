import {
  longhornCondition,
  rawEngine,
  rawInstanceManager,
  rawLonghornNode,
  rawReplica,
  rawVolume,
} from '../../cluster/crds/longhorn.ts';
import { rawDiskPool, rawLvmNode, rawLvmVolume, rawZfsVolume } from '../../cluster/crds/openebs.ts';
import { rawCephCluster, rawCephPart } from '../../cluster/crds/rook.ts';
import type { Manifest } from '../../cluster/manifest.ts';
import { node } from '../../cluster/seed.ts';
import { ago, appOn, boundClaim, csi, daemonSet, ownNode } from './components-parts.ts';
import type { Fault } from './fault.ts';

const PV = 'pvc-longhorn';

const ON_LONGHORN = csi('driver.longhorn.io', PV);

const LONGHORN_VOLUME = `Volume/longhorn-system/${PV}`;

const degradedAt = (minutes: number) => ({
  status: { robustness: 'degraded', lastDegradedAt: ago(minutes) },
});

const lost = (minutes: number, host: string): Manifest =>
  rawReplica(PV, host, { spec: { failedAt: ago(minutes) }, status: { currentState: 'stopped' } });

/** Disks of Longhorn, with a volume that finds no place for a replica. */
function fullDisk(): Manifest[] {
  const full = longhornCondition(
    'Schedulable',
    'False',
    ago(30),
    'DiskPressure',
    'only 4 GB of 100 GB are free',
  );
  const refused = longhornCondition(
    'Scheduled',
    'False',
    ago(30),
    'ReplicaSchedulingFailure',
    'insufficient storage',
  );
  return [
    ownNode('store-1'),
    rawLonghornNode('store-1', ago(600), {
      disk: {
        storageAvailable: 4_000_000_000,
        conditions: [longhornCondition('Ready', 'True', ago(600)), full],
      },
    }),
    rawVolume(PV, ago(600), { status: { conditions: [refused] } }),
  ];
}

const LONGHORN: readonly Fault[] = [
  {
    name: 'a storage node is gone: replicas, their manager and Longhorn on it are its consequences',
    objects: () => [
      node('store-1', { state: 'lost', since: new Date(Date.now() - 40 * 60_000) }),
      rawLonghornNode('store-1', ago(600), {
        status: {
          conditions: [
            longhornCondition('Ready', 'False', ago(39), 'KubernetesNodeNotReady', 'node store-1 not ready'),
          ],
        },
      }),
      rawInstanceManager('store-1', 'unknown'),
      rawVolume(PV, ago(600), degradedAt(39)),
      rawEngine(PV, { [`${PV}-r-store-1`]: 'ERR' }),
      lost(39, 'store-1'),
    ],
    root: { ref: 'Node/store-1', reason: 'NotReady' },
    decoys: [
      'Node.longhorn.io/longhorn-system/store-1',
      'InstanceManager/longhorn-system/instance-manager-store-1',
      LONGHORN_VOLUME,
    ],
  },
  {
    name: 'a Longhorn volume has no usable replica left, and its app cannot attach it',
    objects: () => [
      rawVolume(PV, ago(600), {
        status: { robustness: 'faulted', state: 'detached', lastDegradedAt: ago(60) },
      }),
      lost(55, 'store-9'),
      ...boundClaim('wiki-data', PV, ON_LONGHORN),
      ...appOn('wiki', 'wiki-data', { state: 'creating' }, [
        'FailedAttachVolume',
        `AttachVolume.Attach failed for volume "${PV}": volume ${PV} is not ready for workloads`,
      ]),
    ],
    root: { ref: LONGHORN_VOLUME, reason: 'VolumeFaulted' },
    decoys: ['Deployment/apps/wiki', 'PersistentVolumeClaim/apps/wiki-data', `PersistentVolume/${PV}`],
  },
  {
    name: 'a Longhorn volume is attached and serves its app, and has been without redundancy for two hours',
    objects: () => [
      rawVolume(PV, ago(600), degradedAt(120)),
      rawEngine(PV, { [`${PV}-r-store-1`]: 'RW', [`${PV}-r-store-2`]: 'ERR' }),
      rawReplica(PV, 'store-1'),
      lost(120, 'store-2'),
      ...boundClaim('wiki-data', PV, ON_LONGHORN),
      ...appOn('wiki', 'wiki-data', {}),
    ],
    root: { ref: LONGHORN_VOLUME, reason: 'VolumeDegraded' },
  },
  {
    name: 'a disk of Longhorn is full, so that a replica finds no place',
    objects: fullDisk,
    root: { ref: 'Node.longhorn.io/longhorn-system/store-1', reason: 'DiskPressure' },
    decoys: [LONGHORN_VOLUME],
  },
  {
    name: 'a node lacks iscsi-tools, which Longhorn needs',
    objects: () => [
      ownNode('store-1'),
      rawLonghornNode('store-1', ago(600), {
        status: {
          conditions: [
            longhornCondition('Ready', 'True', ago(600)),
            longhornCondition(
              'RequiredPackages',
              'False',
              ago(30),
              'PackagesNotInstalled',
              'iscsiadm is not installed',
            ),
          ],
        },
      }),
    ],
    root: { ref: 'Node.longhorn.io/longhorn-system/store-1', reason: 'RequiredPackages' },
  },
  {
    name: 'the Longhorn manager runs nowhere while every volume says healthy',
    objects: () => [
      daemonSet('longhorn-manager', 'longhorn-system', 0, 0),
      rawVolume(PV, ago(600)),
      rawEngine(PV, { [`${PV}-r-store-1`]: 'RW' }),
      rawReplica(PV, 'store-1'),
    ],
    root: { ref: 'DaemonSet/longhorn-system/longhorn-manager', reason: 'OperatorDown' },
    decoys: [LONGHORN_VOLUME],
  },
];

const HOSTPATH = {
  local: { path: '/var/openebs/local/x' },
  nodeAffinity: {
    required: {
      nodeSelectorTerms: [
        { matchExpressions: [{ key: 'kubernetes.io/hostname', operator: 'In', values: ['gone-1'] }] },
      ],
    },
  },
};

const OPENEBS: readonly Fault[] = [
  {
    name: 'a hostpath volume lies on a node that was removed, and its app finds no node',
    objects: () => [
      ownNode('store-1'),
      ...boundClaim('photos', 'pvc-hostpath', HOSTPATH),
      ...appOn('photos', 'photos', {
        state: 'unschedulable',
        message: "0/1 nodes are available: 1 node(s) didn't match PersistentVolume's node affinity.",
      }),
    ],
    root: { ref: 'PersistentVolume/pvc-hostpath', reason: 'VolumeNodeGone' },
    decoys: ['Deployment/apps/photos', 'PersistentVolumeClaim/apps/photos'],
  },
  {
    name: 'an LVM volume could not be made: its group is full',
    objects: () => [
      rawLvmVolume('pvc-lvm', {
        state: 'Failed',
        error: { code: 'InsufficientCapacity', message: 'volume group vg0 has no room' },
      }),
    ],
    root: { ref: 'LVMVolume/openebs/pvc-lvm', reason: 'InsufficientCapacity' },
  },
  {
    name: 'a volume group has lost a physical volume',
    objects: () => [rawLvmNode('store-1', [{ missingPvCount: 1 }])],
    root: { ref: 'LVMNode/openebs/store-1', reason: 'PhysicalVolumeMissing' },
  },
  {
    name: 'a ZFS volume failed, and gives no reason',
    objects: () => [rawZfsVolume('pvc-zfs', { state: 'Failed' })],
    root: { ref: 'ZFSVolume/openebs/pvc-zfs', reason: 'LocalVolumeFailed' },
  },
  {
    name: 'a pool of Mayastor is faulted though it was created well',
    objects: () => [rawDiskPool('pool-1', { cr_state: 'Created', pool_status: 'Faulted' })],
    root: { ref: 'DiskPool/openebs/pool-1', reason: 'DiskPoolFaulted' },
  },
];

const ROOK: readonly Fault[] = [
  {
    name: 'Ceph is in error, and a filesystem of it cannot be set up',
    objects: () => [
      rawCephCluster(ago(1), {
        health: 'HEALTH_ERR',
        lastChanged: ago(30),
        details: { OSD_FULL: { severity: 'HEALTH_ERR', message: '1 full osd(s)' } },
      }),
      rawCephPart('CephFilesystem', 'Failure'),
    ],
    root: { ref: 'CephCluster/rook-ceph/rook-ceph', reason: 'CephHealthError' },
    decoys: ['CephFilesystem/rook-ceph/main'],
  },
  {
    name: 'Ceph said HEALTH_OK an hour ago, and nobody has asked since',
    objects: () => [rawCephCluster(ago(60))],
    root: { ref: 'CephCluster/rook-ceph/rook-ceph', reason: 'CephUnchecked' },
  },
];

/** Longhorn, OpenEBS and Rook. */
export const STORAGE_FAULTS: readonly Fault[] = [...LONGHORN, ...OPENEBS, ...ROOK];
