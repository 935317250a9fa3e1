import { describe, expect, it } from 'vitest';

import type { AnyObject } from '#domain/objects/index.ts';

import {
  longhornCondition,
  rawBackupTarget,
  rawEngine,
  rawEngineImage,
  rawInstanceManager,
  rawLonghornBackup,
  rawLonghornNode,
  rawRecurringJob,
  rawReplica,
  rawSetting,
  rawVolume,
} from '../../cluster/crds/longhorn.ts';
import { allSaid, asTold, firstFinding, type FindingRow } from './finding-rows.ts';
import { ago, container, deadNode, findingsOf, healthOf, node, pod, unready, warning } from './objects.ts';
import { claim, volume as persistentVolume } from './platform-objects.ts';
import { projected, talosUpgrade } from './upgrade-objects.ts';

const VOLUME = 'Volume/longhorn-system/pvc-1';
const NODE = 'Node.longhorn.io/longhorn-system/worker-2';
const DAY = 24 * 60;

const volume = (shape: Parameters<typeof rawVolume>[2] = {}): AnyObject =>
  projected(rawVolume('pvc-1', ago(600), shape), 10 * DAY);

/** A volume that lost its replica on worker-2 so many minutes ago. */
function degraded(minutes: number, mode = 'ERR'): AnyObject[] {
  const at = ago(minutes);
  const failed = { spec: { failedAt: at }, status: { currentState: mode === 'WO' ? 'running' : 'stopped' } };
  return [
    volume({ status: { robustness: 'degraded', lastDegradedAt: at } }),
    projected(
      rawEngine('pvc-1', { 'pvc-1-r-worker-1': 'RW', 'pvc-1-r-worker-3': 'RW', 'pvc-1-r-worker-2': mode }),
    ),
    projected(rawReplica('pvc-1', 'worker-1')),
    projected(rawReplica('pvc-1', 'worker-2', failed)),
    projected(rawReplica('pvc-1', 'worker-3')),
  ];
}

const faulted = (): AnyObject[] => [
  volume({ status: { robustness: 'faulted', state: 'detached', lastDegradedAt: ago(40) } }),
  projected(
    rawReplica('pvc-1', 'worker-2', { spec: { failedAt: ago(30) }, status: { currentState: 'stopped' } }),
  ),
];

const longhornNode = (type: string, reason: string, message: string): AnyObject =>
  projected(
    rawLonghornNode('worker-2', ago(600), {
      status: { conditions: [longhornCondition(type, 'False', ago(20), reason, message)] },
    }),
  );

const diskNode = (disk: object, spec = {}): AnyObject =>
  projected(rawLonghornNode('worker-2', ago(600), { disk, spec }));

/** A volume whose last good backup is so many minutes old, backed up every day at three. */
function backedUp(minutes: number, shape: Parameters<typeof rawVolume>[2] = {}): AnyObject[] {
  return [
    volume(shape),
    projected(rawBackupTarget()),
    projected(rawRecurringJob('daily', '0 3 * * *')),
    projected(rawLonghornBackup('backup-1', 'pvc-1', ago(minutes))),
  ];
}

