import { parseTime } from '../../duration.ts';
import { refOf } from '../../objects/meta.ts';
import type { CronJob, Job } from '../../objects/workload.ts';
import { parseSchedule, secondRun } from '../cron-schedule.ts';
import { type Fault, faultOf, firstFault, type Rule, type RuleSet, type Symptom } from '../fault.ts';
import type { World } from '../world.ts';
import { jobFaultOf } from './jobs.ts';

/** CronJobs by themselves; a failure of the newest Job is told before. */
const CRON_JOB_RULES: readonly Rule<CronJob>[] = [
  {
    name: 'ScheduleUnreadable',
    source: 'kubernetes pkg/controller/cronjob, events UnknownTimeZone and UnparseableSchedule',
    judge: unreadable,
  },
  {
    name: 'Overdue',
    source: 'kubernetes api/batch/v1 status.lastSuccessfulTime against spec.schedule',
    judge: overdue,
  },
];

/** CronJobs, with the Jobs they made. */
export const CRON_JOBS: RuleSet = {
  component: 'job',
  checked: ({ objects }) => objects.CronJob,
  judge: (world) => {
    const jobs = Map.groupBy(
      world.objects.Job,
      ({ namespace, owner }) => `${owner?.kind}/${namespace}/${owner?.name}`,
    );
    return world.objects.CronJob.flatMap(
      (cronJob) => judgeCronJob(cronJob, jobs.get(refOf(cronJob)) ?? [], world) ?? [],
    );
  },
};

function judgeCronJob(cronJob: CronJob, jobs: readonly Job[], world: World): Fault | undefined {
  const ref = refOf(cronJob);
  if (cronJob.deletion) return undefined;
  if (cronJob.suspended) {
    return faultOf(
      { state: 'suspended', message: 'suspended' },
      { component: 'job', rule: 'CronJobSuspended', ref },
    );
  }
  const newest = jobs.toSorted((a, b) => (parseTime(b.created) ?? 0) - (parseTime(a.created) ?? 0))[0];
  const failure = newest && jobFaultOf(newest, world, ref);
  return failure ?? firstFault(CRON_JOB_RULES, cronJob, { component: 'job', ref }, world);
}

function unreadable({ schedule, timeZone }: CronJob): Symptom | undefined {
  const parsed = parseSchedule(schedule, timeZone);
  if (typeof parsed !== 'string') return undefined;
  const what =
    parsed === 'UnknownTimeZone'
      ? `time zone ${timeZone} is not known`
      : `schedule ${schedule} cannot be read`;
  return { state: 'failed', reason: parsed, message: `it never runs: ${what}` };
}

/** How late a run may be beyond its second missed time, in milliseconds. */
const SLACK = 5 * 60_000;

/** No success for more than two periods, as counted by the schedule itself. */
function overdue(cronJob: CronJob, world: World): Symptom | undefined {
  const schedule = parseSchedule(cronJob.schedule, cronJob.timeZone);
  if (typeof schedule === 'string') return undefined;
  const last = cronJob.lastSuccessful ?? cronJob.created;
  const due = secondRun(schedule, last);
  if (due === undefined || world.now <= due + SLACK) return undefined;
  const never = cronJob.lastSuccessful === undefined;
  return {
    state: 'degraded',
    message: `${never ? 'has never succeeded' : 'has not succeeded for more than two periods'} of ${cronJob.schedule}`,
    since: last,
    evidence: [
      { path: 'status.lastSuccessfulTime', value: cronJob.lastSuccessful ?? 'never' },
      { path: 'status.lastScheduleTime', value: cronJob.lastScheduled ?? 'never' },
    ],
  };
}
