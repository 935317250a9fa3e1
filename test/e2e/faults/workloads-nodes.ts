import type { Manifest } from '../../cluster/manifest.ts';
import { deploymentTree, node, pod } from '../../cluster/seed.ts';
import type { Fault } from './fault.ts';
import { ago, SHOP, since, WIKI } from './workloads-parts.ts';

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
export const NODE_FAULTS: readonly Fault[] = [
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
