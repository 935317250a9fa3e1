import { conditionOf } from '../../conditions.ts';
import { parseTime } from '../../duration.ts';
import { type ClusterObject, refOf } from '../../objects/meta.ts';
import type { Job } from '../../objects/workload.ts';
import { clip } from '../../text.ts';
import { hasSucceeded } from '../../upgrades/plan-jobs.ts';
import {
  type Fault,
  faultOf,
  firstFault,
  minutesSince,
  raised,
  type Rule,
  type RuleSet,
  type Symptom,
} from '../fault.ts';
import type { World } from '../world.ts';

/** Jobs that no CronJob owns; those are told by their CronJob. */
const JOB_RULES: readonly Rule<Job>[] = [
  { name: 'JobSuspended', source: 'kubernetes api/batch/v1 spec.suspend', judge: suspended },
  { name: 'JobFailed', source: 'kubernetes-mixin alerts/apps_alerts.libsonnet KubeJobFailed', judge: failed },
  {
    name: 'JobRunsLong',
    source: 'kubernetes-mixin alerts/apps_alerts.libsonnet KubeJobNotCompleted',
    judge: runsLong,
  },
  { name: 'JobRuns', source: 'kstatus deviation: a running Job is in progress', judge: runs },
];

/** Jobs; one that a younger sibling has made good is history. */
export const JOBS: RuleSet = {
  component: 'job',
  checked: ownJobs,
  judge: (world) => {
    const jobs = ownJobs(world);
    const superseded = supersededBy(jobs);
    return jobs.flatMap((job) => (superseded.has(job) ? [] : judgeJob(job, world)));
  },
};

function ownJobs({ objects }: World): Job[] {
  return objects.Job.filter(({ owner, deletion }) => owner?.kind !== 'CronJob' && deletion === undefined);
}

function judgeJob(job: Job, world: World): Fault[] {
  const fault = firstFault(JOB_RULES, job, { component: 'job', ref: refOf(job) }, world);
  return fault ? [fault] : [];
}

/** Failed Jobs whose owner has a younger one that completed: the retry went well. */
function supersededBy(jobs: readonly Job[]): Set<ClusterObject> {
  const byOwner = Map.groupBy(
    jobs.filter(({ owner }) => owner !== undefined),
    ({ namespace, owner }) => `${namespace}/${owner?.kind}/${owner?.name}`,
  );
  const superseded = [...byOwner.values()].flatMap((siblings) => {
    const newest = Math.max(...siblings.filter(hasSucceeded).map(({ created }) => parseTime(created) ?? 0));
    return siblings.filter(({ created }) => (parseTime(created) ?? 0) < newest);
  });
  return new Set(superseded);
}

function suspended(job: Job): Symptom | undefined {
  return job.suspended && !hasSucceeded(job) ? { state: 'suspended', message: 'suspended' } : undefined;
}

function failed(job: Job, world: World): Symptom | undefined {
  const failure = conditionOf(job, 'Failed');
  if (failure?.status !== 'True') return undefined;
  return {
    state: raised(failure.since, world.now, 15),
    reason: failure.reason,
    message: `the job failed: ${failureWords(job, world)}`,
    since: failure.since,
    evidence: [
      { path: 'conditions[Failed]', value: clip(`${failure.reason}: ${failure.message ?? ''}`, 140) },
    ],
    causes: tellersOf(job),
  };
}

/** API groups whose objects keep what their Jobs said last: why one failed is told there. */
const TELLERS: ReadonlySet<string> = new Set(['volsync.backube']);

function tellersOf({ owner, namespace }: Job): string[] {
  return owner !== undefined && TELLERS.has(owner.group ?? '') ? [refOf({ ...owner, namespace })] : [];
}

/** Why a Job failed, with the exit code of its newest failed pod where one is left. */
function failureWords(job: Job, world: World): string {
  const failure = conditionOf(job, 'Failed');
  const exit = newestExit(job, world);
  const why = clip(failure?.message ?? failure?.reason ?? 'no reason given', 120);
  return exit === undefined ? why : `${why}; last pod: ${exit}`;
}

function newestExit(job: Job, world: World): string | undefined {
  const owner =
    job.owner?.kind === 'CronJob' ? refOf({ ...job.owner, namespace: job.namespace }) : refOf(job);
  const pods = (world.podsByOwner.get(owner) ?? []).filter((pod) => pod.owner?.name === job.name);
  const newest = pods
    .filter(({ phase }) => phase === 'Failed')
    .toSorted((a, b) => (parseTime(b.created) ?? 0) - (parseTime(a.created) ?? 0))[0];
  const end = newest?.containers.map(({ terminated }) => terminated).find((one) => one && one.exitCode !== 0);
  return end && `exit ${end.exitCode} (${end.reason ?? 'Error'})`;
}

/** In minutes; kubernetes-mixin takes 12 hours. */
const LONG = 12 * 60;

function runsLong(job: Job, world: World): Symptom | undefined {
  if (job.active === 0 || minutesSince(job.started, world.now) < LONG) return undefined;
  return {
    state: 'degraded',
    message: `runs for more than 12 hours, ${job.failed} pods failed`,
    since: job.started,
  };
}

function runs(job: Job): Symptom | undefined {
  if (hasSucceeded(job) || job.active === 0) return undefined;
  return {
    state: 'progressing',
    message: `runs: ${job.active} active, ${job.failed} failed`,
    since: job.started,
  };
}

/** The fault of a CronJob's newest Job, blamed on the CronJob. */
export function jobFaultOf(job: Job, world: World, ref: string): Fault | undefined {
  const symptom = failed(job, world) ?? runsLong(job, world);
  if (symptom === undefined) return undefined;
  const message = symptom.message.replace(/^the job/, `its newest job ${job.name}`);
  return faultOf(
    { ...symptom, message },
    { component: 'job', rule: 'NewestJobFailed', ref, members: [refOf(job)] },
  );
}
