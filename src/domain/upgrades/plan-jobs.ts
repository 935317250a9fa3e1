import { conditionOf } from '../conditions.ts';
import { parseTime } from '../duration.ts';
import type { Node } from '../objects/platform.ts';
import type { Plan } from '../objects/upgrade.ts';
import type { Job } from '../objects/workload.ts';
import { HOSTNAME } from './plan-match.ts';

/** The Jobs of a Plan that are still there, by its labels: finished ones go 15 minutes after their end. */
export function jobsOf({ namespace, name }: Plan, jobs: readonly Job[]): Job[] {
  return jobs.filter((job) => job.namespace === namespace && job.labels['upgrade.cattle.io/plan'] === name);
}

/** The name of the node a Plan's Job is for. */
export function nodeOfJob({ labels }: Job): string | undefined {
  return labels['upgrade.cattle.io/node'];
}

/** Names of the nodes that a Plan is being applied to; it names them by hostname. */
export function applyingNodes({ applying }: Plan, nodes: readonly Node[]): string[] {
  return applying.map(
    (hostname) => nodes.find(({ labels }) => labels[HOSTNAME] === hostname)?.name ?? hostname,
  );
}

/** When something last happened to a Job, RFC 3339. */
export function lastMovement(job: Job): string {
  const times = [job.created, job.started, job.completed, ...job.conditions.map(({ since }) => since)];
  const known = times.filter((time) => time !== undefined);
  return known.toSorted((a, b) => (parseTime(a) ?? 0) - (parseTime(b) ?? 0)).at(-1) ?? job.created;
}

/** Whether a Job has done its work. */
export function hasSucceeded(job: Job): boolean {
  return conditionOf(job, 'Complete')?.status === 'True';
}
