import { conditionOf } from '../../conditions.ts';
import { type ClusterObject, refOf } from '../../objects/meta.ts';
import type { Claim, Event } from '../../objects/platform.ts';
import type { Container, Pod } from '../../objects/workload.ts';
import { clip, nameSome } from '../../text.ts';
import { eventsOn } from '../events-on.ts';
import { latest, minutesSince, raised, ripening, type Rule, type Symptom } from '../fault.ts';
import type { World } from '../world.ts';
import { missingConfig } from './missing-config.ts';
import { claimsOf } from './scheduling.ts';

/** A pod that has a node but does not come up, or runs without being ready. */
export const STARTUP_RULES: readonly Rule<Pod>[] = [
  {
    name: 'MissingConfig',
    source: 'kubernetes pkg/volume/{secret,configmap}, event FailedMount',
    judge: (pod, world) => starting(pod, world, ['FailedMount'], missingMount),
  },
  {
    name: 'VolumeMount',
    source: 'kubernetes pkg/volume/util/operationexecutor, events FailedAttachVolume and FailedMount',
    judge: (pod, world) => starting(pod, world, ['FailedAttachVolume', 'FailedMount'], volumeTrouble),
  },
  {
    name: 'PodSandbox',
    source: 'kubernetes pkg/kubelet/events, FailedCreatePodSandBox',
    judge: (pod, world) => starting(pod, world, ['FailedCreatePodSandBox'], sandboxTrouble),
  },
  {
    name: 'ContainerCreating',
    source: 'kubernetes-mixin alerts/apps_alerts.libsonnet KubeContainerWaiting',
    judge: slowStart,
  },
  {
    name: 'NotReady',
    source: 'kubernetes-mixin alerts/apps_alerts.libsonnet KubePodNotReady',
    judge: notReady,
  },
];

function starting(
  pod: Pod,
  world: World,
  reasons: readonly string[],
  symptom: (event: Event, pod: Pod, world: World) => Symptom | undefined,
): Symptom | undefined {
  if (!isStarting(pod)) return undefined;
  const event = eventsOn(pod, world, reasons)[0];
  return event && symptom(event, pod, world);
}

function isStarting(pod: Pod): boolean {
  return pod.phase === 'Pending' && pod.node !== undefined && pod.containers.some(isCreating);
}

function isCreating({ waiting }: Container): boolean {
  return waiting?.reason === 'ContainerCreating' || waiting?.reason === 'PodInitializing';
}

function startOf(pod: Pod): string {
  return conditionOf(pod, 'PodScheduled')?.since ?? pod.started ?? pod.created;
}

function missingMount(event: Event, pod: Pod, world: World): Symptom | undefined {
  const missing = missingConfig(event.message);
  if (missing === undefined) return undefined;
  return {
    state: raised(startOf(pod), world.now, 5),
    message: `a volume cannot be mounted: ${missing}`,
    since: startOf(pod),
    evidence: [eventProof(event)],
  };
}

function volumeTrouble(event: Event, pod: Pod, world: World): Symptom {
  const elsewhere = /Multi-Attach/.test(event.message) ? otherAttachment(pod, world) : undefined;
  return {
    state: ripening(startOf(pod), world.now, 5),
    reason: event.reason,
    message: elsewhere ?? clip(`volume: ${event.message}`, 160),
    since: startOf(pod),
    evidence: [eventProof(event)],
    causes: [...holdersOf(pod, world), ...claimsOf(pod)],
  };
}

/** The attachments of its volumes, and the nodes they are on that are down: a dead node lets go of none. */
function holdersOf(pod: Pod, world: World): string[] {
  const attachments = attachmentsFor(pod, world);
  const down = attachments.filter(({ node }) => world.downNodes.has(node));
  return [...attachments.map(refOf), ...down.map(({ node }) => refOf({ kind: 'Node', name: node }))];
}

function otherAttachment(pod: Pod, world: World): string | undefined {
  const other = attachmentsFor(pod, world).find(({ node }) => node !== pod.node);
  if (other === undefined) return undefined;
  const gone = world.sees('Node') && !world.byRef.has(refOf({ kind: 'Node', name: other.node }));
  const node = gone
    ? ', which no longer exists'
    : world.downNodes.has(other.node)
      ? ', which is not ready'
      : '';
  return `its volume ${other.volume} is still attached to node ${other.node}${node}`;
}

