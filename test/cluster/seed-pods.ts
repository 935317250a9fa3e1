import type { Manifest, OwnerReference } from './manifest.ts';
import { addressOf, condition, type Labels, suffixOf, type Times, timesOf } from './seed-core.ts';

export type PodState =
  | 'running'
  | 'crash-looping'
  | 'oom-killed'
  | 'image-pull'
  | 'config-error'
  | 'not-ready'
  | 'unschedulable'
  | 'init-crash-looping'
  | 'creating'
  | 'evicted'
  | 'succeeded';

/** What a pod is made of; the container is called `main`, in an `init-crash-looping` pod there is also `init`. */
export interface PodOptions extends Times {
  state?: PodState;
  labels?: Labels;
  annotations?: Labels;
  image?: string;
  /** Left out for pods that no node took. */
  node?: string;
  restarts?: number;
  /** Exit code of the last run of a crash-looping container. */
  exitCode?: number;
  /** The kubelet's or the scheduler's words, or the termination message of a crash; a typical one when absent. */
  message?: string;
  owner?: OwnerReference[];
  env?: { name: string; value: string }[];
  args?: string[];
}

interface ContainerStatus {
  ready: boolean;
  state: Record<string, unknown>;
  lastState?: Record<string, unknown>;
}

/** Everything a state's status is written from. */
interface Situation {
  name: string;
  space: string;
  image: string;
  since: string;
  now: string;
  exitCode: number;
  message?: string;
}

const MAIN = 'main';

/** A pod with the status a kubelet or scheduler would have written. */
export function pod(name: string, space: string, options: PodOptions = {}): Manifest {
  const {
    state = 'running',
    labels = {},
    annotations = {},
    image = 'registry.test/app:1.0.0',
    owner,
  } = options;
  const bound = state === 'unschedulable' ? {} : { nodeName: options.node ?? 'worker-1' };
  const main = {
    name: MAIN,
    image,
    env: options.env,
    args: options.args,
    ports: [{ name: 'http', containerPort: 8080 }],
  };
  const init = state === 'init-crash-looping' ? { initContainers: [{ name: 'init', image }] } : {};
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: space, labels, annotations, ownerReferences: owner },
    spec: { ...bound, ...init, containers: [main] },
    status: podStatus(state, { ...options, name, space, image }),
  };
}

function podStatus(
  state: PodState,
  options: PodOptions & { name: string; space: string; image: string },
): Record<string, unknown> {
  const { now, since } = timesOf(options);
  const situation: Situation = { exitCode: 1, ...options, now, since };
  if (state === 'unschedulable') return unschedulable(situation);
  if (state === 'evicted') return evicted(situation);
  const { phase, main, init } = CONTAINERS[state](situation);
  const restarts = options.restarts ?? (main.lastState || init?.lastState ? 7 : 0);
  return {
    phase,
    startTime: since,
    hostIP: '10.0.0.11',
    podIP: addressOf(options.name),
    podIPs: [{ ip: addressOf(options.name) }],
    conditions: podConditions(state, main.ready, since),
    containerStatuses: [containerStatus(MAIN, main, situation, init ? 0 : restarts)],
    initContainerStatuses: init ? [containerStatus('init', init, situation, restarts)] : undefined,
  };
}

interface Course {
  phase: string;
  main: ContainerStatus;
  /** There when an init container is what keeps the pod back. */
  init?: ContainerStatus;
}

/** Phase and containers of a pod that a node took, by its state. */
const CONTAINERS: Record<Exclude<PodState, 'unschedulable' | 'evicted'>, (situation: Situation) => Course> = {
  running: ({ since }) => ({
    phase: 'Running',
    main: { ready: true, state: { running: { startedAt: since } } },
  }),
  'not-ready': ({ since }) => ({
    phase: 'Running',
    main: { ready: false, state: { running: { startedAt: since } } },
  }),
  'crash-looping': (situation) => ({ phase: 'Running', main: crashLooping(MAIN, situation, 'Error') }),
  'oom-killed': (situation) => ({
    phase: 'Running',
    main: crashLooping(MAIN, { ...situation, exitCode: 137 }, 'OOMKilled'),
  }),
  'image-pull': ({ image, message = `Back-off pulling image "${image}": not found` }) => ({
    phase: 'Pending',
    main: waiting('ImagePullBackOff', message),
  }),
  'config-error': ({ message = 'configmap "app-config" not found' }) => ({
    phase: 'Pending',
    main: waiting('CreateContainerConfigError', message),
  }),
  creating: () => ({ phase: 'Pending', main: waiting('ContainerCreating') }),
  'init-crash-looping': (situation) => ({
    phase: 'Pending',
    main: waiting('PodInitializing'),
    init: crashLooping('init', situation, 'Error'),
  }),
  succeeded: ({ since, now }) => ({
    phase: 'Succeeded',
    main: {
      ready: false,
      state: { terminated: { exitCode: 0, reason: 'Completed', startedAt: since, finishedAt: now } },
    },
  }),
};

function waiting(reason: string, message?: string): ContainerStatus {
  return { ready: false, state: { waiting: { reason, message } } };
}

function crashLooping(
  container: string,
  { name, space, exitCode, message, since, now }: Situation,
  reason: string,
) {
  const backOff = `back-off 5m0s restarting failed container=${container} pod=${name}_${space}`;
  return {
    ...waiting('CrashLoopBackOff', backOff),
    lastState: { terminated: { exitCode, reason, message, startedAt: since, finishedAt: now } },
  };
}

function containerStatus(
  name: string,
  { ready, state, lastState = {} }: ContainerStatus,
  { image, name: podName }: Situation,
  restartCount: number,
): Record<string, unknown> {
  const id = suffixOf(podName + name, 12);
  return {
    name,
    image,
    imageID: `${image.split(':')[0]}@sha256:${'0'.repeat(64)}`,
    containerID: `containerd://${id}`,
    ready,
    started: 'running' in state,
    restartCount,
    state,
    lastState,
  };
}

type Verdict = ['True' | 'False', string, string];

const YES: Verdict = ['True', '', ''];

function podConditions(state: PodState, ready: boolean, since: string): Record<string, unknown>[] {
  const unready: Verdict = ['False', 'ContainersNotReady', `containers with unready status: [${MAIN}]`];
  const done: Verdict = ['False', 'PodCompleted', ''];
  const waits: Verdict = ['False', 'ContainersNotInitialized', 'containers with incomplete status: [init]'];
  const notReady = state === 'succeeded' ? done : unready;
  return [
    condition('PodScheduled', ...YES, since),
    condition('Initialized', ...(state === 'init-crash-looping' ? waits : YES), since),
    condition('ContainersReady', ...(ready ? YES : notReady), since),
    condition('Ready', ...(ready ? YES : notReady), since),
  ];
}

function unschedulable({ since, message = '0/3 nodes are available: 3 Insufficient memory.' }: Situation) {
  const conditions = [condition('PodScheduled', 'False', 'Unschedulable', message, since)];
  return { phase: 'Pending', conditions };
}

function evicted({ since, message = 'The node was low on resource: ephemeral-storage.' }: Situation) {
  return { phase: 'Failed', reason: 'Evicted', message, startTime: since };
}
