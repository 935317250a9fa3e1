import { failedLast, newestPostgresBackup, type PostgresBackups } from '../../backups/postgres.ts';
import { agoOf, lateness } from '../../backups/verdict.ts';
import { conditionOf } from '../../conditions.ts';
import type { PostgresBackup, ScheduledBackup } from '../../objects/cnpg.ts';
import { refOf } from '../../objects/meta.ts';
import { clip } from '../../text.ts';
import { type Fault, firstFault, type Rule, type RuleSet, type Symptom } from '../fault.ts';
import { operatorRefs } from '../operators.ts';
import type { World } from '../world.ts';

const TYPES = 'cloudnative-pg api/v1/cluster_types.go';

/** Clusters, by whether what they hold could be brought back. */
const ARCHIVE_RULES: readonly Rule<PostgresBackups>[] = [
  { name: 'ContinuousArchivingFailing', source: `${TYPES} ConditionContinuousArchiving`, judge: archiving },
  { name: 'LastBackupFailed', source: `${TYPES} ConditionBackup`, judge: lastBackup },
];

/** Backups: of a Cluster only the one that ended last. */
const BACKUP_RULES: readonly Rule<PostgresBackup>[] = [
  {
    name: 'BackupFailed',
    source: 'cloudnative-pg api/v1/backup_types.go BackupPhaseFailed',
    judge: backupFailed,
  },
];

/** ScheduledBackups with what they led to. */
const SCHEDULE_RULES: readonly Rule<PostgresBackups & { schedule: ScheduledBackup }>[] = [
  {
    name: 'ScheduleSuspended',
    source: 'cloudnative-pg api/v1/scheduledbackup_types.go spec.suspend',
    judge: suspended,
  },
  {
    name: 'ScheduleUnreadable',
    source: 'cloudnative-pg api/v1/scheduledbackup_types.go spec.schedule',
    judge: unreadable,
  },
  {
    name: 'BackupOverdue',
    source: 'cloudnative-pg api/v1/scheduledbackup_types.go lastScheduleTime',
    judge: overdue,
  },
];

/** ScheduledBackups that name a Cluster which is not there. */
const ORPHAN_RULES: readonly Rule<ScheduledBackup>[] = [
  {
    name: 'ClusterMissing',
    source: 'cloudnative-pg api/v1/scheduledbackup_types.go spec.cluster',
    judge: clusterMissing,
  },
];

/** Backups of these databases. */
export const POSTGRES_BACKUPS: RuleSet = {
  component: 'backup',
  checked: ({ objects }) => objects.ScheduledBackup,
  judge: (world) => {
    const { Cluster, ScheduledBackup: schedules } = world.objects;
    const backups = Map.groupBy(world.objects['Backup.postgresql.cnpg.io'], keyOf);
    const byCluster = Map.groupBy(schedules, keyOf);
    const orphans = schedules.flatMap((one) => judge(ORPHAN_RULES, one, refOf(one), world));
    const judged = Cluster.filter(({ deletion }) => deletion === undefined).flatMap((cluster) => {
      const key = `${cluster.namespace}/${cluster.name}`;
      return judgeBackups(
        { cluster, backups: backups.get(key) ?? [], schedules: byCluster.get(key) ?? [] },
        world,
      );
    });
    return [...orphans, ...judged];
  },
};

function clusterMissing(
  { namespace, cluster, suspended: isSuspended, created }: ScheduledBackup,
  world: World,
): Symptom | undefined {
  const ref = refOf({ kind: 'Cluster', namespace, name: cluster });
  if (isSuspended || !world.sees('Cluster', namespace) || world.byRef.has(ref)) return undefined;
  return {
    state: 'failed',
    message: `there is nothing to back up: Cluster ${cluster} does not exist`,
    since: created,
    evidence: [{ path: 'spec.cluster.name', value: cluster }],
  };
}

function keyOf({ namespace, cluster }: PostgresBackup | ScheduledBackup): string {
  return `${namespace}/${cluster}`;
}

