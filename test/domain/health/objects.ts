import type { Finding } from '#domain/finding.ts';
import { answerOf, type HealthAnswer, type Question } from '#domain/health/answer.ts';
import { type Health, judgeHealth } from '#domain/health/health.ts';
import { readWorld } from '#domain/health/world.ts';
import type { FluxObject } from '#domain/objects/flux.ts';
import type { AnyObject } from '#domain/objects/index.ts';
import type { ClusterObject, Condition } from '#domain/objects/meta.ts';
import type { Event, Node } from '#domain/objects/platform.ts';
import type { Container, CronJob, Job, Pod, Workload } from '#domain/objects/workload.ts';

import { memoryCluster, type MemoryClusterContent } from '../../support/memory-cluster.ts';

/** The time at which all these tests look at the cluster. */
export const NOW = Date.parse('2026-03-14T12:00:00Z');

/** The time so many minutes before NOW. */
export function ago(minutes: number): string {
  return new Date(NOW - minutes * 60_000).toISOString();
}

/** A condition that has stood for so many minutes. */
export function condition(
  type: string,
  status: Condition['status'],
  reason?: string,
  message?: string,
  minutes = 30,
): Condition {
  return { type, status, reason, message, since: ago(minutes) };
}

/** What every kind carries. */
export function meta(kind: string, name: string, namespace: string | undefined): ClusterObject {
  return {
    apiVersion: 'v1',
    kind,
    name,
    ...(namespace !== undefined && { namespace }),
    uid: `${kind}/${namespace ?? ''}/${name}`,
    created: ago(24 * 60),
    labels: {},
    annotations: {},
    conditions: [],
  };
}

/** A running, ready container. */
export function container(extra: Partial<Container> = {}): Container {
  return {
    name: 'app',
    role: 'main',
    image: 'registry.example.test/app:1.0',
    ready: true,
    restarts: 0,
    running: ago(600),
    ports: [],
    ...extra,
  };
}

/** A container that waits. */
export function waiting(reason: string, message?: string, extra: Partial<Container> = {}): Container {
  return container({ ready: false, running: undefined, waiting: { reason, message }, ...extra });
}

/** A container that the kubelet restarts again and again. */
export function crashing(extra: Partial<Container> = {}): Container {
  return waiting('CrashLoopBackOff', 'back-off 5m0s restarting failed container', {
    restarts: 12,
    last: { exitCode: 1, reason: 'Error', started: ago(3), finished: ago(2) },
    ...extra,
  });
}

/** A healthy pod in `apps`, without owner unless `extra` names one. */
export function pod(name: string, extra: Partial<Pod> = {}): Pod {
  return {
    ...meta('Pod', name, 'apps'),
    kind: 'Pod',
    phase: 'Running',
    node: 'worker-1',
    started: ago(600),
    restartPolicy: 'Always',
    containers: [container()],
    claims: [],
    configRefs: [],
    schedulingGates: [],
    readinessGates: [],
    hostNetwork: false,
    conditions: [condition('PodScheduled', 'True'), condition('Ready', 'True')],
    ...extra,
  };
}

/** A pod whose Ready is False since some minutes. */
export function unready(name: string, minutes: number, extra: Partial<Pod> = {}): Pod {
  return pod(name, {
    conditions: [
      condition('PodScheduled', 'True', undefined, undefined, minutes),
      condition('Ready', 'False', 'ContainersNotReady', 'containers with unready status: [app]', minutes),
    ],
    ...extra,
  });
}

/** A healthy workload of one replica in `apps`. */
export function workload(kind: Workload['kind'], name: string, extra: Partial<Workload> = {}): Workload {
  const desired = extra.desired ?? 1;
  return {
    ...meta(kind, name, 'apps'),
    kind,
    desired,
    current: desired,
    updated: desired,
    ready: desired,
    available: desired,
    paused: false,
    selector: { app: name },
    podLabels: { app: name },
    images: {},
    ...extra,
  };
}

/** A Deployment with its ReplicaSet and as many pods as it wants, each made by `podAt`. */
export function deployed(
  name: string,
  desired: number,
  podAt: (podName: string) => Pod,
  extra: Partial<Workload> = {},
): (Workload | Pod)[] {
  const namespace = extra.namespace ?? 'apps';
  const set = `${name}-7d9f`;
  const pods = Array.from({ length: desired }, (_, index) => podAt(`${set}-${index}`)).map((one): Pod => ({
    ...one,
    namespace,
    uid: `Pod/${namespace}/${one.name}`,
    owner: { kind: 'ReplicaSet', name: set, namespace },
    labels: { app: name, ...one.labels },
  }));
  const owner = { kind: 'Deployment', name, namespace };
  const available = pods.filter(({ conditions }) =>
    conditions.some(({ type, status }) => type === 'Ready' && status === 'True'),
  ).length;
  return [
    workload('Deployment', name, { desired, available, ready: available, namespace, ...extra }),
    workload('ReplicaSet', set, { desired, available, ready: available, namespace, owner }),
    ...pods,
  ];
}

