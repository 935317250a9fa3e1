import { createHash } from 'node:crypto';

import type { Manifest, ManifestRef, OwnerReference } from './manifest.ts';

/** When things happened: `now` is milliseconds since the epoch, `since` is when the state of the object began. */
export interface Times {
  /** Date.now() when absent. */
  now?: number;
  /** Ten minutes before `now` when absent. */
  since?: Date;
}

export type Labels = Record<string, string>;

const MINUTE = 60_000;

/** `now` and `since` with their defaults, as the API server writes times. */
export function timesOf({ now = Date.now(), since = new Date(now - 10 * MINUTE) }: Times): {
  now: string;
  since: string;
} {
  return { now: rfc3339(now), since: rfc3339(since.getTime()) };
}

/** A time in milliseconds since the epoch as RFC 3339 to the second. */
export function rfc3339(time: number): string {
  return new Date(time).toISOString().replace(/\.\d+Z$/, 'Z');
}

/** A condition as metav1.Condition has it; an empty reason or message is left out. */
export function condition(
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
  since: string,
): Record<string, unknown> {
  return {
    type,
    status,
    reason: reason || undefined,
    message: message || undefined,
    lastTransitionTime: since,
  };
}

/** A name's suffix in the alphabet of generated names: the same for the same text, and nearly surely different else. */
export function suffixOf(text: string, length: number): string {
  const alphabet = 'bcdfghjklmnpqrstvwxz2456789';
  const bytes = createHash('sha256').update(text).digest().subarray(0, length);
  return [...bytes].map((byte) => alphabet[byte % alphabet.length]).join('');
}

/** The controller owner reference to an object that is created in the same set. */
export function ownedBy({ apiVersion, kind, metadata }: ManifestRef): OwnerReference[] {
  return [{ apiVersion, kind, name: metadata.name, uid: '', controller: true, blockOwnerDeletion: true }];
}

/** A Namespace. */
export function namespace(name: string, labels: Labels = {}): Manifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name, labels } };
}

export type NodeState = 'ready' | 'not-ready' | 'lost' | 'cordoned' | 'memory-pressure';

/** A Talos node. `lost`: its kubelet does not report any more; `cordoned` is ready too. */
export function node(
  name: string,
  {
    state = 'ready',
    controlPlane = false,
    maxPods = 110,
    ...times
  }: Times & { state?: NodeState; controlPlane?: boolean; maxPods?: number } = {},
): Manifest {
  const role: Labels = controlPlane ? { 'node-role.kubernetes.io/control-plane': '' } : {};
  const spec = state === 'cordoned' ? { unschedulable: true } : {};
  return {
    apiVersion: 'v1',
    kind: 'Node',
    metadata: { name, labels: { 'kubernetes.io/hostname': name, 'kubernetes.io/os': 'linux', ...role } },
    spec: { podCIDR: '10.244.0.0/24', ...spec, taints: nodeTaints(state, timesOf(times).since) },
    status: {
      conditions: nodeConditions(state, times),
      allocatable: { cpu: '8', memory: '32Gi', pods: String(maxPods) },
      capacity: { cpu: '8', memory: '32Gi', pods: String(maxPods) },
      nodeInfo: NODE_INFO,
    },
  };
}

const NODE_INFO = {
  architecture: 'amd64',
  bootID: '00000000-0000-0000-0000-000000000000',
  containerRuntimeVersion: 'containerd://2.2.0',
  kernelVersion: '6.18.2-talos',
  kubeProxyVersion: '',
  kubeletVersion: 'v1.36.2',
  machineID: '0123456789abcdef',
  operatingSystem: 'linux',
  osImage: 'Talos (v1.13.9)',
  systemUUID: '00000000-0000-0000-0000-000000000000',
};