const ROWS: FindingRow[] = [
  {
    source: 'longhorn-manager volume.go: robustness faulted',
    objects: faulted(),
    state: 'failed',
    ref: VOLUME,
    reason: 'VolumeFaulted',
    says: /no usable replica is left of 3: failed on worker-2/,
  },
  {
    source: 'longhorn-manager engine.go: FilesystemReadOnly',
    objects: [
      volume(),
      projected(
        rawEngine(
          'pvc-1',
          {},
          { status: { conditions: [longhornCondition('FilesystemReadOnly', 'True', ago(9))] } },
        ),
      ),
    ],
    state: 'failed',
    ref: VOLUME,
    reason: 'FilesystemReadOnly',
    says: /turned read-only on worker-1/,
  },
  {
    source: 'longhorn-manager volume.go: RestoreFailure',
    objects: [
      volume({
        status: {
          conditions: [longhornCondition('Restore', 'False', ago(9), 'RestoreFailure', 'no such backup')],
        },
      }),
    ],
    state: 'failed',
    ref: VOLUME,
    reason: 'RestoreFailure',
    says: /cannot be restored: no such backup/,
  },
  {
    source: 'longhorn-manager volume.go lastDegradedAt: 4 minutes',
    objects: degraded(4),
    state: 'progressing',
    ref: VOLUME,
    reason: 'VolumeDegraded',
    says: /2 of 3 replicas are whole: failed on worker-2/,
  },
  {
    source: 'longhorn-manager volume.go lastDegradedAt: 59 minutes',
    objects: degraded(59),
    state: 'degraded',
    ref: VOLUME,
    reason: 'VolumeDegraded',
    says: /2 of 3 replicas are whole/,
  },
  {
    source: 'longhorn-manager volume.go lastDegradedAt: 61 minutes',
    objects: degraded(61),
    state: 'failed',
    ref: VOLUME,
    reason: 'VolumeDegraded',
    says: /2 of 3 replicas are whole/,
  },
  {
    source: 'longhorn-manager volume.go robustness degraded, lastDegradedAt empty',
    objects: [volume({ status: { robustness: 'degraded', lastDegradedAt: '' } })],
    state: 'degraded',
    ref: VOLUME,
    reason: 'VolumeDegraded',
    says: /0 of 3 replicas are whole/,
  },
  {
    source: 'longhorn-manager engine.go replicaModeMap WO: rebuilding for two hours',
    objects: degraded(120, 'WO'),
    state: 'degraded',
    ref: VOLUME,
    reason: 'VolumeDegraded',
    says: /one is being rebuilt/,
  },
  {
    source: 'longhorn-manager volume.go: Scheduled=False',
    objects: [
      volume({
        status: {
          conditions: [
            longhornCondition('Scheduled', 'False', ago(9), 'ReplicaSchedulingFailure', 'tags not fulfilled'),
          ],
        },
      }),
    ],
    state: 'degraded',
    ref: VOLUME,
    reason: 'ReplicaSchedulingFailure',
    says: /finds no place: tags not fulfilled/,
  },
  {
    source: 'longhorn alert LonghornVolumeActualSpaceUsedWarning: 91 %',
    objects: [volume({ status: { actualSize: 9_771_050_598 } })],
    state: 'degraded',
    ref: VOLUME,
    reason: 'VolumeAlmostFull',
    says: /holds 91 % of its size/,
  },
  {
    source: 'longhorn best practices: one replica',
    objects: [volume({ spec: { numberOfReplicas: 1 } })],
    state: 'info',
    ref: VOLUME,
    reason: 'SingleReplica',
    says: /single replica/,
  },
  {
    source: 'longhorn-manager node.go: ManagerPodDown',
    objects: [longhornNode('Ready', 'ManagerPodDown', 'the manager pod longhorn-manager-x is not running')],
    state: 'failed',
    ref: NODE,
    reason: 'ManagerPodDown',
    says: /cannot use node worker-2: the manager pod/,
  },
  ...['ManagerPodMissing', 'KubernetesNodeNotReady', 'KubernetesNodeGone'].map((reason): FindingRow => ({
    source: `longhorn-manager node.go: ${reason}`,
    objects: [longhornNode('Ready', reason, `because of ${reason}`)],
    state: 'failed',
    ref: NODE,
    reason,
    says: new RegExp(`cannot use node worker-2: because of ${reason}`),
  })),
  ...['RequiredPackages', 'KernelModulesLoaded', 'NFSClientInstalled', 'MountPropagation'].map(
    (type): FindingRow => ({
      source: `longhorn-manager node.go: ${type}=False`,
      objects: [longhornNode(type, 'PackagesNotInstalled', 'iscsi_tcp is missing')],
      state: 'failed',
      ref: NODE,
      reason: type,
      says: /worker-2 lacks what Longhorn needs: iscsi_tcp is missing/,
    }),
  ),
  {
    source: 'longhorn-manager node.go: disk Ready=False',
    objects: [
      diskNode({
        conditions: [longhornCondition('Ready', 'False', ago(9), 'DiskFilesystemChanged', 'fsid differs')],
      }),
    ],
    state: 'failed',
    ref: NODE,
    reason: 'DiskFilesystemChanged',
    says: /disk disk-1 is not ready: fsid differs/,
  },
  {
    source: 'longhorn-manager node.go: healthData FAILED',
    objects: [diskNode({ healthData: { sda: { source: 'SMART', healthStatus: 'FAILED' } } })],
    state: 'degraded',
    ref: NODE,
    reason: 'DiskFailing',
    says: /disk-1 says that it is failing/,
  },
  {
    source: 'longhorn-manager node.go: DiskPressure',
    objects: [
      diskNode({
        conditions: [longhornCondition('Schedulable', 'False', ago(9), 'DiskPressure', '10 GB available')],
      }),
    ],
    state: 'degraded',
    ref: NODE,
    reason: 'DiskPressure',
    says: /takes no more replicas: 10 GB available/,
  },
  {
    source: 'longhorn alert LonghornDiskStorageWarning: 81 %',
    objects: [diskNode({ storageAvailable: 19_000_000_000 })],
    state: 'degraded',
    ref: NODE,
    reason: 'DiskAlmostFull',
    says: /disk-1 is 81 % full/,
  },
  ...['error', 'unknown'].map((state): FindingRow => ({
    source: `longhorn-manager instancemanager.go: ${state}`,
    objects: [projected(rawInstanceManager('worker-2', state))],
    state: 'failed',
    ref: 'InstanceManager/longhorn-system/instance-manager-worker-2',
    reason: 'InstanceManagerDown',
    says: /on worker-2 do not work/,
  })),
  {
    source: 'longhorn-manager engineimage.go: error, and nothing uses it',
    objects: [projected(rawEngineImage('ei-1', { state: 'error', refCount: 0 }))],
    state: 'info',
    ref: 'EngineImage/longhorn-system/ei-1',
    reason: 'EngineImageUnusable',
    says: /is error, 0 in use/,
  },
  {
    source: 'longhorn-manager engineimage.go: incompatible and in use',
    objects: [projected(rawEngineImage('ei-1', { state: 'incompatible', incompatible: true }))],
    state: 'failed',
    ref: 'EngineImage/longhorn-system/ei-1',
    reason: 'EngineImageUnusable',
    says: /is incompatible, 4 in use/,
  },
  {
    source: 'longhorn-manager engineimage.go: deploying for 20 minutes',
    objects: [
      projected(
        rawEngineImage('ei-1', {
          state: 'deploying',
          conditions: [longhornCondition('ready', 'False', ago(20), 'daemonSet', 'not on worker-2')],
        }),
      ),
    ],
    state: 'degraded',
    ref: 'EngineImage/longhorn-system/ei-1',
    reason: 'EngineImageDeploying',
    says: /deploying: not on worker-2/,
  },
  {
    source: 'longhorn-manager backuptarget.go: available=false with a URL',
    objects: [
      projected(
        rawBackupTarget({
          available: false,
          conditions: [longhornCondition('Unavailable', 'True', ago(9), 'Unavailable', 'AccessDenied')],
        }),
      ),
    ],
    state: 'failed',
    ref: 'BackupTarget/longhorn-system/default',
    reason: 'BackupTargetUnavailable',
    says: /cannot be reached: AccessDenied/,
  },
  {
    source: 'longhorn-manager backup.go: Error last',
    objects: [
      ...backedUp(9 * 60),
      projected(rawLonghornBackup('backup-2', 'pvc-1', ago(60), { state: 'Error', error: 'no space left' })),
    ],
    state: 'failed',
    ref: VOLUME,
    reason: 'BackupFailed',
    says: /newest good one is of 9h ago: no space left/,
  },
  {
    source: 'longhorn-manager recurringjob.go: the second time after the newest backup has passed',
    // Of the 12th at 02:00, due on the 12th and the 13th at 03:00; it is the 14th.
    objects: backedUp(2 * DAY + 10 * 60),
    state: 'degraded',
    ref: VOLUME,
    reason: 'BackupOverdue',
    says: /last backed up 2d10h ago, schedule 0 3 \* \* \* of daily/,
  },
  {
    source: 'longhorn-manager recurringjob.go: never backed up in ten days',
    objects: backedUp(0).slice(0, 3),
    state: 'degraded',
    ref: VOLUME,
    reason: 'BackupOverdue',
    says: /has never been backed up/,
  },
  {
    source: 'longhorn-manager setting.go: detached, and jobs run all the same',
    objects: [
      ...backedUp(3 * DAY, { status: { state: 'detached', robustness: 'unknown' } }),
      projected(rawSetting('allow-recurring-job-while-volume-detached', 'true')),
    ],
    state: 'degraded',
    ref: VOLUME,
    reason: 'BackupOverdue',
    says: /last backed up 3d/,
  },
  {
    source: 'longhorn-manager recurringjob.go: a cron that is none',
    objects: [projected(rawRecurringJob('daily', 'every day'))],
    state: 'failed',
    ref: 'RecurringJob/longhorn-system/daily',
    reason: 'ScheduleUnreadable',
    says: /never runs: schedule every day/,
  },
  {
    source: 'longhorn-manager app/recurring_job.go: backups without a target',
    objects: [
      volume({ status: { lastBackupAt: ago(60) } }),
      projected(rawBackupTarget({ available: false }, '')),
      projected(rawRecurringJob('daily', '0 3 * * *')),
    ],
    state: 'failed',
    ref: 'RecurringJob/longhorn-system/daily',
    reason: 'NoBackupTarget',
    says: /nowhere to go: no BackupTarget has a URL/,
  },
];

