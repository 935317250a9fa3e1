import { parseTime } from '../../duration.ts';
import type { Container, Pod, Termination } from '../../objects/workload.ts';
import { clip } from '../../text.ts';
import { earliest, minutesSince, type Proof, raised, type Rule, type Symptom } from '../fault.ts';
import type { World } from '../world.ts';
import { conditionOf } from '../../conditions.ts';
import { eventsOn } from '../events-on.ts';
import { imagePullCause } from './image-pull.ts';
import { missingConfig } from './missing-config.ts';

/** What goes wrong inside a pod that has a node: its containers' own states. */
export const CONTAINER_RULES: readonly Rule<Pod>[] = [
  {
    name: 'CrashLoopBackOff',
    source: 'kubernetes-mixin alerts/apps_alerts.libsonnet KubePodCrashLooping',
    judge: (pod, world) => onContainer(pod, (container) => isLooping(container, world.now), crashLoop, world),
  },
  {
    name: 'OOMKilled',
    source: 'kubernetes pkg/kubelet/kuberuntime, reason OOMKilled',
    judge: (pod, world) =>
      onContainer(pod, (container) => oomOf(container, world.now) !== undefined, oomKill, world),
  },
  {
    name: 'ImagePullBackOff',
    source: 'kubernetes pkg/kubelet/images/types.go',
    judge: (pod, world) => onContainer(pod, waitsFor(IMAGE_REASONS), imagePull, world),
  },
  {
    name: 'ContainerConfig',
    source: 'kubernetes pkg/kubelet/kuberuntime/kuberuntime_container.go',
    judge: (pod, world) => onContainer(pod, waitsFor(CONFIG_REASONS), badConfig, world),
  },
];

const IMAGE_REASONS: ReadonlySet<string> = new Set([
  'ErrImagePull',
  'ImagePullBackOff',
  'InvalidImageName',
  'ErrImageNeverPull',
  'ImageInspectError',
  'RegistryUnavailable',
  'SignatureValidationFailed',
]);

const CONFIG_REASONS: ReadonlySet<string> = new Set([
  'CreateContainerConfigError',
  'CreateContainerError',
  'RunContainerError',
]);

const ROLES: readonly Container['role'][] = ['init', 'sidecar', 'main'];

function onContainer(
  pod: Pod,
  test: (container: Container) => boolean,
  symptom: (container: Container, pod: Pod, world: World) => Symptom,
  world: World,
): Symptom | undefined {
  const affected = pod.containers.filter(test);
  const container = ROLES.map((role) => affected.find((one) => one.role === role)).find((one) => one);
  return container && symptom(container, pod, world);
}

function waitsFor(reasons: ReadonlySet<string>): (container: Container) => boolean {
  return ({ waiting }) => waiting?.reason !== undefined && reasons.has(waiting.reason);
}

/** The kubelet forgets a container's back-off once it has run for this long (MaxContainerBackOff, twice 5 minutes). */
const BACKOFF_RESET = 10;

/** Between two crashes a looping container is running or ended: so many restarts in quick succession tell it. */
const LOOP_RESTARTS = 3;

function isLooping(container: Container, now: number): boolean {
  if (container.waiting?.reason === 'CrashLoopBackOff') return true;
  const end = container.terminated ?? container.last;
  if (container.restarts < LOOP_RESTARTS || end === undefined || end.exitCode === 0) return false;
  return minutesSince(end.finished, now) < BACKOFF_RESET && ranBriefly(end) && end.finished !== undefined;
}

function ranBriefly({ started, finished }: Termination): boolean {
  const [from, to] = [parseTime(started), parseTime(finished)];
  return from === undefined || to === undefined || to - from < BACKOFF_RESET * 60_000;
}

function crashLoop(container: Container, pod: Pod, world: World): Symptom {
  const end = container.last ?? container.terminated;
  const since = earliest([
    conditionOf(pod, 'Ready')?.status === 'False' ? conditionOf(pod, 'Ready')?.since : undefined,
    ...eventsOn(pod, world, ['BackOff']).map(({ first }) => first),
  ]);
  return {
    state: raised(since ?? pod.created, world.now, 15),
    message: `${labelOf(container)} crash-loops: ${end ? exitWords(end, container) : 'its last exit is not known'}, ${container.restarts} restarts${probeWords(end, pod, world)}`,
    since: since ?? pod.created,
    evidence: [...exitProof(container, end), imageProof(container)],
  };
}

