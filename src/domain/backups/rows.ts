import type { PostgresCluster } from '../objects/cnpg.ts';
import { refOf } from '../objects/meta.ts';
import { parseTime } from '../duration.ts';
import type { CronJob } from '../objects/workload.ts';
import type { ReplicationDestination } from '../objects/volsync.ts';
import { postgresVerdict } from './postgres.ts';
import type { BackupWorld } from './read.ts';
import { isDrill, replicationVerdict } from './replication.ts';
import { agoOf, lateness, type Verdict } from './verdict.ts';

/** What a row is about. */
export type Subject = 'volumes' | 'databases' | 'drills';

/** One way in which one volume or database is backed up, or one restore drill. */
export interface BackupRow extends Verdict {
  about: Subject;
  /** Ref of the claim or database; of a drill whose claim is not there, its own. */
  subject: string;
  namespace: string;
  method: string;
  schedule?: string;
  /** Ref of what makes it. */
  by?: string;
}

/** The databases of CloudNativePG, each with what is known of its backups. */
export function databaseRows({ objects, now }: BackupWorld): BackupRow[] {
  return objects.Cluster.map((cluster) => {
    const schedules = objects.ScheduledBackup.filter((one) => isOf(one, cluster));
    const backups = objects['Backup.postgresql.cnpg.io'].filter((one) => isOf(one, cluster));
    const main = schedules.find(({ suspended }) => !suspended) ?? schedules[0];
    return {
      ...postgresVerdict({ cluster, backups, schedules }, now),
      about: 'databases',
      subject: refOf(cluster),
      namespace: cluster.namespace ?? '',
      method: `CloudNativePG ${main?.method ?? ''}`.trim(),
      schedule: main?.schedule,
      by: refOf(main ?? cluster),
    };
  });
}

function isOf(one: { namespace?: string; cluster: string }, { namespace, name }: PostgresCluster): boolean {
  return one.namespace === namespace && one.cluster === name;
}

/** Restore drills: destinations of VolSync and CronJobs that are named so. */
export function drillRows({ objects, now }: BackupWorld): BackupRow[] {
  return [
    ...objects.ReplicationDestination.filter(isDrill).map((one) => destinationRow(one, { objects, now })),
    ...objects.CronJob.filter(({ name }) => DRILL.test(name)).map((job) => cronRow(job, now)),
  ];
}

const DRILL = /restore-?drill/;

function destinationRow(
  one: ReplicationDestination,
  { objects, now }: Pick<BackupWorld, 'objects' | 'now'>,
): BackupRow {
  const claim = one.name.replace(/-?restore-?drill.*$/, '');
  const original = objects.PersistentVolumeClaim.find(
    ({ name, namespace }) => name === claim && namespace === one.namespace,
  );
  return {
    ...replicationVerdict(one, now),
    about: 'drills',
    subject: refOf(original ?? one),
    namespace: one.namespace ?? '',
    method: `restore drill ${one.mover ?? ''}`.trim(),
    schedule: one.schedule,
    by: refOf(one),
  };
}

function cronRow(job: CronJob, now: number): BackupRow {
  const { schedule, timeZone, lastSuccessful, lastScheduled, created, namespace = '' } = job;
  const isLate = lateness({ schedule, timeZone }, lastSuccessful ?? created, now) === 'late';
  const hasFailed =
    (parseTime(lastScheduled) ?? 0) > (parseTime(lastSuccessful) ?? 0) && job.active.length === 0;
  const bad = hasFailed ? 'failing' : 'overdue';
  return {
    state: lastSuccessful === undefined ? 'never' : isLate || hasFailed ? bad : 'good',
    why: `succeeded ${agoOf(lastSuccessful, now)}, started ${agoOf(lastScheduled, now)}${job.suspended ? ', suspended' : ''}`,
    newest: lastSuccessful,
    about: 'drills',
    subject: refOf(job),
    namespace,
    method: 'restore drill CronJob',
    schedule,
    by: refOf(job),
  };
}
