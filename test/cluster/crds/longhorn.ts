import { type PermissiveKind, permissiveCrd } from '../crds.ts';
import type { Manifest } from '../manifest.ts';

/** Where Longhorn lives. */
const SPACE = 'longhorn-system';

const PLURALS: Readonly<Record<string, string>> = {
  Volume: 'volumes',
  Engine: 'engines',
  Replica: 'replicas',
  Node: 'nodes',
  InstanceManager: 'instancemanagers',
  EngineImage: 'engineimages',
  Setting: 'settings',
  BackupTarget: 'backuptargets',
  Backup: 'backups',
  RecurringJob: 'recurringjobs',
};

/** The CRDs of Longhorn, without a schema. */
export function longhornCrds(): Manifest[] {
  return Object.entries(PLURALS)
    .map(([kind, plural]): PermissiveKind => ({
      group: 'longhorn.io',
      version: 'v1beta2',
      kind,
      plural,
      namespaced: true,
    }))
    .map(permissiveCrd);
}

/** What differs from an object at rest. */
export interface Shape {
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  labels?: Record<string, string>;
}

/** A condition as longhorn-manager writes it. */
export function longhornCondition(
  type: string,
  status: string,
  at: string,
  reason = '',
  message = '',
): Record<string, string> {
  return { type, status, reason, message, lastProbeTime: '', lastTransitionTime: at };
}

/** An attached, healthy Volume of 10 GiB with three replicas, used by claim `apps/data`. */
export function rawVolume(name: string, at: string, { spec, status, labels }: Shape = {}): Manifest {
  return manifest('Volume', name, {
    labels: { longhornvolume: name, ...labels },
    spec: {
      size: '10737418240',
      numberOfReplicas: 3,
      dataEngine: 'v1',
      frontend: 'blockdev',
      nodeID: 'worker-1',
      fromBackup: '',
      ...spec,
    },
    status: {
      state: 'attached',
      robustness: 'healthy',
      currentNodeID: 'worker-1',
      actualSize: 2_000_000_000,
      lastDegradedAt: '',
      lastBackup: '',
      lastBackupAt: '',
      kubernetesStatus: { pvName: name, pvStatus: 'Bound', namespace: 'apps', pvcName: 'data' },
      conditions: [
        longhornCondition('Scheduled', 'True', at),
        longhornCondition('Restore', 'False', at),
        longhornCondition('TooManySnapshots', 'False', at),
      ],
      ...status,
    },
  });
}

/** The Engine of a volume, with how it uses each replica. */
export function rawEngine(volume: string, modes: Record<string, string>, shape: Shape = {}): Manifest {
  return manifest('Engine', `${volume}-e-0`, {
    labels: { longhornvolume: volume },
    spec: { volumeName: volume, nodeID: 'worker-1', desireState: 'running', ...shape.spec },
    status: { currentState: 'running', replicaModeMap: modes, conditions: [], ...shape.status },
  });
}

/** A running Replica of a volume on a node. */
export function rawReplica(volume: string, node: string, shape: Shape = {}): Manifest {
  return manifest('Replica', `${volume}-r-${node}`, {
    labels: { longhornvolume: volume },
    spec: {
      volumeName: volume,
      nodeID: node,
      failedAt: '',
      healthyAt: '2026-03-01T00:00:00Z',
      ...shape.spec,
    },
    status: { currentState: 'running', ...shape.status },
  });
}

/** A Node of Longhorn with one disk of 100 GB, half of it free. */
export function rawLonghornNode(name: string, at: string, shape: Shape & { disk?: object } = {}): Manifest {
  return manifest('Node', name, {
    spec: {
      name,
      allowScheduling: true,
      evictionRequested: false,
      disks: { 'disk-1': { path: '/var/lib/longhorn/', allowScheduling: true } },
      ...shape.spec,
    },
    status: {
      conditions: [
        ...['Ready', 'Schedulable', 'MountPropagation', 'RequiredPackages', 'KernelModulesLoaded'].map(
          (type) => longhornCondition(type, 'True', at),
        ),
        longhornCondition('NFSClientInstalled', 'True', at),
      ],
      diskStatus: {
        'disk-1': {
          diskName: 'disk-1',
          storageAvailable: 50_000_000_000,
          storageMaximum: 100_000_000_000,
          storageScheduled: 400_000_000_000,
          conditions: [longhornCondition('Ready', 'True', at), longhornCondition('Schedulable', 'True', at)],
          ...shape.disk,
        },
      },
      ...shape.status,
    },
  });
}

/** The InstanceManager of a node. */
export function rawInstanceManager(node: string, state = 'running'): Manifest {
  return manifest('InstanceManager', `instance-manager-${node}`, {
    spec: { nodeID: node, type: 'aio', dataEngine: 'v1' },
    status: { currentState: state },
  });
}

/** A deployed EngineImage that volumes use. */
export function rawEngineImage(name: string, status: Record<string, unknown> = {}): Manifest {
  return manifest('EngineImage', name, {
    spec: { image: 'registry.example.test/longhorn-engine:v1.11.0' },
    status: { state: 'deployed', incompatible: false, refCount: 4, conditions: [], ...status },
  });
}

/** The default BackupTarget; without a URL it is not configured. */
export function rawBackupTarget(status: Record<string, unknown> = {}, url = 's3://backups@eu/'): Manifest {
  return manifest('BackupTarget', 'default', {
    spec: { backupTargetURL: url, credentialSecret: 'longhorn-s3', pollInterval: '5m0s' },
    status: { available: true, conditions: [], ...status },
  });
}

/** A complete Backup of a volume. */
export function rawLonghornBackup(name: string, volume: string, at: string, status = {}): Manifest {
  return manifest('Backup', name, {
    labels: { 'backup-volume': volume, 'backup-target': 'default' },
    spec: { snapshotName: `snap-${name}`, backupTargetName: 'default' },
    status: {
      state: 'Completed',
      volumeName: volume,
      snapshotCreatedAt: at,
      backupCreatedAt: at,
      url: `s3://backups@eu/?backup=${name}&volume=${volume}`,
      ...status,
    },
  });
}

/** A RecurringJob that backs up group `default`. */
export function rawRecurringJob(name: string, cron: string, spec: Record<string, unknown> = {}): Manifest {
  return manifest('RecurringJob', name, {
    spec: { name, task: 'backup', cron, groups: ['default'], retain: 7, concurrency: 1, ...spec },
    status: { executionCount: 3, ownerID: 'worker-1' },
  });
}

/** A Setting; it has neither spec nor status. */
export function rawSetting(name: string, value: string): Manifest {
  return { ...manifest('Setting', name, {}), value };
}

function manifest(kind: string, name: string, { labels, ...rest }: Shape): Manifest {
  const metadata = { name, namespace: SPACE, ...(labels && { labels }) };
  return { apiVersion: 'longhorn.io/v1beta2', kind, metadata, ...rest };
}
