import { type ClusterObject, refOf } from '../../objects/meta.ts';
import type { Pod, Workload } from '../../objects/workload.ts';
import { byText, nameSome } from '../../text.ts';
import { STATES, type State } from '../../finding.ts';
import {
  type Component,
  earliest,
  type Fault,
  firstFault,
  type Known,
  type Rule,
  type RuleSet,
} from '../fault.ts';
import { isFlowing } from '../known.ts';
import { backingRefs } from '../backing.ts';
import type { World } from '../world.ts';
import { CONTAINER_RULES } from './containers.ts';
import { SCHEDULING_RULES } from './scheduling.ts';
import { STARTUP_RULES } from './startup.ts';

/** In this order: a pod is told by the first that fits. */
const POD_RULES: readonly Rule<Pod>[] = [...CONTAINER_RULES, ...SCHEDULING_RULES, ...STARTUP_RULES];

/** Pods, blamed on the workload they belong to: five crashing pods of one Deployment are one fault. */
export const PODS: RuleSet = {
  component: 'workload',
  checked: ({ objects, ownerOf, byRef }) =>
    objects.Pod.filter((pod) => {
      const owner = ownerOf(pod);
      return owner === refOf(pod) || !byRef.has(owner);
    }),
  judge: (world, known) => groups(sick(world), world, known).map((group) => faultOfGroup(group, world)),
};

interface Sick {
  pod: Pod;
  fault: Fault;
}

interface Group {
  owner: string;
  /** The fault that explains all of them, if one does. */
  explanation?: string;
  pods: Sick[];
}

function sick(world: World): Sick[] {
  return world.objects.Pod.filter(isJudged).flatMap((pod) => {
    const fault = firstFault(POD_RULES, pod, { component: 'workload', ref: refOf(pod) }, world);
    return fault ? [{ pod, fault }] : [];
  });
}

/** Ended pods are the failed-pods rules', deleted ones the deletion rules'. */
function isJudged({ phase, deletion }: Pod): boolean {
  return deletion === undefined && phase !== 'Succeeded' && phase !== 'Failed';
}

function groups(pods: readonly Sick[], world: World, known: Known): Group[] {
  const byKey = new Map<string, Group>();
  for (const one of pods) {
    const owner = world.ownerOf(one.pod);
    const explanation = explanationOf(one, world, known);
    const key = `${owner}<${explanation ?? ''}`;
    const group = byKey.get(key);
    if (group) group.pods.push(one);
    else byKey.set(key, { owner, explanation, pods: [one] });
  }
  return [...byKey.values()];
}

/** A node that is down explains whatever its pods show; else what the rule suspects or stores its data and is at fault. */
function explanationOf({ pod, fault }: Sick, world: World, known: Known): string | undefined {
  if (pod.node !== undefined && world.downNodes.has(pod.node)) return refOf({ kind: 'Node', name: pod.node });
  return [...fault.causes, ...backingRefs(pod, world)].find((ref) => known.get(ref)?.some(isFlowing));
}

function faultOfGroup({ owner, explanation, pods }: Group, world: World): Fault {
  const ordered = pods.toSorted(
    (a, b) => urgency(a.fault) - urgency(b.fault) || byText(a.pod.name, b.pod.name),
  );
  const first = ordered[0]?.fault as Fault;
  const names = ordered.map(({ pod }) => pod.name);
  const all = (world.podsByOwner.get(owner) ?? []).filter(
    ({ phase }) => phase !== 'Succeeded' && phase !== 'Failed',
  );
  const alone = owner === first.ref;
  return {
    ...first,
    ref: owner,
    component: componentOf(owner),
    state: worst(ordered.map(({ fault }) => fault.state)),
    message: alone ? first.message : `${names.length} of ${all.length} pods: ${first.message}`,
    since: earliest(ordered.map(({ fault }) => fault.since)),
    evidence: [...(alone ? [] : [{ path: 'pods', value: nameSome(names, 3) }]), ...first.evidence],
    causes: explanation === undefined ? first.causes : [explanation],
    members: alone ? [] : ordered.map(({ fault }) => fault.ref),
    next: nextFor(ordered[0]?.pod),
  };
}

function urgency({ state, rule }: Fault): number {
  const waits = state === 'progressing' ? POD_RULES.length : 0;
  return waits + POD_RULES.findIndex(({ name }) => name === rule);
}

function worst(states: readonly State[]): State {
  return STATES.find((state) => states.includes(state)) ?? 'unknown';
}

function componentOf(owner: string): Component {
  return owner.startsWith('Job/') || owner.startsWith('CronJob/') ? 'job' : 'workload';
}

function nextFor(pod: Pod | undefined): Fault['next'] {
  return pod && { tool: 'event_list', arguments: { namespace: pod.namespace, kind: 'Pod', name: pod.name } };
}

/** Whether a workload has all the pods it wants: what failed before has been replaced. */
export function isWhole(object: ClusterObject | undefined): boolean {
  return (
    object !== undefined &&
    'available' in object &&
    (object as Workload).available >= (object as Workload).desired
  );
}
