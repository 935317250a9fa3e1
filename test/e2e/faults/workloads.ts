import type { Manifest } from '../../cluster/manifest.ts';
import { condition, deploymentTree, ownedBy, pod, warning } from '../../cluster/seed.ts';
import { ago, type Fault, since } from './fault.ts';
import { daemonSet } from './parts.ts';

const SHOP = 'Deployment/apps/shop';

/** A Deployment whose new pods the API server refuses to make. */
function refused(message: string): Manifest[] {
  const [deployment, set] = deploymentTree('shop', 'apps', { since: since(30) });
  if (deployment === undefined || set === undefined) return [];
  const failure = condition('ReplicaFailure', 'True', 'FailedCreate', message, ago(30));
  const available = condition('Available', 'False', 'MinimumReplicasUnavailable', 'no pods', ago(30));
  const status = { observedGeneration: 1, unavailableReplicas: 1, conditions: [available, failure] };
  return [
    { ...deployment, status },
    { ...set, status: { observedGeneration: 1, replicas: 0 } },
    warning(set, 'FailedCreate', message, { count: 12 }),
  ];
}

/** Why pods are refused, and how it is told. */
const REFUSALS: readonly (readonly [name: string, message: string, says: RegExp])[] = [
  [
    'a quota that is used up',
    'pods "shop-7d9f-x" is forbidden: exceeded quota: compute, requested: limits.memory=1Gi, used: 8Gi, limited: 8Gi',
    /a resource quota is used up/,
  ],
  [
    'Pod Security',
    'pods "shop-7d9f-x" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false',
    /Pod Security/,
  ],
  [
    'a service account that does not exist',
    'pods "shop-7d9f-x" is forbidden: error looking up service account apps/shop: serviceaccount "shop" not found',
    /service account does not exist/,
  ],
];

/** A StatefulSet of two pods whose update stops after none. */
function halfUpdated(): Manifest[] {
  const labels = { app: 'store' };
  const set: Manifest = {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'store', namespace: 'apps' },
    spec: {
      replicas: 2,
      serviceName: 'store',
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name: 'main', image: 'registry.test/store:2' }] },
      },
    },
    status: {
      observedGeneration: 1,
      replicas: 2,
      readyReplicas: 2,
      availableReplicas: 2,
      currentReplicas: 2,
      currentRevision: 'store-1',
      updateRevision: 'store-2',
    },
  };
  const pods = ['store-0', 'store-1'].map((name) =>
    pod(name, 'apps', { labels, since: since(60), owner: ownedBy(set) }),
  );
  return [set, ...pods];
}

const JOB_SPEC = {
  template: {
    spec: { restartPolicy: 'Never', containers: [{ name: 'main', image: 'registry.test/job:1' }] },
  },
};

/** A Job that has failed; of a CronJob, if one is given. */
function failedJob(name: string, reason: string, message: string, parent?: Manifest): Manifest {
  const at = ago(30);
  return {
    apiVersion: 'batch/v1',
    kind: 'Job',
    metadata: { name, namespace: 'apps', ...(parent && { ownerReferences: ownedBy(parent) }) },
    spec: { backoffLimit: 2, ...JOB_SPEC },
    status: {
      startTime: ago(40),
      failed: 3,
      conditions: [
        condition('FailureTarget', 'True', reason, message, at),
        condition('Failed', 'True', reason, message, at),
      ],
    },
  };
}

function cronJob(name: string, schedule: string, lastSuccess: string): Manifest {
  return {
    apiVersion: 'batch/v1',
    kind: 'CronJob',
    metadata: { name, namespace: 'apps' },
    spec: { schedule, jobTemplate: { spec: JOB_SPEC } },
    status: { lastScheduleTime: lastSuccess, lastSuccessfulTime: lastSuccess },
  };
}