function attachmentsFor(pod: Pod, world: World) {
  return claimsOf(pod).flatMap((ref) => {
    const claim = world.byRef.get(ref);
    const volume = isClaim(claim) ? claim.volume : undefined;
    return volume === undefined ? [] : (world.attachmentsByVolume.get(volume) ?? []);
  });
}

function isClaim(object: ClusterObject | undefined): object is Claim {
  return object?.kind === 'PersistentVolumeClaim';
}

/** Labels by which network plugins mark their agents. */
const NETWORK_AGENTS: ReadonlySet<string> = new Set([
  'cilium',
  'calico-node',
  'flannel',
  'canal',
  'kube-router',
]);

function sandboxTrouble(event: Event, pod: Pod, world: World): Symptom {
  const agents = (world.podsByNode.get(pod.node ?? '') ?? []).filter(({ labels }) =>
    NETWORK_AGENTS.has(labels['k8s-app'] ?? labels['app'] ?? ''),
  );
  return {
    state: raised(startOf(pod), world.now, 5),
    reason: event.reason,
    message: clip(`no sandbox on node ${pod.node}: ${event.message}`, 160),
    since: startOf(pod),
    evidence: [eventProof(event)],
    causes: agents.map((agent) => world.ownerOf(agent)),
  };
}

function slowStart(pod: Pod, world: World): Symptom | undefined {
  if (pod.phase !== 'Pending' || pod.node === undefined) return undefined;
  const init = pod.containers.find(({ role, running }) => role === 'init' && running !== undefined);
  const since = init?.running ?? startOf(pod);
  return {
    state: ripening(since, world.now, init ? 15 : 5),
    reason: init ? 'Initializing' : 'ContainerCreating',
    message: init
      ? `init container ${init.name} still runs`
      : `its containers are not created on node ${pod.node}`,
    since,
    causes: [...holdersOf(pod, world), ...claimsOf(pod)],
  };
}

/** How long a container may take to become ready after its start, in minutes. */
const WARM_UP = 5;

function notReady(pod: Pod, world: World): Symptom | undefined {
  const ready = conditionOf(pod, 'Ready');
  if (pod.phase !== 'Running' || ready?.status !== 'False' || ready.reason === 'PodCompleted')
    return undefined;
  const unready = pod.containers.filter(isUnready);
  if (unready.length === 0 && pod.containers.some(({ terminated }) => terminated?.exitCode === 0))
    return undefined;
  const probe = eventsOn(pod, world, ['Unhealthy'])[0];
  const since = ready.since ?? pod.created;
  return {
    state: isWarmingUp(pod, world) ? 'progressing' : raised(since, world.now, 15),
    message: unreadyWords(pod, unready, probe),
    since,
    evidence: probe
      ? [eventProof(probe)]
      : [{ path: 'conditions[Ready]', value: clip(`${ready.reason}: ${ready.message ?? ''}`, 140) }],
    // Cilium names a pod's endpoint like the pod.
    causes: [refOf({ kind: 'CiliumEndpoint', namespace: pod.namespace, name: pod.name })],
  };
}

function isUnready({ role, ready, terminated }: Container): boolean {
  return (role === 'main' || role === 'sidecar') && !ready && terminated?.exitCode !== 0;
}

function unreadyWords(pod: Pod, unready: readonly Container[], probe: Event | undefined): string {
  const names = nameSome(
    unready.map(({ name }) => name),
    3,
  );
  const what = unready.length > 0 ? `runs but is not ready: container ${names}` : 'runs but is not ready';
  if (unready.length === 0 && pod.readinessGates.length > 0)
    return `${what}: readiness gate ${nameSome(pod.readinessGates, 2)}`;
  return probe ? clip(`${what}; ${probe.message}`, 200) : what;
}

/** A container that has just started, or a rollout within its deadline, normally becomes ready by itself. */
function isWarmingUp(pod: Pod, world: World): boolean {
  const started = latest(pod.containers.map(({ running }) => running));
  if (started === undefined || minutesSince(started, world.now) < WARM_UP) return true;
  const owner = world.byRef.get(world.ownerOf(pod));
  const progress = owner && conditionOf(owner, 'Progressing');
  return (
    progress?.status === 'True' &&
    progress.reason !== 'NewReplicaSetAvailable' &&
    pod.owner?.kind === 'ReplicaSet'
  );
}

function eventProof({ reason, count, message }: Event): { path: string; value: string } {
  return { path: `events[${reason}]`, value: clip(`×${count} ${message}`, 140) };
}