describe('Longhorn', () => {
  it.each(ROWS)('$source is $state', async (row) => {
    expect(await firstFinding(row)).toMatchObject(asTold(row));
  });

  it.each<[what: string, objects: AnyObject[]]>([
    ['an attached, healthy volume', [volume(), projected(rawReplica('pvc-1', 'worker-1'))]],
    [
      'a detached volume of unknown robustness',
      [volume({ status: { state: 'detached', robustness: 'unknown' } })],
    ],
    ['a node over-provisioned four times', [projected(rawLonghornNode('worker-2', ago(600)))]],
    [
      'pressure on a disk that takes no replicas on purpose',
      [
        diskNode(
          { conditions: [longhornCondition('Schedulable', 'False', ago(9), 'DiskPressure', 'full')] },
          { disks: { 'disk-1': { allowScheduling: false } } },
        ),
      ],
    ],
    ['a cordoned node', [longhornNode('Schedulable', 'KubernetesNodeCordoned', 'node is cordoned')]],
    ['a backup target that is not configured', [projected(rawBackupTarget({ available: false }, ''))]],
    ['an old engine image that nothing uses', [projected(rawEngineImage('ei-0'))]],
    ['a backup of this morning', backedUp(9 * 60)],
    ['a backup missed once', backedUp(DAY + 8 * 60)],
    [
      'a detached volume, which no job backs up',
      backedUp(9 * DAY, { status: { state: 'detached', robustness: 'unknown' } }),
    ],
    [
      'an old failure that was made good',
      [
        ...backedUp(9 * 60),
        projected(rawLonghornBackup('backup-0', 'pvc-1', ago(DAY), { state: 'Error', error: 'x' })),
      ],
    ],
    [
      'a volume that other jobs back up',
      [
        volume({ labels: { 'recurring-job.longhorn.io/trim': 'enabled' } }),
        projected(rawRecurringJob('daily', '0 3 * * *')),
      ],
    ],
  ])('%s is healthy', async (_what, objects) => {
    expect(await allSaid(objects)).toEqual([]);
  });

  it('blames the node for a replica that went down with it', async () => {
    const findings = await findingsOf([
      ...degraded(30),
      deadNode('worker-2', 31),
      longhornNode('Ready', 'KubernetesNodeNotReady', 'Kubernetes node worker-2 not ready'),
      projected(rawInstanceManager('worker-2', 'unknown')),
    ]);

    expect(findings).toMatchObject([{ ref: 'Node/worker-2', consequences: 3 }]);
  });

  it('expects a degraded volume while its node is upgraded', async () => {
    const upgrade = talosUpgrade({
      phase: 'Rebooting',
      status: { startedAt: ago(20), currentNodes: ['worker-2'] },
    });

    const health = await healthOf([...degraded(8), node('worker-2'), upgrade]);

    expect(health.verdict).toBe('healthy');
    expect(health.roots).toMatchObject([{ ref: 'TalosUpgrade/cluster', consequences: [{ ref: VOLUME }] }]);
  });

  it('blames the full disk for a replica that finds no place', async () => {
    const findings = await findingsOf([
      volume({
        status: {
          conditions: [
            longhornCondition(
              'Scheduled',
              'False',
              ago(9),
              'ReplicaSchedulingFailure',
              'insufficient storage',
            ),
          ],
        },
      }),
      diskNode({
        conditions: [longhornCondition('Schedulable', 'False', ago(9), 'DiskPressure', '10 GB available')],
      }),
    ]);

    expect(findings).toMatchObject([{ ref: NODE, reason: 'DiskPressure', consequences: 1 }]);
  });

  it('blames a volume that is gone for the pod that cannot mount it, and one that is whole for nothing', async () => {
    const bound = [
      claim('data', { volume: 'pvc-1' }),
      persistentVolume('pvc-1', { driver: 'driver.longhorn.io', handle: 'pvc-1' }),
    ];
    const starting = pod('web', {
      phase: 'Pending',
      claims: ['data'],
      containers: [container({ ready: false, running: undefined, waiting: { reason: 'ContainerCreating' } })],
    });
    const event = warning(starting, 'FailedAttachVolume', 'volume pvc-1 is not ready for workloads');

    const broken = await findingsOf([...faulted(), ...bound, starting, event]);
    const merelyDegraded = await findingsOf([
      ...degraded(61),
      ...bound,
      unready('web', 30, { claims: ['data'] }),
    ]);

    expect(broken).toMatchObject([{ ref: VOLUME, reason: 'VolumeFaulted', consequences: 1 }]);
    expect(merelyDegraded.map(({ ref }) => ref)).toEqual([VOLUME, 'Pod/apps/web']);
  });

  it('blames the target for backups that fail or are late because of it', async () => {
    const findings = await findingsOf(
      [
        ...backedUp(3 * DAY),
        projected(rawLonghornBackup('backup-2', 'pvc-1', ago(60), { state: 'Error', error: 'AccessDenied' })),
        projected(rawBackupTarget({ available: false })),
      ].filter((one, index, all) => one.kind !== 'BackupTarget' || index === all.length - 1),
    );

    expect(findings).toMatchObject([{ ref: 'BackupTarget/longhorn-system/default', consequences: 1 }]);
  });

  it('tells of the volume whoever asks about the namespace of its claim', async () => {
    const objects = degraded(30);

    const health = await healthOf(objects);

    expect(health.roots[0]?.fault.members).toEqual(['PersistentVolumeClaim/apps/data']);
  });
});

describe('Longhorn as it is read', () => {
  it('keeps no URL, no credentials and no other setting', () => {
    const objects = [
      rawBackupTarget(),
      rawLonghornBackup('backup-1', 'pvc-1', ago(1)),
      rawSetting('registry-secret', 'hunter2'),
    ];

    const text = JSON.stringify(objects.map((one) => projected(one)));

    expect(text).not.toMatch(/s3:|longhorn-s3|hunter2/);
  });

  it('reads numbers written as text, times that are empty, and the claim of a volume', () => {
    expect(volume()).toMatchObject({
      kind: 'Volume',
      apiVersion: 'longhorn.io/v1beta2',
      size: 10_737_418_240,
      actualSize: 2_000_000_000,
      replicas: 3,
      lastDegradedAt: undefined,
      claim: { kind: 'PersistentVolumeClaim', namespace: 'apps', name: 'data' },
    });
    expect(projected(rawLonghornNode('worker-2', ago(1)))).toMatchObject({
      kind: 'Node',
      disks: [{ name: 'disk-1', available: 5e10, maximum: 1e11, allowsScheduling: true, failing: [] }],
    });
  });
});
