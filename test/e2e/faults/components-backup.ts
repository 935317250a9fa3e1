import {
  cnpgCondition,
  rawPostgresBackup,
  rawPostgresCluster,
  rawScheduledBackup,
} from '../../cluster/crds/cnpg.ts';
import {
  longhornCondition,
  rawBackupTarget,
  rawLonghornBackup,
  rawRecurringJob,
  rawVolume,
} from '../../cluster/crds/longhorn.ts';
import { rawSnapshot, rawSnapshotClass } from '../../cluster/crds/snapshots.ts';
import {
  rawReplicationDestination,
  rawReplicationSource,
  statusAt,
  synchronizing,
} from '../../cluster/crds/volsync.ts';
import type { Manifest } from '../../cluster/manifest.ts';
import { ago, boundClaim, csi, DAY, operator, ownerRef } from './components-parts.ts';
import type { Fault } from './fault.ts';

const CLAIM = boundClaim('data', 'pvc-data', csi('csi.example.test', 'data'));

const SOURCE = 'ReplicationSource/apps/data';

/** The mover under way again, as it is while each of its Jobs fails. */
const retrying = (): Record<string, unknown> =>
  statusAt(ago(3 * DAY), {
    latestMoverStatus: { result: 'Failed', logs: 'Fatal: repository is already locked by PID 7' },
    lastSyncStartTime: ago(40),
    conditions: [synchronizing('True', 'SyncInProgress', ago(40), 'Synchronization in-progress')],
  });

const mover = (): Manifest => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: {
    name: 'volsync-src-data',
    namespace: 'apps',
    ownerReferences: [ownerRef(rawReplicationSource(ago(1)))],
  },
  spec: {
    backoffLimit: 8,
    template: {
      metadata: { labels: { app: 'mover' } },
      spec: { restartPolicy: 'Never', containers: [{ name: 'restic', image: 'registry.test/volsync:1' }] },
    },
  },
  status: { active: 1, startTime: ago(40) },
});

const VOLSYNC: readonly Fault[] = [
  {
    name: 'a mover of VolSync fails and is started again, so that it says Synchronizing',
    objects: () => [...CLAIM, rawReplicationSource(ago(0), { status: retrying() }), mover()],
    root: { ref: SOURCE, reason: 'MoverFailed' },
    decoys: ['Job/apps/volsync-src-data', 'PersistentVolumeClaim/apps/data'],
  },
  {
    name: 'a source of VolSync has stopped: its last result is Successful, and four days old',
    objects: () => [...CLAIM, rawReplicationSource(ago(4 * DAY))],
    root: { ref: SOURCE, reason: 'SyncOverdue' },
  },
  {
    name: 'a restore drill has not been run for three months',
    objects: () => [rawReplicationDestination(ago(92 * DAY))],
    root: { ref: 'ReplicationDestination/apps/data-restore-drill', reason: 'SyncOverdue' },
  },
  {
    name: 'VolSync is scaled to zero, and all its sources look well',
    objects: () => [...CLAIM, rawReplicationSource(ago(9 * 60)), ...operator('volsync', 'volsync-system', 0)],
    root: { ref: 'Deployment/volsync-system/volsync', reason: 'OperatorDown' },
    decoys: [SOURCE],
  },
  {
    name: 'a snapshot cannot be taken, and the backup that waits for it is late',
    objects: () => [
      ...CLAIM,
      rawReplicationSource(ago(4 * DAY)),
      rawSnapshotClass(),
      rawSnapshot(
        'volsync-data-src',
        { readyToUse: false, error: { message: 'rpc error: the driver does not answer', time: ago(30) } },
        { ownerReferences: [ownerRef(rawReplicationSource(ago(1)))] },
      ),
    ],
    root: { ref: 'VolumeSnapshot/apps/volsync-data-src', reason: 'SnapshotFailed' },
    decoys: [SOURCE],
  },
];

const volume = (): Manifest => rawVolume('pvc-longhorn', ago(600));

const LONGHORN: readonly Fault[] = [
  {
    name: 'the backup target of Longhorn cannot be reached, and backups fail because of it',
    objects: () => [
      volume(),
      rawBackupTarget({
        available: false,
        conditions: [
          longhornCondition('Unavailable', 'True', ago(90), 'Unavailable', 'AccessDenied: no such key'),
        ],
      }),
      rawRecurringJob('daily', '0 3 * * *'),
      rawLonghornBackup('backup-1', 'pvc-longhorn', ago(DAY)),
      rawLonghornBackup('backup-2', 'pvc-longhorn', ago(60), { state: 'Error', error: 'AccessDenied' }),
    ],
    root: { ref: 'BackupTarget/longhorn-system/default', reason: 'BackupTargetUnavailable' },
    decoys: ['Volume/longhorn-system/pvc-longhorn'],
  },
  {
    name: 'a schedule of Longhorn has silently stopped: target, job and last backup say all is well',
    objects: () => [
      volume(),
      rawBackupTarget(),
      rawRecurringJob('daily', '0 3 * * *'),
      rawLonghornBackup('backup-1', 'pvc-longhorn', ago(5 * DAY)),
    ],
    root: { ref: 'Volume/longhorn-system/pvc-longhorn', reason: 'BackupOverdue' },
  },
];

const CLUSTER = 'Cluster/apps/db';

const POSTGRES: readonly Fault[] = [
  {
    name: 'a database has no disk space left, and its backup fails because of that',
    objects: () => [
      rawPostgresCluster(ago(600), { status: { phase: 'Not enough disk space', readyInstances: 0 } }),
      rawPostgresBackup('db-2', ago(60), { phase: 'failed', error: 'no primary is ready' }),
    ],
    root: { ref: CLUSTER, reason: 'ClusterBroken' },
    decoys: ['Backup.postgresql.cnpg.io/apps/db-2'],
  },
  {
    name: 'a database is ready and healthy, and its WAL is not archived',
    objects: () => [
      rawPostgresCluster(ago(600), {
        status: {
          conditions: [
            cnpgCondition('Ready', 'True', ago(600), 'ClusterIsReady'),
            cnpgCondition(
              'ContinuousArchiving',
              'False',
              ago(90),
              'ContinuousArchivingFailing',
              'exit status 4',
            ),
          ],
        },
      }),
    ],
    root: { ref: CLUSTER, reason: 'ContinuousArchivingFailing' },
  },
  {
    name: 'a schedule of a database has silently stopped five days ago',
    objects: () => [rawPostgresCluster(ago(5 * DAY)), rawScheduledBackup()],
    root: { ref: 'ScheduledBackup/apps/db-daily', reason: 'BackupOverdue' },
  },
  {
    name: 'a schedule backs up a database that was renamed: nothing is backed up',
    objects: () => [rawScheduledBackup()],
    root: { ref: 'ScheduledBackup/apps/db-daily', reason: 'ClusterMissing' },
  },
];

/** VolSync, snapshots, Longhorn's backups and CloudNativePG. */
export const BACKUP_FAULTS: readonly Fault[] = [...VOLSYNC, ...LONGHORN, ...POSTGRES];
