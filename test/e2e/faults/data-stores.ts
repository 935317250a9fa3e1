import {
  cnpgCondition,
  rawPostgresBackup,
  rawPostgresCluster,
  rawScheduledBackup,
} from '../../cluster/crds/cnpg.ts';
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
import { ago, type Fault } from './fault.ts';

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

/** What goes wrong where data is kept and backed up, Longhorn aside. */
export const DATA_FAULTS: readonly Fault[] = [...LOCAL, ...BACKUPS, ...POSTGRES];
