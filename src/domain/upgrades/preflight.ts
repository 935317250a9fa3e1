import { conditionOf } from '../conditions.ts';
import type { Fault } from '../health/fault.ts';
import { severity } from '../health/known.ts';
import type { HealthKind } from '../health/observed.ts';
import type { World } from '../health/world.ts';
import { byText, nameSome } from '../text.ts';
import type { Agreement } from './agreement.ts';
import type { NodeVersions } from './node-versions.ts';

/** What the checks look at. */
export interface Facts {
  world: World;
  /** Every fault that health knows of. */
  faults: readonly Fault[];
  agreements: readonly Agreement[];
  nodes: readonly NodeVersions[];
}

/** Whether a check lets an upgrade begin; `warn` where that is not advised. `why` unless it is a plain yes. */
export interface Outcome {
  ok: 'yes' | 'warn' | 'no' | 'unknown';
  why?: string;
}

/** One thing that should be so before nodes are taken out one by one; undefined where a cluster has nothing of the kind. */
export interface Check {
  name: string;
  /** Kinds without which it cannot be judged. */
  needs: readonly HealthKind[];
  judge: (facts: Facts) => Outcome | undefined;
}

/** What runs, the control plane, what drains, and what else is going on. */
export const CHECKS: readonly Check[] = [
  { name: 'nodes ready and schedulable', needs: ['Node'], judge: nodesReady },
  { name: 'etcd majority', needs: ['Node'], judge: etcdMajority },
  { name: 'API servers ready', needs: ['Node', 'Pod'], judge: apiServersReady },
  { name: 'disruption budgets allow a drain', needs: ['PodDisruptionBudget'], judge: budgetsAllow },
  { name: 'Flux green', needs: [], judge: fluxGreen },
  { name: 'no other upgrade', needs: [], judge: noOtherUpgrade },
];

/** The outcome of each check that applies, in order. */
export function preflight(facts: Facts, checks: readonly Check[]): { name: string; outcome: Outcome }[] {
  return checks.flatMap(({ name, needs, judge }) => {
    const unread = needs.filter((kind) => facts.world.unsure.includes(kind));
    const outcome =
      unread.length > 0
        ? ({ ok: 'unknown', why: `${unread.join(', ')} could not be read` } as const)
        : judge(facts);
    return outcome === undefined ? [] : [{ name, outcome }];
  });
}

const YES: Outcome = { ok: 'yes' };

/** Yes when there are no names, else no with the reason and the first of them. */
export function no(why: string, names: readonly string[]): Outcome {
  return names.length === 0 ? YES : { ok: 'no', why: `${why}${nameSome([...names].toSorted(byText), 3)}` };
}

function nodesReady({ world: { objects } }: Facts): Outcome | undefined {
  if (objects.Node.length === 0) return { ok: 'unknown', why: 'no node is seen' };
  const unfit = objects.Node.filter(
    (node) => node.unschedulable || conditionOf(node, 'Ready')?.status !== 'True',
  ).map(({ name, unschedulable }) => `${name}${unschedulable ? ' (cordoned)' : ''}`);
  return no('not ready: ', unfit);
}

function etcdMajority({ world: { objects } }: Facts): Outcome | undefined {
  const members = objects.Node.filter(({ controlPlane }) => controlPlane);
  if (members.length === 0) return undefined;
  const down = members.filter((node) => conditionOf(node, 'Ready')?.status !== 'True');
  if (down.length > 0)
    return no(
      'a member may be missing: not Ready ',
      down.map(({ name }) => name),
    );
  if (members.length === 1) return { ok: 'yes', why: 'one control plane: the API is away while it restarts' };
  return members.length % 2 === 1
    ? YES
    : {
        ok: 'warn',
        why: `${members.length} control planes: an even number bears no more loss than one less`,
      };
}

function apiServersReady({ world: { objects } }: Facts): Outcome | undefined {
  const planes = objects.Node.filter(({ controlPlane }) => controlPlane).map(({ name }) => name);
  const servers = objects.Pod.filter(
    ({ namespace, containers }) =>
      namespace === 'kube-system' && containers.some(({ name }) => name === 'kube-apiserver'),
  );
  if (planes.length === 0) return undefined;
  if (servers.length === 0) return { ok: 'unknown', why: 'no API server pod is seen' };
  const ready = servers.filter((pod) => conditionOf(pod, 'Ready')?.status === 'True').map(({ node }) => node);
  return no(
    'not ready on ',
    planes.filter((name) => !ready.includes(name)),
  );
}

function budgetsAllow({ world: { objects } }: Facts): Outcome {
  const shut = objects.PodDisruptionBudget.filter(
    ({ expectedPods, disruptionsAllowed }) => expectedPods > 0 && disruptionsAllowed === 0,
  );
  return no(
    'allow none: ',
    shut.map(({ namespace, name }) => `${namespace}/${name}`),
  );
}

function fluxGreen({ faults, world }: Facts): Outcome | undefined {
  if (world.flux.verdicts.length === 0) return undefined;
  return no(
    '',
    wrong(faults, ({ component }) => component === 'flux'),
  );
}

function noOtherUpgrade({ faults }: Facts): Outcome {
  const active = faults.filter(({ component, state }) => component === 'upgrade' && state === 'progressing');
  return no(
    '',
    active.map(({ ref }) => ref),
  );
}

/** States in which something is wrong rather than resting or on its way. */
const WRONG = severity({ state: 'progressing' });

/** Refs of what is wrong, as far as it fits. */
export function wrong(faults: readonly Fault[], fits: (fault: Fault) => boolean): string[] {
  return [...new Set(faults.filter((fault) => severity(fault) < WRONG && fits(fault)).map(({ ref }) => ref))];
}
