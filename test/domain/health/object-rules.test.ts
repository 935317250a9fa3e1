import { describe, expect, it } from 'vitest';

import type { AnyObject } from '#domain/objects/index.ts';
import { refOf } from '#domain/objects/meta.ts';

import {
  ago,
  answerFor,
  condition,
  container,
  cronJob,
  deadNode,
  deployed,
  findingsOf,
  healthOf,
  job,
  node,
  pod,
  unready,
  warning,
  workload,
} from './objects.ts';
import {
  apiService,
  attachment,
  autoscaler,
  budget,
  claim,
  crd,
  ingress,
  ingressClass,
  namespace,
  pendingClaim,
  service,
  slice,
  storageClass,
  volume,
  webhook,
} from './platform-objects.ts';

interface Row {
  source: string;
  objects: AnyObject[];
  ref: string;
  state: string;
  reason: string;
  says: RegExp;
}

const deployment = (name: string, ...conditions: ReturnType<typeof condition>[]) =>
  workload('Deployment', name, { desired: 3, available: 2, current: 2, conditions });

const hook = (...extra: AnyObject[]): AnyObject[] => [webhook(), ...extra];

const ROWS: Row[] = [
  {
    source: 'kubernetes-mixin KubeNodeNotReady: no kubelet',
    objects: [deadNode('worker-1', 5)],
    ref: 'Node/worker-1',
    state: 'degraded',
    reason: 'NotReady',
    says: /kubelet does not report/,
  },
  {
    source: 'kubernetes-mixin KubeNodeNotReady: for 15m',
    objects: [
      node('worker-1', {
        conditions: [condition('Ready', 'False', 'KubeletNotReady', 'PLEG is not healthy', 16)],
      }),
    ],
    ref: 'Node/worker-1',
    state: 'failed',
    reason: 'NotReady',
    says: /PLEG is not healthy/,
  },
  ...['MemoryPressure', 'DiskPressure', 'PIDPressure'].map((type): Row => ({
    source: `kubernetes-mixin KubeNodePressure: ${type}`,
    objects: [
      node('worker-1', {
        conditions: [condition('Ready', 'True'), condition(type, 'True', 'KubeletHasPressure')],
      }),
    ],
    ref: 'Node/worker-1',
    state: 'degraded',
    reason: type,
    says: new RegExp(type),
  })),
  {
    source: 'kubernetes api NodeNetworkUnavailable',
    objects: [
      node('worker-1', {
        conditions: [condition('Ready', 'True'), condition('NetworkUnavailable', 'True', 'NoRouteCreated')],
      }),
    ],
    ref: 'Node/worker-1',
    state: 'failed',
    reason: 'NetworkUnavailable',
    says: /NoRouteCreated/,
  },
  {
    source: 'cordoned and forgotten: longer than a drain takes',
    objects: [
      node('worker-1', {
        unschedulable: true,
        taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', since: ago(120) }],
      }),
    ],
    ref: 'Node/worker-1',
    state: 'degraded',
    reason: 'Cordoned',
    says: /takes no new pods/,
  },
  {
    source: 'kubernetes-mixin KubeDeploymentRolloutStuck',
    objects: [
      deployment(
        'web',
        condition('Progressing', 'False', 'ProgressDeadlineExceeded', 'has timed out progressing', 20),
      ),
    ],
    ref: 'Deployment/apps/web',
    state: 'failed',
    reason: 'ProgressDeadlineExceeded',
    says: /rollout is stuck: 3 of 3 pods updated, 2 available/,
  },
  ...[
    [
      'quota',
      'pods "web-1" is forbidden: exceeded quota: small, requested: pods=1',
      /resource quota is used up/,
    ],
    [
      'PSA',
      'pods "web-1" is forbidden: violates PodSecurity "restricted:latest": privileged',
      /Pod Security/,
    ],
    ['webhook', 'admission webhook "deny.example.test" denied the request: no', /webhook refuses it/],
    [
      'service account',
      'error looking up service account apps/web: serviceaccount "web" not found',
      /service account does not exist/,
    ],
  ].map(([what, message, says]): Row => ({
    source: `kubernetes ReplicaFailure/FailedCreate: ${String(what)}`,
    objects: [deployment('web', condition('ReplicaFailure', 'True', 'FailedCreate', String(message), 5))],
    ref: 'Deployment/apps/web',
    state: 'degraded',
    reason: 'FailedCreate',
    says: says as RegExp,
  })),
  {
    source: 'kubernetes statefulset controller FailedCreate: only an event tells',
    objects: [
      workload('StatefulSet', 'db', { desired: 2, current: 1, available: 1 }),
      warning(workload('StatefulSet', 'db'), 'FailedCreate', 'create Pod db-1 failed: exceeded quota: small'),
    ],
    ref: 'StatefulSet/apps/db',
    state: 'failed',
    reason: 'FailedCreate',
    says: /resource quota/,
  },
  {
    source: 'kubernetes-mixin KubeStatefulSetUpdateNotRolledOut: revision split',
    objects: [
      workload('StatefulSet', 'db', {
        desired: 3,
        updated: 1,
        currentRevision: 'db-1',
        updateRevision: 'db-2',
      }),
      pod('db-0', { owner: { kind: 'StatefulSet', name: 'db', namespace: 'apps' }, created: ago(20) }),
    ],
    ref: 'StatefulSet/apps/db',
    state: 'degraded',
    reason: 'RolloutStuck',
    says: /1 of 3 pods are at the new revision/,
  },
  {
    source: 'kubernetes-mixin KubeDaemonSetRolloutStuck: not updated',
    objects: [workload('DaemonSet', 'agent', { desired: 3, updated: 1 })],
    ref: 'DaemonSet/apps/agent',
    state: 'failed',
    reason: 'RolloutStuck',
    says: /1 of 3 pods are updated/,
  },
  {
    source: 'kubernetes-mixin KubeDaemonSetNotScheduled: short',
    objects: [workload('DaemonSet', 'agent', { desired: 3, current: 2, updated: 2, available: 2 })],
    ref: 'DaemonSet/apps/agent',
    state: 'failed',
    reason: 'Unavailable',
    says: /2 of 3 pods available, 2 exist/,
  },
  {
    source: 'kubernetes-mixin KubeDeploymentReplicasMismatch',
    objects: [deployment('web', condition('Available', 'False', 'MinimumReplicasUnavailable', 'no', 10))],
    ref: 'Deployment/apps/web',
    state: 'degraded',
    reason: 'Unavailable',
    says: /2 of 3 pods available/,
  },
  ...[
    'BackoffLimitExceeded',
    'DeadlineExceeded',
    'PodFailurePolicy',
    'FailedIndexes',
    'MaxFailedIndexesExceeded',
  ].map((reason): Row => ({
    source: `kubernetes-mixin KubeJobFailed: ${reason}`,
    objects: [
      job('import', {
        succeeded: 0,
        failed: 3,
        conditions: [condition('Failed', 'True', reason, 'it failed', 5)],
      }),
    ],
    ref: 'Job/apps/import',
    state: 'degraded',
    reason,
    says: /the job failed: it failed/,
  })),
  {
    source: 'kubernetes-mixin KubeJobFailed: the exit code of its pod',
    objects: [
      job('import', {
        succeeded: 0,
        failed: 1,
        conditions: [condition('Failed', 'True', 'BackoffLimitExceeded', 'limit reached', 20)],
      }),
      pod('import-a', {
        phase: 'Failed',
        owner: { kind: 'Job', name: 'import', namespace: 'apps' },
        containers: [
          container({ ready: false, running: undefined, terminated: { exitCode: 2, reason: 'Error' } }),
        ],
      }),
    ],
    ref: 'Job/apps/import',
    state: 'failed',
    reason: 'BackoffLimitExceeded',
    says: /limit reached; last pod: exit 2 \(Error\)/,
  },
  {
    source: 'kubernetes-mixin KubeJobNotCompleted: 12h',
    objects: [
      job('import', { active: 1, succeeded: 0, started: ago(13 * 60), completed: undefined, conditions: [] }),
    ],
    ref: 'Job/apps/import',
    state: 'degraded',
    reason: 'JobRunsLong',
    says: /more than 12 hours/,
  },
  {
    source: 'cronjob controller: the newest Job failed',
    objects: [
      cronJob('backup'),
      job('backup-1', { owner: { kind: 'CronJob', name: 'backup' }, created: ago(70) }),
      job('backup-2', {
        owner: { kind: 'CronJob', name: 'backup' },
        created: ago(10),
        conditions: [condition('Failed', 'True', 'BackoffLimitExceeded', 'limit reached', 8)],
      }),
    ],
    ref: 'CronJob/apps/backup',
    state: 'degraded',
    reason: 'BackoffLimitExceeded',
    says: /its newest job backup-2 failed/,
  },
  {
    source: 'cronjob lastSuccessfulTime: two hourly runs missed',
    objects: [cronJob('backup', { lastSuccessful: ago(3 * 60 + 1) })],
    ref: 'CronJob/apps/backup',
    state: 'degraded',
    reason: 'Overdue',
    says: /more than two periods of 0 \* \* \* \*/,
  },
  {
    source: 'cronjob lastSuccessfulTime: never, in its time zone',
    objects: [
      cronJob('backup', {
        schedule: '30 2 * * *',
        timeZone: 'Europe/Berlin',
        lastSuccessful: undefined,
        created: ago(3 * 24 * 60),
      }),
    ],
    ref: 'CronJob/apps/backup',
    state: 'degraded',
    reason: 'Overdue',
    says: /has never succeeded/,
  },
  {
    source: 'cronjob controller UnknownTimeZone',
    objects: [cronJob('backup', { timeZone: 'Mars/Olympus' })],
    ref: 'CronJob/apps/backup',
    state: 'failed',
    reason: 'UnknownTimeZone',
    says: /time zone Mars\/Olympus is not known/,
  },
  {
    source: 'cronjob controller UnparseableSchedule',
    objects: [cronJob('backup', { schedule: '61 * * * *' })],
    ref: 'CronJob/apps/backup',
    state: 'failed',
    reason: 'UnparseableSchedule',
    says: /schedule 61 \* \* \* \* cannot be read/,
  },
  {
    source: 'pv controller: Pending beyond 5m',
    objects: [storageClass(), pendingClaim('data', ago(6))],
    ref: 'PersistentVolumeClaim/apps/data',
    state: 'degraded',
    reason: 'ClaimPending',
    says: /not bound, storage class fast/,
  },
  {
    source: 'pv controller ProvisioningFailed, at once',
    objects: [
      storageClass(),
      pendingClaim('data', ago(1)),
      warning(claim('data'), 'ProvisioningFailed', 'no space left in pool', { first: ago(1) }),
    ],
    ref: 'PersistentVolumeClaim/apps/data',
    state: 'degraded',
    reason: 'ProvisioningFailed',
    says: /no space left in pool/,
  },
  {
    source: 'pv controller: the storage class does not exist',
    objects: [pendingClaim('data', ago(1), { storageClass: 'slow' }), storageClass()],
    ref: 'PersistentVolumeClaim/apps/data',
    state: 'degraded',
    reason: 'StorageClassMissing',
    says: /storage class slow does not exist/,
  },
  {
    source: 'pv controller: Lost',
    objects: [claim('data', { phase: 'Lost' })],
    ref: 'PersistentVolumeClaim/apps/data',
    state: 'failed',
    reason: 'ClaimLost',
    says: /pv-data no longer exists/,
  },
  {
    source: 'kubernetes-mixin KubePersistentVolumeErrors: Failed',
    objects: [volume('pv-data', { phase: 'Failed', message: 'recycler failed' })],
    ref: 'PersistentVolume/pv-data',
    state: 'failed',
    reason: 'VolumeFailed',
    says: /recycler failed/,
  },
  {
    source: 'pv controller: Released though its policy is Delete',
    objects: [volume('pv-data', { phase: 'Released' })],
    ref: 'PersistentVolume/pv-data',
    state: 'degraded',
    reason: 'VolumeReleased',
    says: /PersistentVolumeClaim\/apps\/data is gone and the volume has not been deleted/,
  },
  ...['ControllerResizeError', 'NodeResizeError'].map((type): Row => ({
    source: `resize controller: ${type}`,
    objects: [claim('data', { conditions: [condition(type, 'True', undefined, 'driver refuses', 2)] })],
    ref: 'PersistentVolumeClaim/apps/data',
    state: 'degraded',
    reason: type,
    says: /cannot be resized: driver refuses/,
  })),
  {
    source: 'resize controller: FileSystemResizePending beyond 5m',
    objects: [claim('data', { conditions: [condition('FileSystemResizePending', 'True')] })],
    ref: 'PersistentVolumeClaim/apps/data',
    state: 'degraded',
    reason: 'FileSystemResizePending',
    says: /when a pod next mounts it/,
  },
  {
    source: 'external-attacher attachError beyond 5m',
    objects: [
      node('worker-1'),
      attachment('a', {
        attached: false,
        created: ago(8),
        error: { message: 'volume is busy', time: ago(1) },
      }),
    ],
    ref: 'VolumeAttachment/a',
    state: 'degraded',
    reason: 'AttachFailed',
    says: /not attached to node worker-1: volume is busy/,
  },
  {
    source: 'attachdetach controller: attached to a node that is gone',
    objects: [node('worker-2'), attachment('a')],
    ref: 'VolumeAttachment/a',
    state: 'degraded',
    reason: 'NodeGone',
    says: /node worker-1, which does not exist/,
  },
  {
    source: 'endpoints: the selector matches nothing, one value differs',
    objects: [
      service('web', { selector: { app: 'web', tier: 'front' } }),
      slice('web', 0),
      ...deployed('web', 1, (name) => pod(name), { podLabels: { app: 'web', tier: 'frontend' } }),
    ],
    ref: 'Service/apps/web',
    state: 'failed',
    reason: 'SelectorMatchesNothing',
    says: /selector app=web,tier=front matches no pod; Deployment\/apps\/web has tier=frontend/,
  },
  {
    source: 'endpoints: the selector matches nothing, a label is missing',
    objects: [
      service('web', { selector: { app: 'web', tier: 'front' } }),
      ...deployed('web', 1, (name) => pod(name)),
    ],
    ref: 'Service/apps/web',
    state: 'failed',
    reason: 'SelectorMatchesNothing',
    says: /Deployment\/apps\/web lacks tier/,
  },
  {
    source: 'endpoint FindPort: a named target port that no container has',
    objects: [
      service('web', { ports: [{ name: 'web', port: 80, targetPort: 'http', protocol: 'TCP' }] }),
      slice('web', 1),
      ...deployed('web', 1, (name) =>
        pod(name, { containers: [container({ ports: [{ name: 'metrics', port: 9090, protocol: 'TCP' }] })] }),
      ),
    ],
    ref: 'Service/apps/web',
    state: 'failed',
    reason: 'TargetPortMissing',
    says: /target port http is no port of its pods, which name metrics/,
  },
  {
    source: 'kstatus deviation: a LoadBalancer without address',
    objects: [service('web', { type: 'LoadBalancer', created: ago(3) }), slice('web', 1)],
    ref: 'Service/apps/web',
    state: 'degraded',
    reason: 'NoLoadBalancerAddress',
    says: /no load-balancer address/,
  },
  {
    source: 'ingress: its Service does not exist',
    objects: [ingressClass(), service('other'), slice('other', 1), ingress('web', 'web')],
    ref: 'Ingress/apps/web',
    state: 'failed',
    reason: 'BackendMissing',
    says: /Service web does not exist/,
  },
  {
    source: 'ingress: its Service has no such port',
    objects: [
      ingressClass(),
      service('web'),
      slice('web', 1),
      ingress('web', 'web', { backends: [{ service: 'web', port: 'https' }] }),
    ],
    ref: 'Ingress/apps/web',
    state: 'failed',
    reason: 'BackendMissing',
    says: /Service web has no port https/,
  },
  {
    source: 'ingress: no such class',
    objects: [service('web'), slice('web', 1), ingressClass(), ingress('web', 'web', { className: 'edge' })],
    ref: 'Ingress/apps/web',
    state: 'failed',
    reason: 'IngressClassMissing',
    says: /ingress class edge does not exist/,
  },
  {
    source: 'kubernetes-mixin KubeAggregatedAPIDown',
    objects: [
      apiService({ conditions: [condition('Available', 'False', 'FailedDiscoveryCheck', 'no response', 1)] }),
    ],
    ref: 'APIService/v1beta1.metrics.k8s.io',
    state: 'failed',
    reason: 'APIServiceUnavailable',
    says: /metrics\.k8s\.io\/v1beta1 is not served: no response/,
  },
  {
    source: 'admissionregistration failurePolicy Fail: the Service is missing',
    objects: hook(service('other', { namespace: 'hooks' }), slice('other', 1, 0, 'hooks')),
    ref: 'ValidatingWebhookConfiguration/checks',
    state: 'failed',
    reason: 'WebhookDown',
    says: /Service of its webhook does not exist/,
  },
  {
    source: 'admissionregistration failurePolicy Fail: no endpoint behind a selectorless Service',
    objects: hook(service('hook', { namespace: 'hooks', selector: {} })),
    ref: 'ValidatingWebhookConfiguration/checks',
    state: 'failed',
    reason: 'WebhookDown',
    says: /no ready endpoint/,
  },
  {
    source: 'apiextensions NamesAccepted',
    objects: [
      crd({
        conditions: [condition('NamesAccepted', 'False', 'KindConflict', '"Widget" is already in use')],
      }),
    ],
    ref: 'CustomResourceDefinition/widgets.example.test',
    state: 'failed',
    reason: 'CRDNotEstablished',
    says: /Widget is not served: "Widget" is already in use/,
  },
  {
    source: 'apiextensions Established',
    objects: [
      crd({
        conditions: [condition('NamesAccepted', 'True'), condition('Established', 'False', 'NotAccepted')],
      }),
    ],
    ref: 'CustomResourceDefinition/widgets.example.test',
    state: 'failed',
    reason: 'CRDNotEstablished',
    says: /NotAccepted/,
  },
  {
    source: 'autoscaling ScalingActive FailedGetResourceMetric',
    objects: [
      autoscaler({
        conditions: [
          condition('ScalingActive', 'False', 'FailedGetResourceMetric', 'no metrics returned', 5),
        ],
      }),
    ],
    ref: 'HorizontalPodAutoscaler/apps/web',
    state: 'degraded',
    reason: 'FailedGetResourceMetric',
    says: /does not scale: no metrics returned/,
  },
  {
    source: 'autoscaling AbleToScale FailedGetScale',
    objects: [
      autoscaler({
        conditions: [condition('AbleToScale', 'False', 'FailedGetScale', 'deployments "web" not found', 20)],
      }),
    ],
    ref: 'HorizontalPodAutoscaler/apps/web',
    state: 'failed',
    reason: 'FailedGetScale',
    says: /"web" not found/,
  },
  {
    source: 'kubernetes-mixin KubeHpaMaxedOut: for 15m',
    objects: [
      autoscaler({
        current: 5,
        conditions: [condition('ScalingLimited', 'True', 'TooManyReplicas', '', 20)],
      }),
    ],
    ref: 'HorizontalPodAutoscaler/apps/web',
    state: 'degraded',
    reason: 'MaxedOut',
    says: /more than its maximum of 5/,
  },
  {
    source: 'policy DisruptionAllowed SyncFailed',
    objects: [
      budget({
        disruptionsAllowed: 0,
        conditions: [condition('DisruptionAllowed', 'False', 'SyncFailed', 'no scale', 5)],
      }),
    ],
    ref: 'PodDisruptionBudget/apps/web',
    state: 'degraded',
    reason: 'BudgetSyncFailed',
    says: /cannot be counted: no scale/,
  },
  {
    source: 'kubernetes-mixin KubePdbNotEnoughHealthyPods',
    objects: [budget({ disruptionsAllowed: 0, currentHealthy: 0 })],
    ref: 'PodDisruptionBudget/apps/web',
    state: 'degraded',
    reason: 'BudgetExhausted',
    says: /0 healthy pods of the 1 it demands/,
  },
  {
    source: 'policy disruptionsAllowed: it holds up a drain',
    objects: [
      budget({ disruptionsAllowed: 0, expectedPods: 1, currentHealthy: 1 }),
      node('worker-1', {
        unschedulable: true,
        taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', since: ago(5) }],
      }),
      ...deployed('web', 1, (name) => pod(name)),
    ],
    ref: 'PodDisruptionBudget/apps/web',
    state: 'degraded',
    reason: 'BudgetBlocksDrain',
    says: /holds up the drain of node worker-1/,
  },
  {
    source: 'deletion: past grace and ten minutes',
    objects: [
      pod('old', { deletion: { since: ago(11), graceSeconds: 30, finalizers: ['example.test/keep'] } }),
    ],
    ref: 'Pod/apps/old',
    state: 'degraded',
    reason: 'Terminating',
    says: /waits for example\.test\/keep/,
  },
  {
    source: 'namespace deletion: what remains',
    objects: [
      namespace('old', {
        phase: 'Terminating',
        deletion: { since: ago(30), graceSeconds: 0, finalizers: ['kubernetes'] },
        conditions: [
          condition(
            'NamespaceFinalizersRemaining',
            'True',
            'SomeFinalizersRemain',
            'Some content has finalizers: example.test/keep in 1 resource instances',
          ),
        ],
      }),
    ],
    ref: 'Namespace/old',
    state: 'degraded',
    reason: 'Terminating',
    says: /Some content has finalizers: example\.test\/keep/,
  },
  {
    source: 'deletion: a claim that pods still use',
    objects: [
      claim('data', {
        deletion: { since: ago(30), graceSeconds: 0, finalizers: ['kubernetes.io/pvc-protection'] },
      }),
      pod('web', { claims: ['data'] }),
    ],
    ref: 'PersistentVolumeClaim/apps/data',
    state: 'degraded',
    reason: 'Terminating',
    says: /still used by Pod\/apps\/web/,
  },
  {
    source: 'events: a creation that is refused where no status tells',
    objects: [
      cronJob('backup'),
      warning(cronJob('backup'), 'FailedCreate', 'Error creating job: exceeded quota: small'),
    ],
    ref: 'CronJob/apps/backup',
    state: 'degraded',
    reason: 'FailedCreate',
    says: /refused: a resource quota is used up/,
  },
];