/** An autoscaler of Deployment `web` with one condition that is not as it should be. */
export function autoscaler(type: string, reason: string, message: string): Manifest {
  const good = ['AbleToScale', 'ScalingActive']
    .filter((one) => one !== type)
    .map((one) => condition(one, 'True', 'ReadyForNewScale', '', ago(60)));
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'web', namespace: 'apps' },
    spec: {
      minReplicas: 1,
      maxReplicas: 4,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'web' },
    },
    status: {
      currentReplicas: 2,
      desiredReplicas: 2,
      conditions: [...good, condition(type, 'False', reason, message, ago(30))],
    },
  };
}

/** What goes wrong above pods: rollouts, Jobs, autoscalers. */
export const WORKLOAD_FAULTS: readonly Fault[] = [
  ...REFUSALS.map(([name, message, says]): Fault => ({
    name: `pods are refused by ${name}`,
    objects: () => refused(message),
    root: { ref: SHOP, reason: 'FailedCreate', says },
  })),
  {
    name: 'a rollout gets stuck while the old pods serve',
    objects: () => deploymentTree('shop', 'apps', { since: since(30), stuck: true }),
    root: { ref: SHOP, reason: 'ProgressDeadlineExceeded', says: /rollout is stuck/ },
  },
  {
    name: 'a StatefulSet does not go on updating',
    objects: halfUpdated,
    age: 60,
    root: { ref: 'StatefulSet/apps/store', reason: 'RolloutStuck', says: /0 of 2 pods/ },
  },
  {
    name: 'a DaemonSet lacks a pod',
    objects: () => {
      const set = daemonSet('agent', 'apps', {
        currentNumberScheduled: 2,
        numberReady: 2,
        numberAvailable: 2,
      });
      return [
        set,
        warning(set, 'FailedCreate', 'pods "agent-x" is forbidden: exceeded quota: pods', { count: 4 }),
      ];
    },
    root: { ref: 'DaemonSet/apps/agent', reason: 'FailedCreate', says: /quota is used up/ },
  },
  {
    name: 'a Job gives up',
    objects: () => [
      failedJob('import', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit'),
    ],
    root: { ref: 'Job/apps/import', reason: 'BackoffLimitExceeded', says: /backoff limit/ },
  },
  {
    name: 'a Job runs out of time',
    objects: () => [failedJob('import', 'DeadlineExceeded', 'Job was active longer than specified deadline')],
    root: { ref: 'Job/apps/import', reason: 'DeadlineExceeded', says: /longer than specified deadline/ },
  },
  {
    name: 'the newest Job of a CronJob fails',
    objects: () => {
      const parent = cronJob('report', '0 * * * *', ago(50));
      return [
        parent,
        failedJob('report-1', 'BackoffLimitExceeded', 'Job has reached the specified backoff limit', parent),
      ];
    },
    root: {
      ref: 'CronJob/apps/report',
      reason: 'BackoffLimitExceeded',
      says: /its newest job report-1 failed/,
    },
  },
  {
    name: 'a CronJob has not run',
    objects: () => [cronJob('report', '0 * * * *', ago(240))],
    root: { ref: 'CronJob/apps/report', reason: 'Overdue', says: /more than two periods/ },
  },
  {
    name: 'an autoscaler finds no request to compare with',
    objects: () => [
      autoscaler(
        'ScalingActive',
        'FailedGetResourceMetric',
        'missing request for cpu in container main of Pod web-1',
      ),
    ],
    root: {
      ref: 'HorizontalPodAutoscaler/apps/web',
      reason: 'FailedGetResourceMetric',
      says: /missing request for cpu/,
    },
  },
  {
    name: 'an autoscaler cannot change its target',
    objects: () => [autoscaler('AbleToScale', 'FailedGetScale', 'deployments/scale.apps "web" is forbidden')],
    root: { ref: 'HorizontalPodAutoscaler/apps/web', reason: 'FailedGetScale', says: /is forbidden/ },
  },
];
