import { deploymentTree, pod, warning } from '../../cluster/seed.ts';
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

/** Pods that find no node, and what every node needs. */
export const PLACE_FAULTS: readonly Fault[] = [...SCHEDULING, ...CLUSTER_FAULTS];
