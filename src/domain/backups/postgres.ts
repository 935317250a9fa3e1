import { conditionOf } from '../conditions.ts';
import { parseTime } from '../duration.ts';
import type { PostgresBackup, PostgresCluster, ScheduledBackup } from '../objects/cnpg.ts';
import { byText, clip } from '../text.ts';
import { agoOf, lateness, newestOf, type Verdict } from './verdict.ts';

/** What the backups of a database are made of; all of its Cluster. */
export interface PostgresBackups {
  cluster: PostgresCluster;
  backups: readonly PostgresBackup[];
  schedules: readonly ScheduledBackup[];
}

/** Phases of a Backup that ended in vain (cloudnative-pg api/v1 backup_types.go). */
const FAILED_PHASES: ReadonlySet<string> = new Set(['failed', 'walArchivingFailing']);

/** Backups newest first. */
function newestBackups(backups: readonly PostgresBackup[]): PostgresBackup[] {
  return backups.toSorted((a, b) => timeOf(b) - timeOf(a) || byText(a.name, b.name));
}

function timeOf({ stopped, started, created }: PostgresBackup): number {
  return parseTime(stopped ?? started ?? created) ?? 0;
}

/** The Backup that ended last, if it ended in vain. */
export function failedLast(backups: readonly PostgresBackup[]): PostgresBackup | undefined {
  const last = newestBackups(backups).find(
    ({ phase = '' }) => phase === 'completed' || FAILED_PHASES.has(phase),
  );
  return last && FAILED_PHASES.has(last.phase ?? '') ? last : undefined;
}

/** When the newest complete backup was made; undefined when there is none. */
export function newestPostgresBackup({ cluster, backups }: PostgresBackups): string | undefined {
  const complete = backups
    .filter(({ phase }) => phase === 'completed')
    .map(({ stopped, created }) => stopped ?? created);
  return newestOf([cluster.lastBackup, ...complete]);
}

/** What the backups of a database are worth. Without continuous archiving only what a base backup holds comes back. */
export function postgresVerdict(all: PostgresBackups, now: number): Verdict {
  const { cluster, backups, schedules } = all;
  const newest = newestPostgresBackup(all);
  const active = schedules.filter(({ suspended }) => !suspended);
  const age = agoOf(newest, now);
  const trouble = troubleOf(cluster, backups);
  if (trouble !== undefined)
    return { state: 'failing', newest, why: clip(`${trouble}; newest good ${age}`, 200) };
  if (!cluster.backsUp && newest === undefined && schedules.length === 0)
    return { state: 'unprotected', why: 'its Cluster names no place for backups' };
  if (newest === undefined)
    return { state: active.length > 0 ? 'never' : 'unprotected', why: 'no backup is complete' };
  if (active.length === 0)
    return { state: 'unprotected', newest, why: `no active ScheduledBackup; newest good ${age}` };
  const late = active.find(({ schedule }) => lateness({ schedule, mode: '6-part' }, newest, now) === 'late');
  if (late && cluster.hibernated)
    return { state: 'good', newest, why: `backed up ${age}; hibernated, so that nothing changes` };
  return late
    ? { state: 'overdue', newest, why: `backed up ${age}, schedule ${late.schedule}` }
    : { state: 'good', newest, why: `backed up ${age}` };
}

function troubleOf(cluster: PostgresCluster, backups: readonly PostgresBackup[]): string | undefined {
  const archiving = conditionOf(cluster, 'ContinuousArchiving');
  if (archiving?.status === 'False')
    return `WAL is not archived: ${archiving.message ?? archiving.reason ?? ''}`;
  const failed = failedLast(backups);
  if (failed) return `${failed.name}: ${failed.error ?? failed.phase ?? 'failed'}`;
  const last = conditionOf(cluster, 'LastBackupSucceeded');
  return last?.status === 'False' ? `last backup failed: ${last.message ?? last.reason ?? ''}` : undefined;
}