describe('an object that fails', () => {
  it.each(ROWS)('$source', async ({ objects, ref, state, reason, says }) => {
    const findings = await findingsOf(objects);

    expect(findings.map((one) => one.ref)).toEqual([ref]);
    expect(findings[0]).toMatchObject({ state, reason });
    expect(findings[0]?.message).toMatch(says);
  });
});

const cordon = (since?: string) =>
  node('worker-1', {
    unschedulable: true,
    taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', since }],
  });

describe('what is so on purpose, or passes by itself', () => {
  const terminating = { since: ago(2), graceSeconds: 30, finalizers: [] };
  const cases: [string, AnyObject[]][] = [
    [
      'a Deployment scaled to zero, with its Service and Ingress',
      [
        workload('Deployment', 'web', { desired: 0 }),
        service('web'),
        slice('web', 0),
        ingressClass(),
        ingress('web', 'web'),
      ],
    ],
    ['a paused Deployment', [workload('Deployment', 'web', { paused: true, desired: 2, updated: 0 })]],
    [
      'a rollout within its deadline',
      [deployment('web', condition('Progressing', 'True', 'ReplicaSetUpdated', '', 3))],
    ],
    ['a DaemonSet that no node wants', [workload('DaemonSet', 'gpu', { desired: 0 })]],
    [
      'a DaemonSet updated only on deletion',
      [workload('DaemonSet', 'agent', { desired: 3, updated: 1, strategy: 'OnDelete' })],
    ],
    [
      'a StatefulSet held at a partition',
      [
        workload('StatefulSet', 'db', {
          desired: 3,
          updated: 1,
          partition: 2,
          currentRevision: 'a',
          updateRevision: 'b',
        }),
      ],
    ],
    [
      'an old ReplicaSet of a Deployment',
      [
        workload('Deployment', 'web'),
        workload('ReplicaSet', 'web-old', {
          desired: 0,
          available: 0,
          owner: { kind: 'Deployment', name: 'web' },
        }),
      ],
    ],
    [
      'a completed Job and its pod',
      [
        job('import'),
        pod('import-a', {
          phase: 'Succeeded',
          owner: { kind: 'Job', name: 'import' },
          conditions: [condition('Ready', 'False', 'PodCompleted')],
        }),
      ],
    ],
    [
      'a running Job that has retried',
      [
        job('import', { active: 1, succeeded: 0, failed: 1, completed: undefined, conditions: [] }),
        pod('import-a', { phase: 'Failed', owner: { kind: 'Job', name: 'import' } }),
      ],
    ],
    [
      'a failed Job whose owner has a younger one that completed',
      [
        job('plan-1', {
          owner: { kind: 'Plan', name: 'plan' },
          created: ago(50),
          conditions: [condition('Failed', 'True', 'BackoffLimitExceeded')],
        }),
        job('plan-2', { owner: { kind: 'Plan', name: 'plan' }, created: ago(40) }),
      ],
    ],
    [
      'a suspended CronJob whose last run is long ago',
      [cronJob('backup', { suspended: true, lastSuccessful: ago(90 * 24 * 60) })],
    ],
    [
      'a CronJob that failed once and then succeeded',
      [
        cronJob('backup'),
        job('backup-1', {
          owner: { kind: 'CronJob', name: 'backup' },
          created: ago(120),
          conditions: [condition('Failed', 'True', 'BackoffLimitExceeded')],
        }),
        job('backup-2', { owner: { kind: 'CronJob', name: 'backup' }, created: ago(60) }),
      ],
    ],
    ['a CronJob that missed one run', [cronJob('backup', { lastSuccessful: ago(119) })]],
    [
      'a weekday CronJob on a Saturday',
      [cronJob('report', { schedule: '0 9 * * 1-5', lastSuccessful: ago(27 * 60) })],
    ],
    [
      'a new CronJob that has not run yet',
      [cronJob('report', { schedule: '@weekly', lastSuccessful: undefined, created: ago(60) })],
    ],
    [
      'a suspended Job',
      [job('import', { suspended: true, succeeded: 0, completed: undefined, conditions: [] })],
    ],
    [
      'a claim that waits for its first consumer',
      [storageClass({ waitsForConsumer: true }), pendingClaim('data', ago(600))],
    ],
    ['a claim being bound', [storageClass(), pendingClaim('data', ago(2))]],
    ['a released volume that is kept', [volume('pv-data', { phase: 'Released', reclaimPolicy: 'Retain' })]],
    ['a volume being attached', [node('worker-1'), attachment('a', { attached: false, created: ago(1) })]],
    ['a node just cordoned', [cordon(ago(10))]],
    ['a node cordoned since nobody knows when', [cordon()]],
    [
      'NetworkUnavailable False',
      [
        node('worker-1', {
          conditions: [condition('Ready', 'True'), condition('NetworkUnavailable', 'False', 'CiliumIsUp')],
        }),
      ],
    ],
    ['a Service without selector', [service('external', { selector: {} })]],
    ['an ExternalName Service', [service('external', { type: 'ExternalName' })]],
    [
      'a webhook that may be ignored',
      [webhook('Ignore'), service('other', { namespace: 'hooks' }), slice('other', 1, 0, 'hooks')],
    ],
    [
      'an autoscaler of a Deployment scaled to zero',
      [
        autoscaler({
          conditions: [
            condition(
              'ScalingActive',
              'False',
              'ScalingDisabled',
              'scaling is disabled since the replica count of the target is zero',
            ),
          ],
        }),
      ],
    ],
    [
      'an autoscaler pinned to one size',
      [
        autoscaler({
          min: 5,
          max: 5,
          current: 5,
          conditions: [condition('ScalingLimited', 'True', 'TooManyReplicas')],
        }),
      ],
    ],
    ['a budget of a single replica', [budget({ disruptionsAllowed: 0, expectedPods: 1, currentHealthy: 1 })]],
    ['a budget without pods', [budget({ disruptionsAllowed: 0, expectedPods: 0, currentHealthy: 0 })]],
    ['a pod being deleted', [pod('old', { deletion: terminating })]],
    [
      'a pod behind a scheduling gate',
      [
        pod('gated', {
          phase: 'Pending',
          node: undefined,
          containers: [],
          conditions: [condition('PodScheduled', 'False', 'SchedulingGated')],
        }),
      ],
    ],
    [
      'a warning on a healthy pod',
      [pod('web'), warning(pod('web'), 'Unhealthy', 'Readiness probe failed once')],
    ],
    [
      'a refused creation that has since gone through',
      [
        workload('StatefulSet', 'db'),
        warning(workload('StatefulSet', 'db'), 'FailedCreate', 'exceeded quota: small'),
      ],
    ],
    [
      'an Ingress of a class that only an old annotation names',
      [
        service('web'),
        slice('web', 1),
        ingress('web', 'web', {
          className: 'nginx',
          annotations: { 'kubernetes.io/ingress.class': 'nginx' },
        }),
      ],
    ],
    [
      'a Job whose pod was refused at first',
      [
        job('import', { active: 1, succeeded: 0, conditions: [] }),
        warning(job('import'), 'FailedCreate', 'exceeded quota: small'),
      ],
    ],
    [
      'a container that was killed for memory yesterday',
      [
        pod('web', {
          containers: [
            container({
              restarts: 1,
              running: ago(1_440),
              last: { exitCode: 137, reason: 'OOMKilled', finished: ago(1_440) },
            }),
          ],
        }),
      ],
    ],
    [
      'a container that crashed after days, for the fifth time this year',
      [
        pod('web', {
          containers: [
            container({
              restarts: 5,
              running: ago(2),
              last: { exitCode: 1, started: ago(9_000), finished: ago(2) },
            }),
          ],
        }),
      ],
    ],
    [
      'a crash loop long over',
      [
        pod('web', {
          containers: [
            container({
              restarts: 9,
              running: ago(60),
              last: { exitCode: 1, started: ago(62), finished: ago(61) },
            }),
          ],
        }),
      ],
    ],
    [
      'a job-like pod whose container ended well beside its sidecar',
      [
        unready('once', 20, {
          restartPolicy: 'Never',
          containers: [
            container({ ready: false, running: undefined, terminated: { exitCode: 0 } }),
            container({ name: 'proxy', role: 'sidecar' }),
          ],
        }),
      ],
    ],
  ];

  it.each(cases)('%s', async (_what, objects) => {
    const health = await healthOf(objects);

    expect(health.roots.filter(({ state }) => !['progressing', 'suspended', 'info'].includes(state))).toEqual(
      [],
    );
    expect(health.verdict).toBe('healthy');
  });
});

