import type { Manifest } from '../../cluster/manifest.ts';
import {
  cnpgCondition,
  rawPostgresBackup,
  rawPostgresCluster,
  rawScheduledBackup,
} from '../../cluster/crds/cnpg.ts';
import {
  longhornCondition,
  rawBackupTarget,
  rawEngine,
  rawInstanceManager,
  rawLonghornBackup,
  rawLonghornNode,
  rawRecurringJob,
  rawReplica,
  rawVolume,
} from '../../cluster/crds/longhorn.ts';
import {
  rawDiskPool,
  rawLvmNode,
  rawLvmVolume,
  rawZfsNode,
  rawZfsVolume,
} from '../../cluster/crds/openebs.ts';
import { rawCephCluster } from '../../cluster/crds/rook.ts';
import { rawSnapshot } from '../../cluster/crds/snapshots.ts';
import { rawReplicationSource, statusAt, synchronizing } from '../../cluster/crds/volsync.ts';
import { deploymentTree, node } from '../../cluster/seed.ts';
import { ago, type Fault, since } from './fault.ts';
import { mounting } from './parts.ts';

const VOLUME = 'Volume/longhorn-system/pv-data';

/** Deployment `shop`, which mounts the claim of the volume and does not come up. */
function shopOnData(): Manifest[] {
  const pods = [{ state: 'creating', since: since(40) } as const];
  return mounting('data', deploymentTree('shop', 'apps', { since: since(40), pods }));
}

/** The volume behind claim `data`; two replicas of three have failed. */
function degraded(): Manifest[] {
  const status = { robustness: 'degraded', lastDegradedAt: ago(30) };
  const failed = { spec: { failedAt: ago(30) }, status: { currentState: 'stopped' } };
  return [
    rawVolume('pv-data', ago(600), { status }),
    rawEngine('pv-data', { 'pv-data-r-worker-1': 'RW' }),
    rawReplica('pv-data', 'worker-1'),
    rawReplica('pv-data', 'worker-2', failed),
    rawReplica('pv-data', 'worker-3', failed),
  ];
}

const LONGHORN: readonly Fault[] = [
  {
    name: 'a Longhorn volume has no usable replica, and its pod waits',
    objects: () => [
      rawVolume('pv-data', ago(600), { status: { robustness: 'faulted', state: 'detached' } }),
      rawReplica('pv-data', 'worker-1', { spec: { failedAt: ago(40) }, status: { currentState: 'stopped' } }),
      ...shopOnData(),
    ],
    root: { ref: VOLUME, reason: 'VolumeFaulted', says: /no usable replica is left/ },
    decoys: ['Deployment/apps/shop'],
  },
  {
    name: 'a Longhorn volume is degraded while its pod runs',
    objects: degraded,
    root: { ref: VOLUME, reason: 'VolumeDegraded', says: /1 of 3 replicas are whole/ },
  },
  {
    name: 'Longhorn cannot use a node',
    objects: () => {
      const [ready, ...others] = (rawLonghornNode('worker-2', ago(600)).status?.['conditions'] ??
        []) as object[];
      const down = longhornCondition(
        'Ready',
        'False',
        ago(30),
        'ManagerPodDown',
        'the manager pod is not running',
      );
      return [
        rawLonghornNode('worker-2', ago(600), { status: { conditions: [{ ...ready, ...down }, ...others] } }),
      ];
    },
    root: { ref: 'Node.longhorn.io/longhorn-system/worker-2', reason: 'ManagerPodDown' },
  },
  {
    name: 'a disk of Longhorn takes no more replicas',
    objects: () => {
      const told = longhornCondition(
        'Schedulable',
        'False',
        ago(30),
        'DiskPressure',
        'the disk has 5 % left',
      );
      const conditions = [longhornCondition('Ready', 'True', ago(600)), told];
      return [
        rawLonghornNode('worker-2', ago(600), { disk: { conditions, storageAvailable: 5_000_000_000 } }),
      ];
    },
    root: { ref: 'Node.longhorn.io/longhorn-system/worker-2', reason: 'DiskPressure', says: /5 % left/ },
  },
  {
    name: 'an instance manager of Longhorn has failed',
    objects: () => [rawInstanceManager('worker-2', 'error')],
    root: { ref: 'InstanceManager/longhorn-system/instance-manager-worker-2', reason: 'InstanceManagerDown' },
  },
  {
    name: 'a backup target cannot be reached, and the last backup failed for it',
    objects: () => [
      rawBackupTarget({
        available: false,
        conditions: [longhornCondition('Unavailable', 'True', ago(60), 'Unavailable', 'AccessDenied: 403')],
      }),
      rawVolume('pv-data', ago(6000)),
      rawLonghornBackup('backup-1', 'pv-data', ago(30), {
        state: 'Error',
        error: 'cannot write to the target',
      }),
    ],
    root: { ref: 'BackupTarget/longhorn-system/default', reason: 'BackupTargetUnavailable', says: /403/ },
    decoys: [VOLUME],
  },
  {
    name: 'a volume that is well has not been backed up for three days',
    objects: () => [
      rawVolume('pv-data', ago(6000)),
      rawEngine('pv-data', { 'pv-data-r-worker-1': 'RW' }),
      rawLonghornBackup('backup-1', 'pv-data', ago(3 * 24 * 60)),
      rawRecurringJob('daily', '0 2 * * *'),
    ],
    root: { ref: VOLUME, reason: 'BackupOverdue', says: /last backed up 3d/ },
  },
];

