import type { Manifest } from '../../cluster/manifest.ts';
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

/** What goes wrong with volumes of Longhorn, what they lie on, and their backups. */
export const LONGHORN_FAULTS: readonly Fault[] = [
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
