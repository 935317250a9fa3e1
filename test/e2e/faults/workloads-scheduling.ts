import type { Manifest } from '../../cluster/manifest.ts';
import { deploymentTree, node, pod, warning } from '../../cluster/seed.ts';
import type { Fault } from './fault.ts';
import { ago, BEHIND_WIKI, brokenApp, setOf, since, SHOP, warnedApp, WIKI } from './workloads-parts.ts';

const wiki = (reason: string): Fault['root'] => ({ ref: WIKI, reason });

const NODES = '0/4 nodes are available';

function unschedulable(name: string, message: string): Fault {
  return {
    name,
    objects: () => brokenApp([{ state: 'unschedulable', message: `${NODES}: ${message}` }]),
    root: wiki('Unschedulable'),
    decoys: BEHIND_WIKI,
  };
}

const CONTROL = '1 node(s) had untolerated taint {node-role.kubernetes.io/control-plane: }';

/** No node takes a pod. */
const SCHEDULING: readonly Fault[] = [
  unschedulable(
    'no node has enough memory',
    `${CONTROL}, 3 Insufficient memory. preemption: 0/4 nodes are available: 4 No preemption victims found for incoming pod.`,
  ),
  unschedulable(
    'every node has a taint that is not tolerated',
    '4 node(s) had untolerated taint {dedicated: gpu}.',
  ),
  unschedulable(
    'no node has the label that a pod asks for',
    "4 node(s) didn't match Pod's node affinity/selector.",
  ),
  unschedulable('a claim does not exist', 'persistentvolumeclaim "wiki-data" not found.'),
  {
    name: 'the scheduler is gone: a pod waits, and nothing says why',
    objects: () =>
      brokenApp([{ state: 'unschedulable' }]).map((object) =>
        object.kind === 'Pod' ? { ...object, status: { phase: 'Pending' } } : object,
      ),
    root: wiki('NotScheduled'),
    decoys: BEHIND_WIKI,
  },
  {
    name: 'a DaemonSet has no room on one node',
    objects: () =>
      setOf(
        'DaemonSet',
        'agent',
        {
          desiredNumberScheduled: 3,
          currentNumberScheduled: 3,
          updatedNumberScheduled: 3,
          numberMisscheduled: 0,
          numberReady: 2,
          numberAvailable: 2,
          numberUnavailable: 1,
        },
        [
          {},
          { node: 'worker-2' },
          {
            state: 'unschedulable',
            message: `${NODES}: 1 Insufficient cpu, 3 node(s) didn't match Pod's node affinity/selector.`,
          },
        ],
      ),
    root: { ref: 'DaemonSet/shop/agent', reason: 'Unschedulable' },
  },
  {
    name: 'a StatefulSet is stuck behind its first pod: the others do not exist',
    objects: () => [
      ...setOf('StatefulSet', 'queue', { wanted: 3, replicas: 1, currentReplicas: 1, updatedReplicas: 1 }, [
        { state: 'crash-looping', exitCode: 1 },
      ]),
    ],
    root: { ref: 'StatefulSet/shop/queue', reason: 'CrashLoopBackOff' },
  },
];

/** Pods of two applications on one node, and one of them in the way of its own deletion. */
function onNode(name: string): Manifest[] {
  const lost = deploymentTree('wiki', SHOP, {
    since: since(),
    service: true,
    nodes: [name],
    pods: [{ state: 'not-ready' }],
  });
  const ghost = pod('wiki-ghost', SHOP, {
    state: 'not-ready',
    node: name,
    since: since(),
    labels: { 'app.kubernetes.io/name': 'wiki' },
  });
  return [...lost, { ...ghost, metadata: { ...ghost.metadata, deletionTimestamp: ago(30) } }];
}

/** A node with the pressure that the kubelet evicts for. */
function withoutDisk(name: string): Manifest {
  const whole = node(name, { since: since() });
  const conditions = whole.status?.['conditions'] as { type: string }[];
  const taint = { key: 'node.kubernetes.io/disk-pressure', effect: 'NoSchedule', timeAdded: ago(40) };
  const full = { status: 'True', reason: 'KubeletHasDiskPressure', message: 'kubelet has disk pressure' };
  return {
    ...whole,
    spec: { ...whole.spec, taints: [taint] },
    status: {
      ...whole.status,
      conditions: conditions.map((one) => (one.type === 'DiskPressure' ? { ...one, ...full } : one)),
    },
  };
}

