import type {
  BackupTarget,
  EngineImage,
  InstanceManager,
  LonghornBackup,
  LonghornDisk,
  LonghornEngine,
  LonghornNode,
  LonghornReplica,
  LonghornSetting,
  LonghornVolume,
  RecurringJob,
} from '#domain/objects/longhorn.ts';
import type { ObjectRef } from '#domain/objects/meta.ts';

import { at, boolean, count, isTrue, items, keys, number, string, stringMap, strings, time } from '../raw.ts';
import { conditionsOf, type Context, projectObject } from './meta.ts';

/** A Volume of Longhorn. */
export function projectLonghornVolume(raw: unknown, context: Context): LonghornVolume {
  return {
    ...projectObject(raw, context),
    kind: 'Volume',
    state: string(raw, 'status', 'state') ?? 'unknown',
    robustness: string(raw, 'status', 'robustness') ?? 'unknown',
    size: bytes(raw, 'spec', 'size'),
    actualSize: bytes(raw, 'status', 'actualSize'),
    replicas: count(raw, 'spec', 'numberOfReplicas'),
    node: string(raw, 'status', 'currentNodeID'),
    claim: claimOf(raw),
    standby: isTrue(raw, 'spec', 'Standby') || isTrue(raw, 'status', 'isStandby'),
    lastDegradedAt: time(raw, 'status', 'lastDegradedAt'),
    lastBackupAt: time(raw, 'status', 'lastBackupAt'),
    backupTarget: string(raw, 'spec', 'backupTargetName'),
  };
}

/** Longhorn writes 64-bit numbers as text. */
function bytes(raw: unknown, ...path: readonly string[]): number | undefined {
  const value = number(raw, ...path) ?? Number(string(raw, ...path) ?? Number.NaN);
  return Number.isFinite(value) ? value : undefined;
}

function claimOf(raw: unknown): ObjectRef | undefined {
  const name = string(raw, 'status', 'kubernetesStatus', 'pvcName');
  const namespace = string(raw, 'status', 'kubernetesStatus', 'namespace');
  return name === undefined ? undefined : { kind: 'PersistentVolumeClaim', namespace, name };
}

/** An Engine of Longhorn. */
export function projectEngine(raw: unknown, context: Context): LonghornEngine {
  return {
    ...projectObject(raw, context),
    ...instanceFields(raw),
    kind: 'Engine',
    modes: stringMap(raw, 'status', 'replicaModeMap'),
  };
}

/** A Replica of Longhorn. */
export function projectReplica(raw: unknown, context: Context): LonghornReplica {
  return {
    ...projectObject(raw, context),
    ...instanceFields(raw),
    kind: 'Replica',
    failedAt: time(raw, 'spec', 'failedAt'),
  };
}

function instanceFields(raw: unknown) {
  return {
    volume: string(raw, 'spec', 'volumeName') ?? '',
    node: string(raw, 'spec', 'nodeID'),
    state: string(raw, 'status', 'currentState'),
  };
}

/** A Node of Longhorn, with its disks. */
export function projectLonghornNode(raw: unknown, context: Context): LonghornNode {
  return {
    ...projectObject(raw, context),
    kind: 'Node',
    allowsScheduling: boolean(raw, 'spec', 'allowScheduling') ?? true,
    evicting: isTrue(raw, 'spec', 'evictionRequested'),
    disks: keys(raw, 'status', 'diskStatus').map((name) => diskOf(raw, name, context)),
  };
}

function diskOf(raw: unknown, name: string, { text }: Context): LonghornDisk {
  const status = at(raw, 'status', 'diskStatus', name);
  return {
    name,
    allowsScheduling: boolean(raw, 'spec', 'disks', name, 'allowScheduling') ?? true,
    available: bytes(status, 'storageAvailable'),
    maximum: bytes(status, 'storageMaximum'),
    conditions: conditionsOf(items(status, 'conditions'), text),
    failing: keys(status, 'healthData').filter(
      (device) => string(status, 'healthData', device, 'healthStatus') === 'FAILED',
    ),
  };
}

/** An InstanceManager of Longhorn. */
export function projectInstanceManager(raw: unknown, context: Context): InstanceManager {
  const { node, state } = instanceFields(raw);
  return { ...projectObject(raw, context), kind: 'InstanceManager', node, state };
}

/** An EngineImage of Longhorn. */
export function projectEngineImage(raw: unknown, context: Context): EngineImage {
  return {
    ...projectObject(raw, context),
    kind: 'EngineImage',
    state: string(raw, 'status', 'state'),
    incompatible: isTrue(raw, 'status', 'incompatible'),
    image: context.text(at(raw, 'spec', 'image')),
    uses: count(raw, 'status', 'refCount'),
  };
}

/** Settings that rules look at; others may name Secrets or proxies. */
const SETTINGS: ReadonlySet<string> = new Set(['allow-recurring-job-while-volume-detached']);

/** A Setting of Longhorn. */
export function projectSetting(raw: unknown, context: Context): LonghornSetting {
  const object = projectObject(raw, context);
  const value = SETTINGS.has(object.name) ? string(raw, 'value') : undefined;
  return { ...object, kind: 'Setting', value };
}

/** A BackupTarget of Longhorn: whether it has a URL, not which, and no credentials. */
export function projectBackupTarget(raw: unknown, context: Context): BackupTarget {
  return {
    ...projectObject(raw, context),
    kind: 'BackupTarget',
    configured: string(raw, 'spec', 'backupTargetURL') !== undefined,
    available: isTrue(raw, 'status', 'available'),
    lastSynced: time(raw, 'status', 'lastSyncedAt'),
    pollInterval: string(raw, 'spec', 'pollInterval'),
  };
}

/** A Backup of Longhorn. */
export function projectLonghornBackup(raw: unknown, context: Context): LonghornBackup {
  const object = projectObject(raw, context);
  return {
    ...object,
    kind: 'Backup',
    volume: string(raw, 'status', 'volumeName') ?? object.labels['backup-volume'],
    state: string(raw, 'status', 'state'),
    taken: time(raw, 'status', 'snapshotCreatedAt'),
    completed: time(raw, 'status', 'backupCreatedAt'),
    error: context.text(at(raw, 'status', 'error')),
    target: string(raw, 'spec', 'backupTargetName') ?? string(raw, 'status', 'backupTargetName'),
  };
}

/** A RecurringJob of Longhorn. */
export function projectRecurringJob(raw: unknown, context: Context): RecurringJob {
  return {
    ...projectObject(raw, context),
    kind: 'RecurringJob',
    task: string(raw, 'spec', 'task') ?? '',
    cron: string(raw, 'spec', 'cron') ?? '',
    groups: strings(raw, 'spec', 'groups'),
    retain: number(raw, 'spec', 'retain'),
  };
}
