import type { Autoscaler, CronJob, DisruptionBudget, Job, Workload } from '#domain/objects/workload.ts';

import { at, count, intOrString, isTrue, items, number, string, stringMap, time } from '../raw.ts';
import { type Context, projectObject, refFrom } from './meta.ts';

type Counts = Pick<Workload, 'desired' | 'current' | 'updated' | 'ready' | 'available' | 'misscheduled'>;

/** A Deployment, StatefulSet, DaemonSet or ReplicaSet; of the pod template only labels and images. */
export function projectWorkload(raw: unknown, context: Context): Workload {
  const kind = context.kind.kind as Workload['kind'];
  return {
    ...projectObject(raw, context),
    kind,
    ...(kind === 'DaemonSet' ? daemonCounts(raw) : replicaCounts(raw)),
    paused: isTrue(raw, 'spec', 'paused'),
    strategy: string(raw, 'spec', 'strategy', 'type') ?? string(raw, 'spec', 'updateStrategy', 'type'),
    partition: number(raw, 'spec', 'updateStrategy', 'rollingUpdate', 'partition'),
    updateRevision: string(raw, 'status', 'updateRevision'),
    currentRevision: string(raw, 'status', 'currentRevision'),
    progressDeadlineSeconds: number(raw, 'spec', 'progressDeadlineSeconds'),
    selector: stringMap(raw, 'spec', 'selector', 'matchLabels'),
    podLabels: stringMap(raw, 'spec', 'template', 'metadata', 'labels'),
    images: imagesOf(raw),
    serviceName: string(raw, 'spec', 'serviceName'),
    serviceAccount: string(raw, 'spec', 'template', 'spec', 'serviceAccountName'),
  };
}

function replicaCounts(raw: unknown): Counts {
  return {
    desired: number(raw, 'spec', 'replicas') ?? 1,
    current: count(raw, 'status', 'replicas'),
    updated: count(raw, 'status', 'updatedReplicas'),
    ready: count(raw, 'status', 'readyReplicas'),
    available: count(raw, 'status', 'availableReplicas'),
  };
}

function daemonCounts(raw: unknown): Counts {
  return {
    desired: count(raw, 'status', 'desiredNumberScheduled'),
    current: count(raw, 'status', 'currentNumberScheduled'),
    updated: count(raw, 'status', 'updatedNumberScheduled'),
    ready: count(raw, 'status', 'numberReady'),
    available: count(raw, 'status', 'numberAvailable'),
    misscheduled: count(raw, 'status', 'numberMisscheduled'),
  };
}

function imagesOf(raw: unknown): Record<string, string> {
  const containers = ['initContainers', 'containers'].flatMap((list) =>
    items(raw, 'spec', 'template', 'spec', list),
  );
  return Object.fromEntries(
    containers.map((container) => [string(container, 'name') ?? '', string(container, 'image') ?? '']),
  );
}

/** A Job. */
export function projectJob(raw: unknown, context: Context): Job {
  return {
    ...projectObject(raw, context),
    kind: 'Job',
    active: count(raw, 'status', 'active'),
    succeeded: count(raw, 'status', 'succeeded'),
    failed: count(raw, 'status', 'failed'),
    completions: number(raw, 'spec', 'completions'),
    backoffLimit: number(raw, 'spec', 'backoffLimit'),
    deadlineSeconds: number(raw, 'spec', 'activeDeadlineSeconds'),
    suspended: isTrue(raw, 'spec', 'suspend'),
    started: time(raw, 'status', 'startTime'),
    completed: time(raw, 'status', 'completionTime'),
  };
}

/** A CronJob. */
export function projectCronJob(raw: unknown, context: Context): CronJob {
  return {
    ...projectObject(raw, context),
    kind: 'CronJob',
    schedule: string(raw, 'spec', 'schedule') ?? '',
    timeZone: string(raw, 'spec', 'timeZone'),
    suspended: isTrue(raw, 'spec', 'suspend'),
    lastScheduled: time(raw, 'status', 'lastScheduleTime'),
    lastSuccessful: time(raw, 'status', 'lastSuccessfulTime'),
    startingDeadlineSeconds: number(raw, 'spec', 'startingDeadlineSeconds'),
    concurrencyPolicy: string(raw, 'spec', 'concurrencyPolicy'),
    active: items(raw, 'status', 'active').flatMap((job) => string(job, 'name') ?? []),
  };
}

/** A HorizontalPodAutoscaler. */
export function projectAutoscaler(raw: unknown, context: Context): Autoscaler {
  const object = projectObject(raw, context);
  const { namespace } = object;
  return {
    ...object,
    kind: 'HorizontalPodAutoscaler',
    target: refFrom(at(raw, 'spec', 'scaleTargetRef'), { namespace }) ?? { kind: '', name: '', namespace },
    min: number(raw, 'spec', 'minReplicas') ?? 1,
    max: count(raw, 'spec', 'maxReplicas'),
    current: count(raw, 'status', 'currentReplicas'),
    desired: count(raw, 'status', 'desiredReplicas'),
  };
}

/** A PodDisruptionBudget. */
export function projectDisruptionBudget(raw: unknown, context: Context): DisruptionBudget {
  return {
    ...projectObject(raw, context),
    kind: 'PodDisruptionBudget',
    minAvailable: intOrString(raw, 'spec', 'minAvailable'),
    maxUnavailable: intOrString(raw, 'spec', 'maxUnavailable'),
    disruptionsAllowed: count(raw, 'status', 'disruptionsAllowed'),
    expectedPods: count(raw, 'status', 'expectedPods'),
    currentHealthy: count(raw, 'status', 'currentHealthy'),
    desiredHealthy: count(raw, 'status', 'desiredHealthy'),
    selector: stringMap(raw, 'spec', 'selector', 'matchLabels'),
  };
}