/** The exit codes of SIGKILL and SIGTERM are those of a container that its kubelet ends. */
function probeWords(end: Termination | undefined, pod: Pod, world: World): string {
  if (end?.reason === 'OOMKilled' || (end?.exitCode !== 137 && end?.exitCode !== 143)) return '';
  const probe = eventsOn(pod, world, ['Unhealthy']).find(({ message }) =>
    /^(?:Liveness|Startup) probe/.test(message),
  );
  return probe ? clip(`; ${probe.message}`, 120) : '';
}

function oomOf(container: Container, now: number): Termination | undefined {
  return [container.terminated, container.last].find(
    (end) =>
      end?.reason === 'OOMKilled' &&
      end.finished !== undefined &&
      minutesSince(end.finished, now) < BACKOFF_RESET,
  );
}

function oomKill(container: Container, _pod: Pod, world: World): Symptom {
  const end = oomOf(container, world.now);
  return {
    state: 'degraded',
    message: `${labelOf(container)} was ${memoryWords(container)}, ${container.restarts} restarts`,
    since: end?.finished,
    evidence: exitProof(container, end),
  };
}

function imagePull(container: Container, pod: Pod, world: World): Symptom {
  const said = [
    container.waiting?.message ?? '',
    ...eventsOn(pod, world, ['Failed']).map(({ message }) => message),
  ];
  const since = conditionOf(pod, 'PodScheduled')?.since ?? pod.created;
  return {
    state: raised(since, world.now, 5),
    message: `${labelOf(container)} has no image ${container.image}: ${imagePullCause(container.waiting?.reason, said)}`,
    since,
    evidence: [waitingProof(container)],
  };
}

function badConfig(container: Container, pod: Pod, world: World): Symptom {
  const text = container.waiting?.message ?? '';
  const since = conditionOf(pod, 'PodScheduled')?.since ?? pod.created;
  const reason = container.waiting?.reason;
  return {
    state: raised(since, world.now, 5),
    ...(reason !== undefined && { reason }),
    message: `${labelOf(container)} cannot start: ${missingConfig(text) ?? clip(text || 'no message', 120)}`,
    since,
    evidence: [waitingProof(container)],
  };
}

function labelOf({ role, name }: Container): string {
  return role === 'main' ? `container ${name}` : `${role} container ${name}`;
}

/** Exit codes by convention of shells and signals (128 + signal). */
const EXITS: Readonly<Record<number, string>> = {
  0: 'it ends by itself although it should keep running',
  1: 'application error',
  2: 'application error',
  126: 'command not executable',
  127: 'command not found',
  128: 'could not be started',
  134: 'aborted',
  137: 'killed',
  139: 'segmentation fault',
  143: 'terminated',
};

function exitWords(end: Termination, container: Container): string {
  if (end.reason === 'OOMKilled') return memoryWords(container);
  const meaning = EXITS[end.exitCode];
  return meaning === undefined ? `exit ${end.exitCode}` : `exit ${end.exitCode} (${meaning})`;
}

function memoryWords({ memoryLimit }: Container): string {
  return memoryLimit === undefined
    ? 'killed for memory, no limit set'
    : `killed for memory at its limit of ${memoryLimit}`;
}

function exitProof({ name }: Container, end: Termination | undefined): Proof[] {
  if (end === undefined) return [];
  const said = end.message === undefined ? '' : `: ${end.message}`;
  return [
    {
      path: `containers[${name}].lastState.terminated`,
      value: clip(`${end.reason ?? 'Error'}, exit ${end.exitCode}${said}`, 120),
    },
  ];
}

function imageProof({ name, image }: Container): Proof {
  return { path: `containers[${name}].image`, value: clip(image, 120) };
}

function waitingProof({ name, waiting }: Container): Proof {
  return {
    path: `containers[${name}].state.waiting`,
    value: clip(`${waiting?.reason}: ${waiting?.message ?? ''}`, 140),
  };
}
