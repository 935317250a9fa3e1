import type { Manifest } from '../../cluster/manifest.ts';
import { condition, deploymentTree, node, ownedBy, pod, warning } from '../../cluster/seed.ts';
import { rawCiliumNode } from '../../cluster/crds/cilium.ts';
import { ago, type Fault, since } from './fault.ts';
import { ingress, podOf } from './parts.ts';

const APART = 'worker-4';

/** One more node, and what runs on it. */
function apart(state: 'lost' | 'not-ready' | 'memory-pressure', minutes = 40): Manifest[] {
  return [node(APART, { state, controlPlane: true, since: since(minutes) }), rawCiliumNode(APART)];
}

/** A Deployment whose only pod is on the node that is lost. */
function stranded(name: string): Manifest[] {
  return [
    ...deploymentTree(name, 'apps', {
      nodes: [APART],
      since: since(40),
      pods: [{ state: 'not-ready', since: since(40) }],
      service: true,
    }),
    ingress(name),
  ];
}

/** A budget that never lets go of the only pod of Deployment `shop`, which is on a node to be drained. */
function heldDrain(): Manifest[] {
  return [
    node(APART, { state: 'cordoned', controlPlane: true, since: since(10) }),
    ...deploymentTree('shop', 'apps', { nodes: [APART], since: since(300) }),
    {
      apiVersion: 'policy/v1',
      kind: 'PodDisruptionBudget',
      metadata: { name: 'shop', namespace: 'apps' },
      spec: { minAvailable: 1, selector: { matchLabels: { 'app.kubernetes.io/name': 'shop' } } },
      status: {
        observedGeneration: 1,
        currentHealthy: 1,
        desiredHealthy: 1,
        expectedPods: 1,
        disruptionsAllowed: 0,
        conditions: [condition('DisruptionAllowed', 'False', 'InsufficientPods', '', ago(300))],
      },
    },
  ];
}

/** What goes wrong with a node, and on it. */
export const NODE_FAULTS: readonly Fault[] = [
  {
    name: 'a kubelet is silent',
    objects: () => [...apart('lost'), ...stranded('shop'), ...stranded('blog')],
    root: { ref: `Node/${APART}`, reason: 'NotReady', says: /kubelet does not report/ },
    decoys: ['Deployment/apps/shop', 'Deployment/apps/blog', 'Service/apps/shop', 'Ingress/apps/blog'],
  },
  {
    name: 'a node has no network plugin',
    objects: () => apart('not-ready'),
    root: { ref: `Node/${APART}`, reason: 'NotReady', says: /cni plugin not initialized/ },
  },
  {
    name: 'a node is short of memory',
    objects: () => apart('memory-pressure'),
    root: { ref: `Node/${APART}`, reason: 'MemoryPressure' },
  },
  {
    name: 'a node was cordoned and forgotten',
    objects: () => [node(APART, { state: 'cordoned', since: since(300) })],
    root: { ref: `Node/${APART}`, reason: 'Cordoned' },
  },
  {
    name: 'a budget holds up a drain',
    objects: heldDrain,
    root: {
      ref: 'PodDisruptionBudget/apps/shop',
      reason: 'BudgetBlocksDrain',
      says: /holds up the drain of node worker-4/,
    },
  },
  {
    name: 'pods were evicted from a node',
    objects: () => {
      const objects = deploymentTree('shop', 'apps', {
        since: since(30),
        pods: [{ state: 'evicted', node: 'worker-2' }],
      });
      return objects;
    },
    root: { ref: 'Node/worker-2', reason: 'Evicted', says: /low on resource: ephemeral-storage/ },
  },
  {
    name: 'a pod does not go away',
    objects: () => [
      {
        ...pod('held', 'apps', { since: since(90) }),
        metadata: { name: 'held', namespace: 'apps', finalizers: ['example.test/hold'] },
      },
    ],
    deleted: [{ apiVersion: 'v1', kind: 'Pod', metadata: { name: 'held', namespace: 'apps' } }],
    root: { ref: 'Pod/apps/held', reason: 'Terminating', says: /waits for example.test\/hold/ },
  },
  {
    name: 'the Cilium agent crashes on a node, and no pod there gets a network',
    objects: () => {
      const agent = {
        apiVersion: 'apps/v1',
        kind: 'DaemonSet',
        metadata: { name: 'cilium', namespace: 'kube-system' },
      };
      const owner = ownedBy(agent).map((one) => ({ ...one, uid: 'of-the-agent' }));
      const shop = deploymentTree('shop', 'apps', {
        since: since(30),
        pods: [{ state: 'creating', since: since(30) }],
      });
      return [
        pod('cilium-x', 'kube-system', {
          state: 'crash-looping',
          since: since(30),
          labels: { 'k8s-app': 'cilium' },
          owner,
        }),
        ...shop,
        warning(
          podOf(shop),
          'FailedCreatePodSandBox',
          'plugin type="cilium-cni" failed (add): unable to connect to Cilium agent',
        ),
      ];
    },
    root: { ref: 'DaemonSet/kube-system/cilium', reason: 'CrashLoopBackOff' },
    decoys: ['Deployment/apps/shop'],
  },
];
