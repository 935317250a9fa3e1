import { conditionOf } from '../../conditions.ts';
import type { CiliumEndpoint, CiliumPolicy } from '../../objects/cilium.ts';
import { refOf } from '../../objects/meta.ts';
import type { Node } from '../../objects/platform.ts';
import type { Pod } from '../../objects/workload.ts';
import { clip } from '../../text.ts';
import {
  type Fault,
  firstFault,
  minutesSince,
  raised,
  type Rule,
  type RuleSet,
  type Symptom,
} from '../fault.ts';
import type { World } from '../world.ts';

/** What Cilium says on Nodes; its agents and operator are workloads and judged as such. */
const NODE_RULES: readonly Rule<Node>[] = [
  { name: 'CiliumAgentNotReady', source: 'cilium pkg/defaults AgentNotReadyNodeTaint', judge: agentTaint },
  {
    name: 'CiliumNodeMissing',
    source: 'cilium pkg/nodediscovery, one CiliumNode for each Node',
    judge: nodeMissing,
  },
];

const ENDPOINT_RULES: readonly Rule<CiliumEndpoint>[] = [
  { name: 'EndpointInvalid', source: 'cilium api/v1/models/endpoint_state.go', judge: invalid },
  { name: 'EndpointNotReady', source: 'cilium api/v1/models/endpoint_state.go', judge: notReady },
];

const POLICY_RULES: readonly Rule<CiliumPolicy>[] = [
  {
    name: 'PolicyInvalid',
    source: 'cilium pkg/k8s/apis/cilium.io/v2 PolicyConditionValid',
    judge: policyInvalid,
  },
];

/** Cilium: nodes without their agent, endpoints that are not served, policies that are not applied. */
export const CILIUM: RuleSet = {
  component: 'cni',
  checked: ({ objects }) => [
    ...objects.CiliumNode,
    ...objects.CiliumEndpoint,
    ...objects.CiliumNetworkPolicy,
    ...objects.CiliumClusterwideNetworkPolicy,
  ],
  judge: (world) => [
    ...judged(world.objects.Node, NODE_RULES, world),
    ...judged(world.objects.CiliumEndpoint, ENDPOINT_RULES, world),
    ...judged(
      [...world.objects.CiliumNetworkPolicy, ...world.objects.CiliumClusterwideNetworkPolicy],
      POLICY_RULES,
      world,
    ),
  ],
};

function judged<T extends Node | CiliumEndpoint | CiliumPolicy>(
  subjects: readonly T[],
  rules: readonly Rule<T>[],
  world: World,
): Fault[] {
  return subjects.flatMap((subject) =>
    subject.deletion
      ? []
      : (firstFault(rules, subject, { component: 'cni', ref: refOf(subject) }, world) ?? []),
  );
}

const AGENT_TAINT = 'node.cilium.io/agent-not-ready';

function agentTaint(node: Node, world: World): Symptom | undefined {
  const taint = node.taints.find(({ key }) => key === AGENT_TAINT);
  if (taint === undefined) return undefined;
  const since = taint.since ?? (minutesSince(node.created, world.now) < JOINING ? node.created : undefined);
  return {
    state: since === node.created ? 'progressing' : raised(since, world.now, JOINING),
    message: 'the Cilium agent is not ready on it: new pods are kept away',
    since,
    evidence: [{ path: 'spec.taints', value: AGENT_TAINT }],
    causes: agents(world),
    nodes: [node.name],
  };
}

/** Minutes that the agent of a node that has just joined may take. */
const JOINING = 5;

/** Where no node has one, Cilium keeps none: nothing is missing then. */
function nodeMissing(node: Node, world: World): Symptom | undefined {
  const { CiliumNode } = world.objects;
  if (CiliumNode.length === 0 || minutesSince(node.created, world.now) < JOINING) return undefined;
  if (CiliumNode.some(({ name }) => name === node.name)) return undefined;
  return {
    state: 'degraded',
    message: 'has no CiliumNode: no Cilium agent has ever served it',
    since: node.created,
    evidence: [{ path: `CiliumNode/${node.name}`, value: 'absent' }],
    causes: agents(world),
    nodes: [node.name],
  };
}

function agents({ objects }: World): string[] {
  return objects.DaemonSet.filter(({ name }) => name === 'cilium').map(refOf);
}

function invalid(endpoint: CiliumEndpoint, world: World): Symptom | undefined {
  if (endpoint.state !== 'invalid') return undefined;
  return {
    state: 'failed',
    message: 'its endpoint is invalid: the pod has no network',
    since: endpoint.created,
    ...told(endpoint, world),
  };
}

/** States that a pod which serves passes through whenever a policy changes; only together with an unready pod do they tell. */
const PASSING: ReadonlySet<string> = new Set(['regenerating', 'waiting-to-regenerate', 'restoring']);

const WAITING: ReadonlySet<string> = new Set(['not-ready', 'waiting-for-identity', ...PASSING]);

/** In minutes. */
const PATIENCE = 5;

/** An endpoint does not say since when it is in its state: its pod does, or its own age is the most it can be. */
function notReady(endpoint: CiliumEndpoint, world: World): Symptom | undefined {
  const { state = '' } = endpoint;
  if (!WAITING.has(state)) return undefined;
  const ready = conditionOf(podOf(endpoint, world) ?? endpoint, 'Ready');
  if (PASSING.has(state) && ready?.status === 'True') return undefined;
  const since = ready?.status === 'False' ? ready.since : endpoint.created;
  return {
    state: minutesSince(since, world.now) < PATIENCE ? 'progressing' : 'degraded',
    message: `its Cilium endpoint is ${state}`,
    since,
    ...told(endpoint, world),
  };
}

function told(endpoint: CiliumEndpoint, world: World): Pick<Symptom, 'evidence' | 'causes' | 'nodes'> {
  const node = podOf(endpoint, world)?.node;
  return {
    evidence: [{ path: 'status.state', value: endpoint.state ?? '' }],
    causes: [...(node === undefined ? [] : [refOf({ kind: 'Node', name: node })]), ...agents(world)],
    ...(node !== undefined && { nodes: [node] }),
  };
}

function podOf({ namespace, name }: CiliumEndpoint, world: World): Pod | undefined {
  const pod = world.byRef.get(refOf({ kind: 'Pod', namespace, name }));
  return pod as Pod | undefined;
}

function policyInvalid(policy: CiliumPolicy): Symptom | undefined {
  const valid = conditionOf(policy, 'Valid');
  if (valid?.status !== 'False') return undefined;
  return {
    state: 'failed',
    message: clip(
      `Cilium refuses it, so it protects nothing: ${valid.message ?? valid.reason ?? 'no reason'}`,
      220,
    ),
    since: valid.since,
    evidence: [{ path: 'conditions[Valid]', value: 'False' }],
  };
}