/** A Node that is Ready unless `extra` says otherwise. */
export function node(name: string, extra: Partial<Node> = {}): Node {
  return {
    ...meta('Node', name, undefined),
    kind: 'Node',
    unschedulable: false,
    controlPlane: false,
    taints: [],
    kubelet: 'v1.36.2',
    osImage: 'Talos (v1.13.9)',
    kernel: '6.12',
    architecture: 'amd64',
    conditions: [condition('Ready', 'True', 'KubeletReady')],
    ...extra,
  };
}

/** A node whose kubelet has not reported for some minutes. */
export function deadNode(name: string, minutes = 30): Node {
  return node(name, {
    conditions: [
      condition('Ready', 'Unknown', 'NodeStatusUnknown', 'Kubelet stopped posting node status.', minutes),
    ],
  });
}

/** A Job that has completed. */
export function job(name: string, extra: Partial<Job> = {}): Job {
  return {
    ...meta('Job', name, 'apps'),
    kind: 'Job',
    active: 0,
    succeeded: 1,
    failed: 0,
    suspended: false,
    started: ago(60),
    completed: ago(59),
    conditions: [condition('Complete', 'True')],
    ...extra,
  };
}

/** A CronJob that ran well within the last hour. */
export function cronJob(name: string, extra: Partial<CronJob> = {}): CronJob {
  return {
    ...meta('CronJob', name, 'apps'),
    kind: 'CronJob',
    schedule: '0 * * * *',
    suspended: false,
    lastScheduled: ago(60),
    lastSuccessful: ago(59),
    active: [],
    ...extra,
  };
}

/** A recent warning on an object. */
export function warning(
  on: ClusterObject,
  reason: string,
  message: string,
  extra: Partial<Event> = {},
): Event {
  const { kind, name, namespace, uid } = on;
  return {
    ...meta('Event', `${name}.${reason}`, namespace ?? 'default'),
    kind: 'Event',
    type: 'Warning',
    reason,
    message,
    count: 3,
    first: ago(20),
    last: ago(1),
    regarding: { kind, name, namespace, uid },
    ...extra,
  };
}

/** A ready Kustomization in `flux-system` that waits for what it applies. */
export function kustomization(name: string, extra: Partial<FluxObject> = {}): FluxObject {
  return {
    ...meta('Kustomization', name, 'flux-system'),
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    group: 'kustomize.toolkit.fluxcd.io',
    suspended: false,
    interval: '10m0s',
    dependsOn: [],
    wait: true,
    prune: true,
    healthChecks: [],
    remote: false,
    inventory: [],
    history: [{ status: 'ReconciliationSucceeded', last: ago(3) }],
    conditions: [condition('Ready', 'True', 'ReconciliationSucceeded')],
    ...extra,
  };
}

/** The conditions of a Flux object that failed. */
export function notReady(reason: string, message: string): Pick<FluxObject, 'conditions'> {
  return { conditions: [condition('Ready', 'False', reason, message)] };
}

type Objects = readonly (AnyObject | FluxObject)[];

/** The judgement of a cluster that holds these objects. */
export async function healthOf(
  objects: Objects,
  content: Partial<MemoryClusterContent> = {},
): Promise<Health> {
  return judgeHealth(await worldOf(objects, content));
}

/** Findings of a cluster that holds these objects. */
export async function findingsOf(
  objects: Objects,
  content: Partial<MemoryClusterContent> = {},
): Promise<Finding[]> {
  return (await answerFor(objects, {}, content)).findings;
}

/** The answer about a cluster that holds these objects. */
export async function answerFor(
  objects: Objects,
  question: Partial<Question> = {},
  content: Partial<MemoryClusterContent> = {},
): Promise<HealthAnswer> {
  const world = await worldOf(objects, content);
  return answerOf(judgeHealth(world), world, { limit: 50, ...question });
}

function worldOf(objects: Objects, content: Partial<MemoryClusterContent>) {
  const cluster = memoryCluster({ ...content, objects });
  return readWorld(cluster, { signal: AbortSignal.timeout(10_000), now: NOW, scoped: false });
}
