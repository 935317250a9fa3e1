import type { Plan } from '../../objects/upgrade.ts';
import type { Job } from '../../objects/workload.ts';
import { byText } from '../../text.ts';
import type { NodeVersions } from '../../upgrades/node-versions.ts';
import { applyingNodes, hasSucceeded, jobsOf, lastMovement, nodeOfJob } from '../../upgrades/plan-jobs.ts';
import { type PlanMatch, planMatch } from '../../upgrades/plan-match.ts';
import { minutesSince } from '../fault.ts';
import type { World } from '../world.ts';

/** A Plan with what was worked out about it. */
export interface PlanSubject {
  plan: Plan;
  match: PlanMatch;
  jobs: Job[];
  /** Names of the nodes it is being applied to, and of those that restart after their Job has ended. */
  working: string[];
}

/** Works out about a Plan what its rules need. */
export function subjectOf(plan: Plan, all: readonly NodeVersions[], world: World): PlanSubject {
  const match = planMatch(plan, all);
  const jobs = jobsOf(plan, world.objects.Job);
  const applying = applyingNodes(plan, world.objects.Node);
  const working = [...new Set([...applying, ...restarting(match, jobs, world)])].toSorted(byText);
  return { plan, match, jobs, working };
}

/** Minutes that a node may take to come back once its Job has ended: the Job of a Talos upgrade need not wait for it. */
const RESTART = 15;

function restarting({ behind }: PlanMatch, jobs: readonly Job[], world: World): string[] {
  const old = new Set(behind.map(({ node }) => node.name));
  return jobs
    .filter((job) => hasSucceeded(job) && minutesSince(lastMovement(job), world.now) < RESTART)
    .flatMap((job) => nodeOfJob(job) ?? [])
    .filter((node) => old.has(node) || world.downNodes.has(node) || isCordoned(node, world));
}

function isCordoned(name: string, { objects }: World): boolean {
  return objects.Node.some((node) => node.name === name && node.unschedulable);
}
