import { conditionOf } from '../../conditions.ts';
import { parseTime } from '../../duration.ts';
import { refOf } from '../../objects/meta.ts';
import { clip, nameSome } from '../../text.ts';
import { nodeVersions } from '../../upgrades/node-versions.ts';
import { hasSucceeded, lastMovement, nodeOfJob } from '../../upgrades/plan-jobs.ts';
import { budgetsOn } from '../budgets-on.ts';
import { parseSchedule } from '../cron-schedule.ts';
import { eventsOn } from '../events-on.ts';
import {
  earliest,
  firstFault,
  latest,
  minutesSince,
  ripening,
  type Rule,
  type RuleSet,
  type Symptom,
} from '../fault.ts';
import type { World } from '../world.ts';
import { withoutRunningJobs } from '../known.ts';
import { operatorRefs } from '../operators.ts';
import { type PlanSubject, subjectOf } from './plan-subject.ts';
import { OUTCOME_RULES, TARGET_RULES } from './plan-targets.ts';

/** Plans of system-upgrade-controller. */
const PLAN_RULES: readonly Rule<PlanSubject>[] = [
  {
    name: 'PlanInvalid',
    source: 'system-upgrade-controller pkg/upgrade/handle_upgrade.go PlanSpecValidated',
    judge: (subject) => notTrue(subject, 'Validated', 'the plan is not valid'),
  },
  {
    name: 'PlanUnresolved',
    source: 'system-upgrade-controller pkg/upgrade/handle_upgrade.go PlanLatestResolved',
    judge: (subject) => notTrue(subject, 'LatestResolved', 'its version cannot be resolved'),
  },
  {
    name: 'PlanFailed',
    source: 'system-upgrade-controller pkg/upgrade/handle_batch.go, handle_upgrade.go PlanComplete',
    judge: failed,
  },
  {
    name: 'PlanRetries',
    source: 'system-upgrade-controller pkg/upgrade/handle_batch.go event JobFailed',
    judge: retries,
  },
  ...TARGET_RULES,
  {
    name: 'PlanStuck',
    source: 'system-upgrade-controller manifests, SYSTEM_UPGRADE_JOB_ACTIVE_DEADLINE_SECONDS',
    judge: stuck,
  },
  {
    name: 'PlanRuns',
    source: 'system-upgrade-controller pkg/upgrade/handle_upgrade.go SyncJob',
    judge: runs,
  },
  {
    name: 'WindowMissed',
    source: 'system-upgrade-controller pkg/apis/upgrade.cattle.io/v1 spec.window',
    judge: windowMissed,
  },
  {
    name: 'PlanWaits',
    source: 'system-upgrade-controller pkg/upgrade/handle_upgrade.go Waiting',
    judge: waits,
  },
  {
    name: 'PlanUnseen',
    source: 'system-upgrade-controller pkg/upgrade/handle_upgrade.go CreateUnknownIfNotExists',
    judge: unseen,
  },
  ...OUTCOME_RULES,
];

/** Plans. */
export const PLANS: RuleSet = {
  component: 'upgrade',
  checked: ({ objects }) => objects.Plan,
  judge: (world, known) => {
    const { Plan: plans, Node, Pod } = world.objects;
    const all = plans.length > 0 ? nodeVersions(Node, Pod) : [];
    return plans
      .filter(({ deletion }) => deletion === undefined)
      .flatMap((plan) => {
        const subject = subjectOf(plan, all, world);
        return firstFault(PLAN_RULES, subject, { component: 'upgrade', ref: refOf(plan) }, world) ?? [];
      })
      .map((fault) => withoutRunningJobs(fault, known));
  },
};

function complete({ plan }: PlanSubject) {
  return conditionOf(plan, 'Complete');
}

function notTrue({ plan }: PlanSubject, type: string, what: string): Symptom | undefined {
  const condition = conditionOf(plan, type);
  if (condition?.status !== 'False') return undefined;
  return {
    state: 'failed',
    message: clip(`${what}: ${condition.message ?? condition.reason ?? 'no message'}`, 220),
    since: condition.since,
    evidence: [{ path: `conditions[${type}]`, value: `False ${condition.reason ?? ''}`.trim() }],
  };
}

const FAILED: ReadonlySet<string> = new Set(['JobFailed', 'SelectNodesFailed', 'ValidationFailed']);

function failed(subject: PlanSubject, world: World): Symptom | undefined {
  const told = complete(subject);
  if (told?.status !== 'False' || !FAILED.has(told.reason ?? '')) return undefined;
  const first = eventsOn(subject.plan, world, [told.reason ?? '']).at(-1)?.first;
  return {
    state: 'failed',
    reason: told.reason,
    message: clip(told.message ?? `${told.reason}`, 220),
    since: earliest([told.since, first]),
    evidence: [{ path: 'status.applying', value: subject.plan.applying.join(', ') || 'none' }],
    causes: causesOf(subject, world),
  };
}