/** A node is what is wrong, and shows in what runs there. */
const NODE_FAULTS: readonly Fault[] = [
  {
    name: 'the kubelet of a node does not report: its pods are not ready, one cannot be deleted',
    objects: () => [node('worker-2', { state: 'lost', since: since() }), ...onNode('worker-2')],
    root: { ref: 'Node/worker-2', reason: 'NotReady' },
    decoys: [WIKI, 'Service/shop/wiki', 'Pod/shop/wiki-ghost'],
  },
  {
    name: 'the network of a node is not set up, so that it is not ready',
    objects: () => [node('worker-2', { state: 'not-ready', since: since() }), ...onNode('worker-2')],
    root: { ref: 'Node/worker-2', reason: 'NotReady' },
    decoys: [WIKI, 'Service/shop/wiki'],
  },
  {
    name: 'the disk of a node is full: pods are evicted from it and not replaced',
    objects: () => [
      withoutDisk('worker-2'),
      pod('once', SHOP, {
        state: 'evicted',
        node: 'worker-2',
        since: since(35),
        message: 'The node was low on resource: ephemeral-storage. Threshold quantity: 5Gi, available: 1Gi.',
      }),
    ],
    root: { ref: 'Node/worker-2', reason: 'DiskPressure' },
    decoys: ['Pod/shop/once'],
  },
  {
    name: 'trap: pods were evicted from a node that has recovered, and nobody has replaced them',
    objects: () => [pod('once', SHOP, { state: 'evicted', node: 'worker-2', since: since(35) })],
    root: { ref: 'Node/worker-2', reason: 'Evicted' },
    decoys: ['Pod/shop/once'],
  },
  {
    name: 'trap: a cordoned node waits for a budget that never allows a disruption',
    objects: () => [
      node('worker-3', { state: 'cordoned', since: since() }),
      ...deploymentTree('wiki', SHOP, { since: since(), nodes: ['worker-3'] }),
      {
        apiVersion: 'policy/v1',
        kind: 'PodDisruptionBudget',
        metadata: { name: 'wiki', namespace: SHOP },
        spec: { minAvailable: 1, selector: { matchLabels: { 'app.kubernetes.io/name': 'wiki' } } },
        status: {
          observedGeneration: 1,
          expectedPods: 1,
          currentHealthy: 1,
          desiredHealthy: 1,
          disruptionsAllowed: 0,
        },
      },
    ],
    root: { ref: 'PodDisruptionBudget/shop/wiki', reason: 'BudgetBlocksDrain' },
    decoys: ['Node/worker-3'],
  },
];

const SANDBOX =
  'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to setup network for sandbox: plugin type="cilium-cni" failed (add): unable to connect to Cilium agent: dial unix /var/run/cilium/cilium.sock: connect: no such file or directory';

/** What every pod needs is what is wrong. */
const CLUSTER_FAULTS: readonly Fault[] = [
  {
    name: 'the network plugin gives a pod no sandbox',
    objects: () => warnedApp({ state: 'creating' }, 'FailedCreatePodSandBox', SANDBOX),
    root: wiki('FailedCreatePodSandBox'),
    decoys: BEHIND_WIKI,
  },
  {
    name: 'the Cilium agent of a node crashes: a new pod there gets no sandbox',
    objects: () => [
      ...warnedApp({ state: 'creating', node: 'worker-2' }, 'FailedCreatePodSandBox', SANDBOX),
      ...setOf(
        'DaemonSet',
        'cilium',
        {
          desiredNumberScheduled: 3,
          currentNumberScheduled: 3,
          updatedNumberScheduled: 3,
          numberMisscheduled: 0,
          numberReady: 2,
          numberAvailable: 2,
          numberUnavailable: 1,
        },
        [
          { labels: { 'k8s-app': 'cilium' } },
          { node: 'worker-2', labels: { 'k8s-app': 'cilium' }, state: 'crash-looping', exitCode: 1 },
          { node: 'worker-3', labels: { 'k8s-app': 'cilium' } },
        ],
        'kube-system',
      ),
    ],
    root: { ref: 'DaemonSet/kube-system/cilium', reason: 'CrashLoopBackOff' },
    decoys: [WIKI, ...BEHIND_WIKI],
  },
  {
    name: 'CoreDNS crashes, and applications crash because no name resolves',
    objects: () => [
      ...deploymentTree('coredns', 'kube-system', {
        since: since(),
        pods: [{ state: 'crash-looping', exitCode: 1 }],
      }),
      ...brokenApp([
        { state: 'crash-looping', exitCode: 1, message: 'lookup postgres.shop.svc: i/o timeout' },
      ]),
    ],
    root: { ref: 'Deployment/kube-system/coredns', reason: 'CrashLoopBackOff' },
    decoys: [WIKI, ...BEHIND_WIKI],
  },
  {
    name: 'a bare pod has failed, and nothing replaces it',
    objects: () => {
      const once = pod('once', SHOP, { since: since() });
      return [
        {
          ...once,
          status: {
            phase: 'Failed',
            startTime: ago(40),
            containerStatuses: [
              {
                name: 'main',
                image: 'registry.test/app:1.0.0',
                imageID: '',
                ready: false,
                restartCount: 0,
                state: {
                  terminated: { exitCode: 3, reason: 'Error', startedAt: ago(40), finishedAt: ago(39) },
                },
              },
            ],
          },
        },
        warning(once, 'Failed', 'Error', { count: 1 }),
      ];
    },
    root: { ref: 'Pod/shop/once', reason: 'PodFailed' },
  },
];

/** Pods that find no node, nodes that carry none, and what every node needs. */
export const PLACE_FAULTS: readonly Fault[] = [...SCHEDULING, ...NODE_FAULTS, ...CLUSTER_FAULTS];
