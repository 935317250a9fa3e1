import { conditionOf } from '../../conditions.ts';
import { refOf } from '../../objects/meta.ts';
import type { Event, Node } from '../../objects/platform.ts';
import { clip } from '../../text.ts';
import { eventsOn } from '../events-on.ts';
import { firstFault, minutesSince, raised, type Rule, type RuleSet, type Symptom } from '../fault.ts';
import type { World } from '../world.ts';

/** Nodes: a node is told by the first rule that fits. */
const NODE_RULES: readonly Rule<Node>[] = [
  { name: 'NotReady', source: 'kubernetes-mixin alerts/kubelet.libsonnet KubeNodeNotReady', judge: notReady },
  {
    name: 'NetworkUnavailable',
    source: 'kubernetes api/core/v1 NodeNetworkUnavailable',
    judge: (node, world) => pressure(node, 'NetworkUnavailable', world),
  },
  {
    name: 'Flapping',
    source: 'kubernetes-mixin alerts/kubelet.libsonnet KubeNodeReadinessFlapping',
    judge: flapping,
  },
  ...['MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type): Rule<Node> => ({
    name: type,
    source: 'kubernetes-mixin alerts/kubelet.libsonnet KubeNodePressure',
    judge: (node, world) => pressure(node, type, world),
  })),
  {
    name: 'TooManyPods',
    source: 'kubernetes-mixin alerts/kubelet.libsonnet KubeletTooManyPods',
    judge: tooManyPods,
  },
  { name: 'Cordoned', source: 'kubernetes api/core/v1 spec.unschedulable', judge: cordoned },
];

/** Nodes, the lowest layer. */
export const NODES: RuleSet = {
  component: 'node',
  checked: ({ objects }) => objects.Node,
  judge: (world) =>
    world.objects.Node.flatMap(
      (node) => firstFault(NODE_RULES, node, { component: 'node', ref: refOf(node) }, world) ?? [],
    ),
};

function notReady(node: Node, world: World): Symptom | undefined {
  const ready = conditionOf(node, 'Ready');
  if (ready?.status === 'True') return undefined;
  const silent = ready === undefined || ready.status === 'Unknown';
  return {
    state: raised(ready?.since ?? node.created, world.now, 15),
    message: silent
      ? 'its kubelet does not report'
      : clip(`the kubelet reports it is not ready: ${ready.message ?? ready.reason}`, 200),
    since: ready?.since ?? node.created,
    evidence: [
      {
        path: 'conditions[Ready]',
        value: ready ? clip(`${ready.status} ${ready.reason ?? ''}`, 120) : 'absent',
      },
    ],
    next: { tool: 'resource_get', arguments: { kind: 'Node', name: node.name } },
    nodes: [node.name],
  };
}

function pressure(node: Node, type: string, world: World): Symptom | undefined {
  const condition = conditionOf(node, type);
  if (condition?.status !== 'True') return undefined;
  return {
    state: type === 'NetworkUnavailable' ? raised(condition.since, world.now, 15) : 'degraded',
    message: clip(`${type}: ${condition.message ?? condition.reason ?? 'no message'}`, 200),
    since: condition.since,
    evidence: [{ path: `conditions[${type}]`, value: `True ${condition.reason ?? ''}`.trim() }],
    // A node that restarts has no network for a while, but no less memory or disk than before.
    ...(type === 'NetworkUnavailable' && { nodes: [node.name] }),
  };
}

/** In minutes. */
const FLAPPING = 15;

/**
 * Comes and goes: its own events tell restarts, and each of its pods gets a warning when it goes away (kubernetes
 * pkg/controller/util/node MarkPodsNotReady). Counts that reach further back are taken as even.
 */
function flapping(node: Node, world: World): Symptom | undefined {
  const restarts = eventsOn(node, world, ['Rebooted']);
  const losses = (world.podsByNode.get(node.name) ?? []).map((pod) =>
    timesLately(eventsOn(pod, world, ['NodeNotReady']), world.now),
  );
  const times = Math.floor(Math.max(timesLately(restarts, world.now), ...losses));
  if (times <= 2) return undefined;
  return {
    state: 'degraded',
    message: `was lost and came back ${times} times in ${FLAPPING} minutes`,
    since: restarts.at(-1)?.first,
    evidence: [{ path: 'events[NodeNotReady] of its pods', value: `×${times}` }],
    nodes: [node.name],
  };
}

function timesLately(events: readonly Event[], now: number): number {
  const lately = events.filter(({ last }) => minutesSince(last, now) < FLAPPING);
  return lately.reduce((sum, { count, first, last }) => {
    const span = minutesSince(first, now) - minutesSince(last, now);
    return sum + (span > FLAPPING ? (count * FLAPPING) / span : count);
  }, 0);
}

/** Share of the pods it may hold from which on new ones soon have no room. */
const FULL = 0.95;

function tooManyPods({ name, maxPods }: Node, world: World): Symptom | undefined {
  const running = (world.podsByNode.get(name) ?? []).filter(({ phase }) => phase === 'Running').length;
  if (maxPods === undefined || maxPods <= 1 || running <= maxPods * FULL) return undefined;
  return {
    state: 'degraded',
    message: `runs ${running} pods of the ${maxPods} it may hold`,
    evidence: [{ path: 'status.allocatable.pods', value: String(maxPods) }],
  };
}

/** Longer than a drain and reboot take, in minutes: then it was forgotten. */
const FORGOTTEN = 60;

function cordoned(node: Node, world: World): Symptom | undefined {
  if (!node.unschedulable) return undefined;
  const since = node.taints.find(({ key }) => key === 'node.kubernetes.io/unschedulable')?.since;
  return {
    state: minutesSince(since, world.now) >= FORGOTTEN ? 'degraded' : 'info',
    message: 'cordoned: it takes no new pods',
    since,
    evidence: [{ path: 'spec.unschedulable', value: 'true' }],
    nodes: [node.name],
  };
}
