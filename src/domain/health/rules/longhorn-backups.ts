import {
  backupJobsOf,
  type LonghornBackups,
  newestFirst,
  newestLonghornBackup,
} from '../../backups/longhorn.ts';
import { agoOf, lateness } from '../../backups/verdict.ts';
import { conditionOf } from '../../conditions.ts';
import type { BackupTarget, LonghornBackup, RecurringJob } from '../../objects/longhorn.ts';
import { refOf } from '../../objects/meta.ts';
import { byText, clip } from '../../text.ts';
import { type Fault, faultOf, firstFault, type Rule, type RuleSet, type Symptom } from '../fault.ts';
import { operatorRefs } from '../operators.ts';
import type { World } from '../world.ts';

/** BackupTargets: one without a URL is not configured, which is no fault. */
const TARGET_RULES: readonly Rule<BackupTarget>[] = [
  {
    name: 'BackupTargetUnavailable',
    source:
      'longhorn-manager k8s/pkg/apis/longhorn/v1beta2/backuptarget.go BackupTargetConditionTypeUnavailable',
    judge: unavailable,
  },
];

/** RecurringJobs. */
const JOB_RULES: readonly Rule<RecurringJob>[] = [
  {
    name: 'ScheduleUnreadable',
    source: 'longhorn-manager k8s/pkg/apis/longhorn/v1beta2/recurringjob.go spec.cron',
    judge: unreadable,
  },
  {
    name: 'NoBackupTarget',
    source: 'longhorn-manager app/recurring_job.go: a backup needs a target',
    judge: withoutTarget,
  },
];

/** Volumes with the RecurringJobs and Backups that are theirs. */
const VOLUME_RULES: readonly Rule<LonghornBackups>[] = [
  {
    name: 'BackupFailed',
    source: 'longhorn-manager k8s/pkg/apis/longhorn/v1beta2/backup.go BackupStateError',
    judge: lastFailed,
  },
  {
    name: 'BackupOverdue',
    source:
      'longhorn, alert rule LonghornVolumeBackupOverdue: longhorn_volume_last_backup_at against spec.cron',
    judge: overdue,
  },
];

/** Longhorn's backups: where they go, what makes them, and what came of it for each volume. */
export const LONGHORN_BACKUPS: RuleSet = {
  component: 'backup',
  checked: ({ objects }) => [...objects.BackupTarget, ...objects.RecurringJob],
  judge: (world) => [
    ...world.objects.BackupTarget.flatMap((target) => judge(TARGET_RULES, target, refOf(target), world)),
    ...world.objects.RecurringJob.flatMap((job) => judge(JOB_RULES, job, refOf(job), world)),
    ...volumesOf(world).flatMap((one) =>
      judge(VOLUME_RULES, one, refOf(one.volume), world).map((fault) => ofClaim(fault, one)),
    ),
  ],
};

function judge<T>(rules: readonly Rule<T>[], subject: T, ref: string, world: World): Fault[] {
  const fault = firstFault(rules, subject, { component: 'backup', ref }, world);
  return fault ? [fault] : [];
}

function volumesOf({ objects }: World): LonghornBackups[] {
  const backups = Map.groupBy(objects['Backup.longhorn.io'], ({ volume }) => volume ?? '');
  return objects.Volume.filter(({ deletion, standby }) => deletion === undefined && !standby).map(
    (volume) => ({
      volume,
      jobs: backupJobsOf(volume, objects.RecurringJob),
      backups: backups.get(volume.name) ?? [],
    }),
  );
}

function ofClaim(fault: Fault, { volume: { claim } }: LonghornBackups): Fault {
  const { component, ref, rule } = fault;
  return faultOf(fault, { component, ref, rule, members: claim === undefined ? [] : [refOf(claim)] });
}

function unavailable(target: BackupTarget, world: World): Symptom | undefined {
  if (!target.configured || target.available) return undefined;
  const said = conditionOf(target, 'Unavailable');
  return {
    state: 'failed',
    message: clip(`cannot be reached: ${said?.message ?? 'status.available is false'}`, 200),
    since: said?.status === 'True' ? said.since : target.lastSynced,
    evidence: [{ path: 'status.lastSyncedAt', value: target.lastSynced ?? 'never' }],
    causes: operatorRefs('BackupTarget', world),
  };
}

function unreadable({ cron, task }: RecurringJob, world: World): Symptom | undefined {
  if (lateness({ schedule: cron }, undefined, world.now) !== 'unreadable') return undefined;
  return { state: 'failed', message: `${task} never runs: schedule ${cron} cannot be read` };
}

function withoutTarget(job: RecurringJob, world: World): Symptom | undefined {
  const targets = world.objects.BackupTarget;
  const isUsed = volumesOf(world).some(({ jobs }) => jobs.includes(job));
  if (!isUsed || !world.sees('BackupTarget', job.namespace) || targets.some(({ configured }) => configured))
    return undefined;
  return {
    state: 'failed',
    message: `${job.task} has nowhere to go: no BackupTarget has a URL`,
    evidence: targets
      .slice(0, 2)
      .map((target) => ({ path: `${refOf(target)} spec.backupTargetURL`, value: 'empty' })),
  };
}

function lastFailed(one: LonghornBackups, world: World): Symptom | undefined {
  const last = newestFirst(one.backups).find(({ state }) => state === 'Completed' || state === 'Error');
  if (last?.state !== 'Error') return undefined;
  const newest = newestLonghornBackup(one);
  return {
    state: 'failed',
    message: clip(
      `its last backup failed, the newest good one is of ${agoOf(newest, world.now)}: ${last.error ?? 'error'}`,
      200,
    ),
    since: last.completed ?? last.taken ?? last.created,
    evidence: [{ path: `${refOf(last)} status.error`, value: clip(last.error ?? 'none', 140) }],
    causes: causesOf(one, last, world),
    inert: true,
  };
}

function causesOf({ volume }: LonghornBackups, last: LonghornBackup | undefined, world: World): string[] {
  const name = last?.target ?? volume.backupTarget ?? 'default';
  const target = refOf({ kind: 'BackupTarget', namespace: volume.namespace, name });
  return [target, ...operatorRefs('Backup.longhorn.io', world)];
}

/** Jobs leave a detached volume alone unless this is set (longhorn-manager types/setting.go). */
const WHILE_DETACHED = 'allow-recurring-job-while-volume-detached';

function overdue(one: LonghornBackups, world: World): Symptom | undefined {
  const { volume, jobs } = one;
  const always = world.objects.Setting.some(({ name, value }) => name === WHILE_DETACHED && value === 'true');
  if (volume.state !== 'attached' && !always) return undefined;
  const newest = newestLonghornBackup(one);
  if (newest === undefined && !world.sees('Backup.longhorn.io', volume.namespace)) return undefined;
  const late = jobs.find(
    ({ cron }) => lateness({ schedule: cron }, newest ?? volume.created, world.now) === 'late',
  );
  if (late === undefined) return undefined;
  const said =
    newest === undefined ? 'has never been backed up' : `was last backed up ${agoOf(newest, world.now)}`;
  return {
    state: 'degraded',
    message: `${said}, schedule ${late.cron} of ${late.name}; one without new data is left out`,
    since: newest ?? volume.created,
    evidence: [{ path: 'status.lastBackupAt', value: newest ?? 'never' }],
    causes: [
      ...jobs.flatMap((job) => [
        refOf(job),
        refOf({ kind: 'CronJob', namespace: job.namespace, name: job.name }),
      ]),
      ...causesOf(one, undefined, world),
    ].toSorted(byText),
    inert: true,
  };
}