/** The Job is made anew each time and removed later: then only events tell that it failed, and how often. */
function retries(subject: PlanSubject, world: World): Symptom | undefined {
  if (complete(subject)?.status === 'True') return undefined;
  const events = eventsOn(subject.plan, world, ['JobFailed']);
  const [newest] = events;
  if (newest === undefined) return undefined;
  const times = events.reduce((sum, { count }) => sum + count, 0);
  const failedLast = minutesSince(newest.last, world.now);
  const isTriedAnew = subject.jobs.some(({ created }) => minutesSince(created, world.now) < failedLast);
  if (times === 1 && isTriedAnew) return undefined;
  return {
    state: 'failed',
    reason: 'JobFailed',
    message: clip(`its Job failed ${times} times and is tried again: ${newest.message}`, 220),
    since: earliest(events.map(({ first }) => first)),
    evidence: [{ path: 'status.applying', value: subject.plan.applying.join(', ') || 'none' }],
    causes: causesOf(subject, world),
  };
}

/** What keeps it from going on: its Jobs, budgets that hold up a drain, nodes that do not come back, its controller. */
function causesOf({ jobs, working }: PlanSubject, world: World): string[] {
  return [
    ...jobs.filter((job) => !hasSucceeded(job)).map(refOf),
    ...budgetsOn(working, world),
    ...working.filter((node) => world.downNodes.has(node)).map((node) => `Node/${node}`),
    ...operatorRefs('Plan', world),
  ];
}

/** In minutes, where neither Plan nor Job says: the controller's manifest. */
const DEADLINE = 15;

/** Longer than any node takes, in minutes, where a Job is without bound. */
const UNBOUND = 60;

function stuck(subject: PlanSubject, world: World): Symptom | undefined {
  const { plan, jobs, working } = subject;
  const told = complete(subject);
  if (told?.status !== 'False' || told.reason === 'Waiting') return undefined;
  const since = latest([told.since, ...jobs.map(lastMovement)]);
  const state = ripening(since, world.now, deadlineOf(subject));
  if (state === 'progressing') return undefined;
  return {
    state,
    message: `stuck on ${nameSome(working, 3) || 'no node'}: ${jobs.length === 0 ? 'it has no Job' : 'its Job does not move'}`,
    since,
    evidence: [{ path: 'status.applying', value: plan.applying.join(', ') || 'none' }],
    causes: causesOf(subject, world),
  };
}

function deadlineOf({ plan, jobs }: PlanSubject): number {
  const seconds = jobs.map(({ deadlineSeconds }) => deadlineSeconds).find((one) => one !== undefined);
  const minutes = (seconds ?? plan.jobDeadline ?? DEADLINE * 60) / 60;
  return minutes === 0 ? UNBOUND : minutes;
}

function runs(subject: PlanSubject): Symptom | undefined {
  const { plan, jobs, working, match } = subject;
  const told = complete(subject);
  const isResolved = told?.status === 'False' && told.reason === 'Resolved';
  if (working.length === 0 && !isResolved) return undefined;
  const own = jobs.filter((job) => working.includes(nodeOfJob(job) ?? ''));
  return {
    state: 'progressing',
    message: `upgrade to ${plan.latestVersion} runs on ${nameSome(working, 3) || 'no node yet'}, ${match.behind.length} nodes to go`,
    since: earliest(own.map(({ created }) => created)) ?? told?.since,
    nodes: working,
  };
}

/** Minutes after which a window that has begun should have been noticed. */
const NOTICED = 30;

function windowMissed(subject: PlanSubject, world: World): Symptom | undefined {
  const { plan } = subject;
  const told = complete(subject);
  const since = parseTime(told?.since);
  if (told?.reason !== 'Waiting' || since === undefined || plan.opens === undefined) return undefined;
  const window = parseSchedule(plan.opens.schedule, plan.opens.timeZone);
  const began = typeof window === 'string' ? undefined : window.next(since);
  if (began === undefined || world.now - began < NOTICED * 60_000) return undefined;
  const at = new Date(began).toISOString();
  return {
    state: 'stale',
    message: `its window began at ${at}, and it still waits for it`,
    since: at,
    evidence: [{ path: 'spec.window', value: plan.opens.schedule }],
    causes: operatorRefs('Plan', world),
  };
}

function waits(subject: PlanSubject): Symptom | undefined {
  const told = complete(subject);
  if (told?.status !== 'False' || told.reason !== 'Waiting') return undefined;
  return {
    state: 'info',
    message: `waits for its window to upgrade ${subject.match.due.length} nodes to ${subject.plan.latestVersion}`,
    since: told.since,
  };
}

/** A new Plan is looked at within this time, in minutes. */
const FIRST_LOOK = 5;

function unseen(subject: PlanSubject, world: World): Symptom | undefined {
  const { plan } = subject;
  const told = complete(subject);
  if (told?.status === 'True' || told?.status === 'False') return undefined;
  return {
    state: minutesSince(plan.created, world.now) < FIRST_LOOK ? 'progressing' : 'stale',
    message: 'its controller has not judged it',
    since: plan.created,
    causes: operatorRefs('Plan', world),
  };
}
