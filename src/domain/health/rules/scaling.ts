import { conditionOf } from '../../conditions.ts';
import { refOf } from '../../objects/meta.ts';
import type { Autoscaler, DisruptionBudget, Pod } from '../../objects/workload.ts';
import { byText, clip } from '../../text.ts';
import { selectedPods } from '../endpoints.ts';
import { firstFault, minutesSince, raised, type Rule, type RuleSet, type Symptom } from '../fault.ts';
import { namedCauses } from '../named-causes.ts';
import type { World } from '../world.ts';

/** HorizontalPodAutoscalers. */
const AUTOSCALER_RULES: readonly Rule<Autoscaler>[] = [
  {
    name: 'CannotScale',
    source: 'kubernetes api/autoscaling/v2 AbleToScale',
    judge: (hpa, world) => inactive(hpa, 'AbleToScale', world),
  },
  {
    name: 'ScalingInactive',
    source: 'kubernetes api/autoscaling/v2 ScalingActive',
    judge: (hpa, world) => inactive(hpa, 'ScalingActive', world),
  },
  {
    name: 'MaxedOut',
    source: 'kubernetes-mixin alerts/apps_alerts.libsonnet KubeHpaMaxedOut',
    judge: maxedOut,
  },
];

/** PodDisruptionBudgets. */
const BUDGET_RULES: readonly Rule<DisruptionBudget>[] = [
  {
    name: 'BudgetSyncFailed',
    source: 'kubernetes api/policy/v1 DisruptionAllowed, SyncFailed',
    judge: syncFailed,
  },
  {
    name: 'BudgetExhausted',
    source: 'kubernetes-mixin alerts/apps_alerts.libsonnet KubePdbNotEnoughHealthyPods',
    judge: exhausted,
  },
  { name: 'BudgetBlocksDrain', source: 'kubernetes api/policy/v1 disruptionsAllowed', judge: blocksDrain },
];

/** Autoscalers and disruption budgets. */
export const SCALING: RuleSet = {
  component: 'scaling',
  checked: ({ objects }) => [...objects.HorizontalPodAutoscaler, ...objects.PodDisruptionBudget],
  judge: (world) => [
    ...world.objects.HorizontalPodAutoscaler.flatMap((hpa) => judge(AUTOSCALER_RULES, hpa, world)),
    ...world.objects.PodDisruptionBudget.flatMap((budget) => judge(BUDGET_RULES, budget, world)),
  ],
};

function judge<T extends Autoscaler | DisruptionBudget>(rules: readonly Rule<T>[], object: T, world: World) {
  if (object.deletion) return [];
  return firstFault(rules, object, { component: 'scaling', ref: refOf(object) }, world) ?? [];
}

function inactive(hpa: Autoscaler, type: string, world: World): Symptom | undefined {
  const condition = conditionOf(hpa, type);
  if (condition?.status !== 'False' || condition.reason === 'ScalingDisabled') return undefined;
  const text = condition.message ?? condition.reason ?? type;
  return {
    state: raised(condition.since, world.now, 15),
    reason: condition.reason,
    message: clip(`does not scale: ${text}`, 200),
    since: condition.since,
    evidence: [{ path: `conditions[${type}]`, value: `False ${condition.reason ?? ''}`.trim() }],
    causes: [...namedCauses(text, world), targetOf(hpa)],
  };
}

function targetOf({ target, namespace }: Autoscaler): string {
  return refOf({ ...target, namespace: target.namespace ?? namespace });
}

function maxedOut(hpa: Autoscaler, world: World): Symptom | undefined {
  const limited = conditionOf(hpa, 'ScalingLimited');
  if (limited?.status !== 'True' || limited.reason !== 'TooManyReplicas') return undefined;
  if (hpa.max === hpa.min || hpa.current < hpa.max) return undefined;
  return {
    state: minutesSince(limited.since, world.now) >= 15 ? 'degraded' : 'info',
    message: `wants more than its maximum of ${hpa.max} replicas`,
    since: limited.since,
    causes: [targetOf(hpa)],
  };
}

function syncFailed(budget: DisruptionBudget, world: World): Symptom | undefined {
  const allowed = conditionOf(budget, 'DisruptionAllowed');
  if (allowed?.status !== 'False' || allowed.reason !== 'SyncFailed') return undefined;
  return {
    state: raised(allowed.since, world.now, 15),
    message: clip(`its pods cannot be counted: ${allowed.message ?? 'SyncFailed'}`, 200),
    since: allowed.since,
  };
}

/** Fewer healthy pods than it demands: those pods are the cause. */
function exhausted(budget: DisruptionBudget, world: World): Symptom | undefined {
  if (budget.expectedPods === 0 || budget.currentHealthy >= budget.desiredHealthy) return undefined;
  const pods = selectedPods(budget.namespace, budget.selector, world);
  const owners = pods.map((pod) => world.ownerOf(pod));
  return {
    state: 'degraded',
    message: `${budget.currentHealthy} healthy pods of the ${budget.desiredHealthy} it demands: no node with one can be drained`,
    since: conditionOf(budget, 'DisruptionAllowed')?.since,
    causes: [...new Set(owners)].toSorted(byText),
    nodes: nodesOfMissing(budget, pods, world),
  };
}

/** Where its pods are missing: the nodes of those that are not ready, and for those that have none the cordoned ones. */
function nodesOfMissing({ expectedPods }: DisruptionBudget, pods: readonly Pod[], world: World): string[] {
  const unready = pods.filter((pod) => conditionOf(pod, 'Ready')?.status !== 'True');
  const isEvicted = pods.length < expectedPods || unready.some(({ node }) => node === undefined);
  const own = unready.flatMap(({ node }) => node ?? []);
  return [...new Set([...own, ...(isEvicted || own.length === 0 ? cordonedNodes(world) : [])])];
}

function cordonedNodes({ objects }: World): string[] {
  return objects.Node.filter(({ unschedulable }) => unschedulable).map(({ name }) => name);
}

/** By its own numbers it never allows a disruption; that matters once a node is to be drained. */
function blocksDrain(budget: DisruptionBudget, world: World): Symptom | undefined {
  if (budget.expectedPods === 0 || budget.disruptionsAllowed > 0) return undefined;
  const cordoned = new Set(cordonedNodes(world));
  const held = new Set(
    selectedPods(budget.namespace, budget.selector, world).flatMap(({ node }) =>
      node !== undefined && cordoned.has(node) ? [node] : [],
    ),
  );
  const [first] = held;
  return {
    state: first ? 'degraded' : 'info',
    message: `allows no disruption of ${budget.expectedPods} pods${first ? `: it holds up the drain of node ${first}` : ''}`,
    since: conditionOf(budget, 'DisruptionAllowed')?.since,
    evidence: [
      {
        path: 'spec',
        value:
          budget.minAvailable === undefined
            ? `maxUnavailable ${budget.maxUnavailable ?? '?'}`
            : `minAvailable ${budget.minAvailable}`,
      },
    ],
    nodes: [...held],
  };
}
