import { parseTime } from '../duration.ts';
import type { LonghornBackup, LonghornVolume, RecurringJob } from '../objects/longhorn.ts';
import { refOf } from '../objects/meta.ts';
import { byText, clip } from '../text.ts';
import { agoOf, lateness, newestOf, type Verdict } from './verdict.ts';

/** Labels by which a volume takes part in RecurringJobs (longhorn-manager types/types.go). */
const JOB = 'recurring-job.longhorn.io/';
const GROUP = 'recurring-job-group.longhorn.io/';

/** The RecurringJobs that back a volume up. One without any such label belongs to group `default`. */
export function backupJobsOf({ labels }: LonghornVolume, jobs: readonly RecurringJob[]): RecurringJob[] {
  const on = (key: string): boolean => labels[key] === 'enabled';
  const labelled = Object.keys(labels).some(
    (key) => (key.startsWith(JOB) || key.startsWith(GROUP)) && on(key),
  );
  return jobs
    .filter(({ task }) => task === 'backup' || task === 'backup-force-create')
    .filter(
      ({ name, groups }) =>
        on(`${JOB}${name}`) ||
        groups.some((group) => on(`${GROUP}${group}`) || (!labelled && group === 'default')),
    )
    .toSorted((a, b) => byText(a.name, b.name));
}

/** Backups of one volume, newest first. */
export function newestFirst(backups: readonly LonghornBackup[]): LonghornBackup[] {
  return backups.toSorted((a, b) => timeOf(b) - timeOf(a) || byText(a.name, b.name));
}

function timeOf({ completed, taken, created }: LonghornBackup): number {
  return parseTime(completed ?? taken ?? created) ?? 0;
}

/** What Longhorn's backups of a volume are made of. */
export interface LonghornBackups {
  volume: LonghornVolume;
  /** Those that back it up. */
  jobs: readonly RecurringJob[];
  backups: readonly LonghornBackup[];
  /** Jobs run on detached volumes too (Longhorn setting `allow-recurring-job-while-volume-detached`). */
  runsDetached?: boolean;
}

/** When the newest backup that is complete was made; undefined when there is none. */
export function newestLonghornBackup({ volume, backups }: LonghornBackups): string | undefined {
  const complete = backups
    .filter(({ state }) => state === 'Completed')
    .map(({ completed, taken }) => completed ?? taken);
  return newestOf([volume.lastBackupAt, ...complete]);
}

/** What Longhorn's backups of a volume are worth; undefined when it has none and no RecurringJob makes any. */
export function longhornVerdict(all: LonghornBackups, now: number): Verdict | undefined {
  const { volume, jobs, backups } = all;
  const newest = newestLonghornBackup(all);
  const last = newestFirst(backups).find(({ state }) => state === 'Completed' || state === 'Error');
  if (jobs.length === 0 && newest === undefined && last === undefined) return undefined;
  const age = agoOf(newest, now);
  if (last?.state === 'Error')
    return {
      state: 'failing',
      newest,
      why: clip(`${refOf(last)}: ${last.error ?? 'error'}; newest good ${age}`, 200),
    };
  if (newest === undefined) return { state: 'never', why: `no backup yet, ${scheduleWords(jobs)}` };
  if (jobs.length === 0) return { state: 'unprotected', newest, why: `no RecurringJob; newest good ${age}` };
  const isLate = jobs.some(({ cron }) => lateness({ schedule: cron }, newest, now) === 'late');
  if (!isLate) return { state: 'good', newest, why: `backed up ${age}` };
  return volume.state === 'detached' && !all.runsDetached
    ? { state: 'good', newest, why: `backed up ${age}; detached, so that no job runs` }
    : { state: 'overdue', newest, why: `backed up ${age}, ${scheduleWords(jobs)}` };
}

function scheduleWords(jobs: readonly RecurringJob[]): string {
  return `schedule ${jobs.map(({ cron }) => cron).join(' and ') || 'unknown'}`;
}