const LOCAL: readonly Fault[] = [
  {
    name: 'an LVM volume could not be made',
    objects: () => {
      const error = { code: 'InsufficientCapacity', message: 'no volume group has 10 GiB' };
      return [rawLvmVolume('pvc-lvm', { state: 'Failed', error })];
    },
    root: { ref: 'LVMVolume/openebs/pvc-lvm', reason: 'InsufficientCapacity', says: /no volume group/ },
  },
  {
    name: 'a volume group lacks a disk',
    objects: () => [rawLvmNode('worker-1', [{ missingPvCount: 1 }])],
    root: { ref: 'LVMNode/openebs/worker-1', reason: 'PhysicalVolumeMissing' },
  },
  {
    name: 'a ZFS volume is never made',
    objects: () => [rawZfsVolume('pvc-zfs', { state: 'Pending' })],
    age: 30,
    root: { ref: 'ZFSVolume/openebs/pvc-zfs', reason: 'LocalVolumePending', says: /not yet made in tank/ },
  },
  {
    name: 'a ZFS pool is nearly full',
    objects: () => [rawZfsNode('worker-1', { used: '92Gi', free: '8Gi' })],
    root: { ref: 'ZFSNode/openebs/worker-1', reason: 'PoolAlmostFull', says: /92 % full/ },
  },
  {
    name: 'a pool of Mayastor has faulted',
    objects: () => [rawDiskPool('pool-1', { pool_status: 'Faulted' })],
    root: { ref: 'DiskPool/openebs/pool-1', reason: 'DiskPoolFaulted' },
  },
  {
    name: 'Ceph is in error',
    objects: () => {
      const details = { OSD_DOWN: { severity: 'HEALTH_ERR', message: '2 osds down' } };
      return [rawCephCluster(ago(1), { health: 'HEALTH_ERR', lastChanged: ago(30), details })];
    },
    root: { ref: 'CephCluster/rook-ceph/rook-ceph', reason: 'CephHealthError', says: /OSD_DOWN 2 osds down/ },
  },
];

const BACKUPS: readonly Fault[] = [
  {
    name: 'a mover fails while Synchronizing stays True',
    objects: () => {
      const status = statusAt(ago(600), {
        lastSyncStartTime: ago(10),
        latestMoverStatus: { result: 'Failed', logs: 'Fatal: unable to open repository: wrong password' },
        conditions: [synchronizing('True', 'SyncInProgress', ago(10))],
      });
      return [rawReplicationSource(ago(600), { status })];
    },
    root: { ref: 'ReplicationSource/apps/data', reason: 'MoverFailed' },
  },
  {
    name: 'a replication has not run for three days, and says it waits for its schedule',
    objects: () => [rawReplicationSource(ago(3 * 24 * 60))],
    root: { ref: 'ReplicationSource/apps/data', reason: 'SyncOverdue', says: /3d.* ago/ },
  },
  {
    name: 'a replication is of a claim that does not exist',
    objects: () => [rawReplicationSource(ago(60), { claim: 'gone' })],
    root: { ref: 'ReplicationSource/apps/gone', reason: 'SourceMissing', says: /claim gone does not exist/ },
  },
  {
    name: 'a snapshot cannot be taken',
    objects: () => [
      rawSnapshot('data-1', { readyToUse: false, error: { message: 'rpc error: out of space' } }),
    ],
    root: { ref: 'VolumeSnapshot/apps/data-1', reason: 'SnapshotFailed', says: /out of space/ },
  },
];

const POSTGRES: readonly Fault[] = [
  {
    name: 'a database is out of disk space',
    objects: () => {
      const status = {
        phase: 'Not enough disk space',
        phaseReason: 'the WAL volume is full',
        readyInstances: 0,
      };
      return [rawPostgresCluster(ago(60), { status })];
    },
    root: { ref: 'Cluster/apps/db', reason: 'ClusterBroken', says: /WAL volume is full/ },
  },
  {
    name: 'a database does not archive its WAL while it serves',
    objects: () => {
      const conditions = [
        cnpgCondition('Ready', 'True', ago(600), 'ClusterIsReady'),
        cnpgCondition('ContinuousArchiving', 'False', ago(60), 'ContinuousArchivingFailing', 'exit status 4'),
      ];
      return [rawPostgresCluster(ago(60), { status: { conditions } })];
    },
    root: { ref: 'Cluster/apps/db', reason: 'ContinuousArchivingFailing', says: /exit status 4/ },
  },
  {
    name: 'the last backup of a database failed',
    objects: () => [
      rawPostgresCluster(ago(600)),
      rawPostgresBackup('db-2', ago(30), { phase: 'failed', error: 'connection to the store refused' }),
      rawScheduledBackup(),
    ],
    root: {
      ref: 'Backup.postgresql.cnpg.io/apps/db-2',
      reason: 'BackupFailed',
      says: /connection to the store/,
    },
  },
];

/** What goes wrong where data is kept and backed up. */
export const DATA_FAULTS: readonly Fault[] = [
  ...LONGHORN,
  ...LOCAL,
  ...BACKUPS,
  ...POSTGRES,
  {
    name: 'a node is lost with the only replica of a volume, and its pod waits elsewhere',
    objects: () => [
      node('worker-2', { state: 'lost', controlPlane: true, since: since(40) }),
      rawInstanceManager('worker-2', 'unknown'),
      rawVolume('pv-data', ago(600), { spec: { numberOfReplicas: 1 }, status: { robustness: 'faulted' } }),
      rawReplica('pv-data', 'worker-2', { spec: { failedAt: ago(40) }, status: { currentState: 'stopped' } }),
      ...shopOnData(),
    ],
    root: { ref: 'Node/worker-2', reason: 'NotReady' },
    decoys: [VOLUME, 'InstanceManager/longhorn-system/instance-manager-worker-2', 'Deployment/apps/shop'],
  },
];