function judgeBackups(all: PostgresBackups, world: World): Fault[] {
  const last = failedLast(all.backups);
  return [
    ...(last ? judge(BACKUP_RULES, last, refOf(last), world) : []),
    ...judge(ARCHIVE_RULES, all, refOf(all.cluster), world),
    ...all.schedules.flatMap((schedule) =>
      judge(SCHEDULE_RULES, { ...all, schedule }, refOf(schedule), world),
    ),
  ];
}

function judge<T>(rules: readonly Rule<T>[], subject: T, ref: string, world: World): Fault[] {
  const fault = firstFault(rules, subject, { component: 'backup', ref }, world);
  return fault ? [fault] : [];
}

function archiving(all: PostgresBackups): Symptom | undefined {
  const condition = conditionOf(all.cluster, 'ContinuousArchiving');
  if (condition?.status !== 'False') return undefined;
  return {
    state: 'degraded',
    message: clip(
      `its WAL is not archived: ${condition.message ?? condition.reason ?? 'no reason given'}`,
      200,
    ),
    since: condition.since,
    evidence: [
      {
        path: 'conditions[ContinuousArchiving]',
        value: clip(`${condition.reason}: ${condition.message ?? ''}`, 140),
      },
    ],
  };
}

function lastBackup({ cluster, backups }: PostgresBackups): Symptom | undefined {
  const condition = conditionOf(cluster, 'LastBackupSucceeded');
  if (condition?.status !== 'False') return undefined;
  return {
    state: 'degraded',
    message: clip(
      `its last backup failed: ${condition.message ?? condition.reason ?? 'no reason given'}`,
      200,
    ),
    since: condition.since ?? cluster.lastFailedBackup,
    evidence: [{ path: 'status.lastSuccessfulBackup', value: cluster.lastBackup ?? 'never' }],
    causes: [failedLast(backups)].flatMap((backup) => (backup ? [refOf(backup)] : [])),
    inert: true,
  };
}

function backupFailed(backup: PostgresBackup): Symptom {
  const { phase, error, stopped, started, created, namespace, cluster } = backup;
  return {
    state: 'failed',
    ...(phase === 'walArchivingFailing' && { reason: phase }),
    message: clip(`the last backup of ${cluster} failed: ${error ?? phase ?? 'no error given'}`, 200),
    since: stopped ?? started ?? created,
    evidence: [{ path: 'status.error', value: clip(error ?? 'none', 140) }],
    causes: [refOf({ kind: 'Cluster', namespace, name: cluster })],
  };
}

function suspended({ schedule }: { schedule: ScheduledBackup }): Symptom | undefined {
  return schedule.suspended
    ? { state: 'suspended', message: 'suspended', since: schedule.lastScheduled }
    : undefined;
}

function timetableOf({ schedule }: ScheduledBackup) {
  return { schedule, mode: '6-part' } as const;
}

function unreadable({ schedule }: { schedule: ScheduledBackup }, world: World): Symptom | undefined {
  if (lateness(timetableOf(schedule), undefined, world.now) !== 'unreadable') return undefined;
  return { state: 'failed', message: `it never runs: schedule ${schedule.schedule} cannot be read` };
}

function overdue(all: PostgresBackups & { schedule: ScheduledBackup }, world: World): Symptom | undefined {
  const { schedule, cluster } = all;
  const newest = newestPostgresBackup(all);
  if (lateness(timetableOf(schedule), newest ?? schedule.created, world.now) !== 'late') return undefined;
  const failed = failedLast(all.backups);
  return {
    state: 'degraded',
    message: `${cluster.name} was last backed up ${agoOf(newest, world.now)}, schedule ${schedule.schedule}`,
    since: newest ?? schedule.created,
    evidence: [
      { path: 'status.lastScheduleTime', value: schedule.lastScheduled ?? 'never' },
      { path: 'status.nextScheduleTime', value: schedule.nextScheduled ?? 'none' },
    ],
    causes: [...(failed ? [refOf(failed)] : []), refOf(cluster), ...operatorRefs('ScheduledBackup', world)],
  };
}