describe('what cannot be seen is not called missing', () => {
  it.each([
    ['EndpointSlices', 'EndpointSlice', [service('web'), workload('Deployment', 'web')]],
    ['Services', 'Service', [ingressClass(), ingress('web', 'web')]],
    ['ingress classes', 'IngressClass', [service('web'), slice('web', 1), ingress('web', 'web')]],
    ['storage classes', 'StorageClass', [pendingClaim('data', ago(1))]],
    ['nodes', 'Node', [attachment('a')]],
    ['Services of webhooks', 'Service', [webhook()]],
  ] as [string, string, AnyObject[]][])('%s that cannot be read', async (_what, kind, objects) => {
    const health = await healthOf(objects, { states: { [kind]: 'unknown' } });

    expect(health.roots.filter(({ state }) => state !== 'progressing')).toEqual([]);
    expect(health.verdict).toBe('unknown');
  });
});

describe('what rests is counted and told on request', () => {
  const running = { active: 1, succeeded: 0, completed: undefined, conditions: [] };

  it.each([
    ['a suspended Job', job('import', { suspended: true, ...running }), 'suspended', 'JobSuspended'],
    ['a suspended CronJob', cronJob('backup', { suspended: true }), 'suspended', 'CronJobSuspended'],
    ['a running Job', job('import', running), 'progressing', 'JobRuns'],
    [
      'a claim being bound',
      pendingClaim('data', ago(2), { storageClass: '' }),
      'progressing',
      'ClaimPending',
    ],
    [
      'pods on nodes no longer selected',
      workload('DaemonSet', 'agent', { misscheduled: 1 }),
      'info',
      'Misscheduled',
    ],
    [
      'a volume that is kept',
      volume('pv', { phase: 'Released', reclaimPolicy: 'Retain' }),
      'info',
      'VolumeReleased',
    ],
    [
      'an Ingress without class',
      ingress('web', 'web', { className: undefined, backends: [] }),
      'info',
      'NoIngressClass',
    ],
    ['a node just cordoned', cordon(ago(10)), 'info', 'Cordoned'],
  ] as const)('%s', async (_what, object, state, reason) => {
    const { findings, verdict } = await answerFor([object], { state });

    expect(findings.map((one) => [one.ref, one.reason])).toEqual([[refOf(object), reason]]);
    expect(verdict).toBe('healthy');
  });
});