/** [status, reason, message] of condition Ready (kubelet pkg/kubelet/nodestatus, node lifecycle controller). */
const NODE_READY: Record<NodeState, ['True' | 'False' | 'Unknown', string, string]> = {
  ready: ['True', 'KubeletReady', 'kubelet is posting ready status'],
  cordoned: ['True', 'KubeletReady', 'kubelet is posting ready status'],
  'memory-pressure': ['True', 'KubeletReady', 'kubelet is posting ready status'],
  'not-ready': [
    'False',
    'KubeletNotReady',
    'container runtime network not ready: cni plugin not initialized',
  ],
  lost: ['Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.'],
};

function nodeConditions(state: NodeState, times: Times): Record<string, unknown>[] {
  const { now, since } = timesOf(times);
  const lost = NODE_READY.lost;
  const pressure = (type: string, isOn: boolean, on: string, off: string) => {
    if (state === 'lost') return condition(type, ...lost, since);
    return condition(type, isOn ? 'True' : 'False', isOn ? on : off, `kubelet has ${isOn ? on : off}`, since);
  };
  return [
    pressure(
      'MemoryPressure',
      state === 'memory-pressure',
      'KubeletHasInsufficientMemory',
      'KubeletHasSufficientMemory',
    ),
    pressure('DiskPressure', false, 'KubeletHasDiskPressure', 'KubeletHasNoDiskPressure'),
    pressure('PIDPressure', false, 'KubeletHasInsufficientPID', 'KubeletHasSufficientPID'),
    condition('Ready', ...NODE_READY[state], since),
  ].map((entry) => ({ ...entry, lastHeartbeatTime: state === 'lost' ? since : now }));
}

function nodeTaints(state: NodeState, since: string): Record<string, string>[] {
  const taints: Partial<Record<NodeState, string>> = {
    cordoned: 'node.kubernetes.io/unschedulable',
    'not-ready': 'node.kubernetes.io/not-ready',
    lost: 'node.kubernetes.io/unreachable',
  };
  const key = taints[state];
  return key === undefined ? [] : [{ key, effect: 'NoSchedule', timeAdded: since }];
}

/** A ClusterIP Service on port 80, and its EndpointSlice with one ready or unready endpoint for each pod. */
export function service(
  name: string,
  space: string,
  selector: Labels,
  pods: readonly { name: string; ready: boolean }[],
): Manifest[] {
  const own: Manifest = {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: space },
    spec: { selector, ports: [{ name: 'http', port: 80, targetPort: 'http', protocol: 'TCP' }] },
  };
  const slice: Manifest = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      name: `${name}-${suffixOf(name, 5)}`,
      namespace: space,
      labels: { 'kubernetes.io/service-name': name },
      ownerReferences: ownedBy(own),
    },
    addressType: 'IPv4',
    ports: [{ name: 'http', port: 8080, protocol: 'TCP' }],
    endpoints: pods.map((pod) => endpoint(pod, space)),
  };
  return [own, slice];
}

function endpoint(pod: { name: string; ready: boolean }, space: string): Record<string, unknown> {
  return {
    addresses: [addressOf(pod.name)],
    conditions: { ready: pod.ready, serving: pod.ready, terminating: false },
    targetRef: { kind: 'Pod', namespace: space, name: pod.name },
  };
}

/** An address in 10.244.0.0/16 for a pod, the same for the same name. */
export function addressOf(name: string): string {
  const [high = 0, low = 0] = createHash('sha256').update(name).digest();
  return `10.244.${high}.${low}`;
}

/** A Warning about an object, first seen at `since` and last at `now`; one that has no namespace has its events in `default`. */
export function warning(
  about: ManifestRef & { metadata: { uid?: string } },
  reason: string,
  message: string,
  { count = 1, ...times }: Times & { count?: number } = {},
): Manifest {
  const { now, since } = timesOf(times);
  const { name, namespace: space, uid } = about.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.${suffixOf(reason + message, 12)}`, namespace: space ?? 'default' },
    involvedObject: { apiVersion: about.apiVersion, kind: about.kind, name, namespace: space, uid },
    type: 'Warning',
    reason,
    message,
    count,
    firstTimestamp: since,
    lastTimestamp: now,
    source: { component: 'kubelet' },
    reportingComponent: 'kubelet',
  };
}
