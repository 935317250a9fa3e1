import { refOf } from '../objects/meta.ts';
import type { Service } from '../objects/network.ts';
import type { Workload } from '../objects/workload.ts';
import { byText } from '../text.ts';
import type { World } from './world.ts';

/** What a Service without pods might mean. */
export interface Selectable {
  /** Workloads whose pods it would select. */
  matching: Workload[];
  /** How the workload that comes nearest differs, in words; undefined when none shares a label. */
  near?: string;
}

/** How many of the workloads that share a label are compared. */
const COMPARED = 100;

/** Compares a Service's selector with the pod labels of the workloads in its namespace. */
export function selectable({ namespace, selector }: Service, world: World): Selectable {
  const pairs = Object.entries(selector);
  const byPair = world.workloadsByPodLabel();
  const shared = new Set(
    pairs.flatMap(([key, value]) => (byPair.get(`${namespace} ${key}=${value}`) ?? []).slice(0, COMPARED)),
  );
  const ranked = [...shared]
    .map((workload) => ({
      workload,
      differing: pairs.filter(([key, value]) => workload.podLabels[key] !== value),
    }))
    .toSorted(
      (a, b) => a.differing.length - b.differing.length || byText(refOf(a.workload), refOf(b.workload)),
    );
  const matching = ranked.filter(({ differing }) => differing.length === 0).map(({ workload }) => workload);
  const nearest = ranked[0];
  return { matching, near: nearest && difference(nearest.workload, nearest.differing) };
}

function difference(workload: Workload, differing: readonly (readonly [string, string])[]): string {
  const parts = differing.map(([key]) => {
    const value = workload.podLabels[key];
    return value === undefined ? `lacks ${key}` : `has ${key}=${value}`;
  });
  return `${refOf(workload)} ${parts.join(' and ')}`;
}
