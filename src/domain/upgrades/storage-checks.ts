import type { Fault } from '../health/fault.ts';
import { refOf } from '../objects/meta.ts';
import { type Check, type Facts, no, type Outcome, wrong } from './preflight.ts';

/** What is stored: whole and twice before a node that holds it goes away, saved before anything is changed. */
export const STORAGE_CHECKS: readonly Check[] = [
  { name: 'volumes whole', needs: ['PersistentVolumeClaim', 'Volume'], judge: volumesWhole },
  { name: 'volumes on more than one node', needs: ['Volume'], judge: volumesTwice },
  {
    name: 'no backup running',
    needs: ['Job', 'ReplicationSource', 'Backup.longhorn.io', 'Backup.postgresql.cnpg.io'],
    judge: noBackupRuns,
  },
  {
    name: 'backups fresh',
    needs: ['CronJob', 'ReplicationSource', 'ScheduledBackup', 'RecurringJob', 'PersistentVolumeClaim'],
    judge: backupsFresh,
  },
];

/** Kinds of what stores data, whatever component health counts them to. */
const STORES =
  /^(?:PersistentVolume|PersistentVolumeClaim|Volume|Engine|Replica|DiskPool|LVMVolume|ZFSVolume|Ceph\w+)\//;

function volumesWhole({ faults, world: { objects } }: Facts): Outcome {
  const broken = objects.Volume.filter(
    ({ state, robustness }) => state === 'attached' && robustness !== 'healthy',
  ).map(refOf);
  return no('', [...new Set([...broken, ...wrong(faults, ({ ref }) => STORES.test(ref))])]);
}

/** A volume of one replica is away while its node restarts; a detached one nobody misses. */
function volumesTwice({ world: { objects } }: Facts): Outcome | undefined {
  if (objects.Volume.length === 0) return undefined;
  const single = objects.Volume.filter(
    ({ state, replicas, standby }) => state === 'attached' && replicas === 1 && !standby,
  );
  return no('one replica only: ', single.map(refOf));
}

/** How Jobs that make backups are called. */
const BACKUP = /backup|volsync|restic|kopia|velero|barman/i;

/** Phases of a Backup under way (cloudnative-pg api/v1 backup_types.go). */
const RUNNING: ReadonlySet<string> = new Set(['started', 'running', 'finalizing']);

function noBackupRuns({ world: { objects } }: Facts): Outcome {
  const jobs = objects.Job.filter(
    ({ active, name, labels }) =>
      active > 0 && (BACKUP.test(name) || BACKUP.test(labels['app.kubernetes.io/created-by'] ?? '')),
  );
  const backups = objects['Backup.longhorn.io'].filter(({ state }) => state === 'InProgress');
  const replications = objects.ReplicationSource.filter(({ started }) => started !== undefined);
  const databases = objects['Backup.postgresql.cnpg.io'].filter(({ phase = '' }) => RUNNING.has(phase));
  return no('', [...jobs, ...backups, ...replications, ...databases].map(refOf));
}

/** Kinds by which backups are made. */
const MAKES_BACKUPS =
  /^(?:ReplicationSource|ReplicationDestination|Backup(?:\.[\w.]+)?|BackupTarget|RecurringJob|ScheduledBackup|KopiaMaintenance)\//;

/** What nobody backs up is not fresh; there may be a system that is not read. */
function backupsFresh({ faults, world: { objects } }: Facts): Outcome | undefined {
  const makers = [
    ...objects.ReplicationSource,
    ...objects.ScheduledBackup,
    ...objects.RecurringJob.filter(({ task }) => task.startsWith('backup')),
    ...objects.CronJob.filter(({ name }) => BACKUP.test(name)),
  ];
  if (makers.length > 0) return no('', wrong(faults, isOfBackups));
  const claims = objects.PersistentVolumeClaim.length;
  return claims === 0
    ? undefined
    : { ok: 'unknown', why: `nothing that is read backs up ${claims} PersistentVolumeClaims` };
}

function isOfBackups({ ref }: Fault): boolean {
  return MAKES_BACKUPS.test(ref) || (/^(?:Cron)?Job\//.test(ref) && BACKUP.test(ref));
}
