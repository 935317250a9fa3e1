import type { Manifest } from '../../cluster/manifest.ts';
import { condition, deploymentTree, namespace } from '../../cluster/seed.ts';
import type { Fault } from './fault.ts';
import { ago, BEHIND_WIKI, refusedApp, since, SHOP, WIKI } from './workloads-parts.ts';

/** Intercepts the pods of one namespace, in vain. */
function podWebhook(): Manifest {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'MutatingWebhookConfiguration',
    metadata: { name: 'guard' },
    webhooks: [
      {
        name: 'pods.guard.test',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        clientConfig: { service: { namespace: 'network', name: 'guard', path: '/mutate' }, caBundle: '' },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': SHOP } },
        rules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] }],
      },
    ],
  };
}

const NO_ENDPOINT =
  'Internal error occurred: failed calling webhook "pods.guard.test": failed to call webhook: Post "https://guard.network.svc:443/mutate?timeout=10s": no endpoints available for service "guard"';

function apiService(group: string, space: string, name: string): Manifest {
  return {
    apiVersion: 'apiregistration.k8s.io/v1',
    kind: 'APIService',
    metadata: { name: `v1beta1.${group}` },
    spec: {
      group,
      version: 'v1beta1',
      groupPriorityMinimum: 100,
      versionPriority: 100,
      insecureSkipTLSVerify: true,
      service: { namespace: space, name },
    },
    status: {
      conditions: [
        condition(
          'Available',
          'False',
          'MissingEndpoints',
          `endpoints for service/${name} in "${space}" have no addresses`,
          ago(40),
        ),
      ],
    },
  };
}

function autoscaler(conditions: readonly object[]): Manifest {
  return {
    apiVersion: 'autoscaling/v2',
    kind: 'HorizontalPodAutoscaler',
    metadata: { name: 'wiki', namespace: SHOP },
    spec: {
      minReplicas: 1,
      maxReplicas: 5,
      scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: 'wiki' },
      metrics: [
        {
          type: 'Resource',
          resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 70 } },
        },
      ],
    },
    status: { currentReplicas: 1, desiredReplicas: 1, conditions },
  };
}

const scaling = (reason: string, message: string) => [
  condition(
    'AbleToScale',
    'True',
    'SucceededGetScale',
    'the HPA controller was able to get the current scale',
    ago(40),
  ),
  condition('ScalingActive', 'False', reason, message, ago(40)),
];

const green = (): Manifest[] => deploymentTree('wiki', SHOP, { since: since(), service: true });

/** What extends the API server, and what follows from it. */
const EXTENSIONS: readonly Fault[] = [
  {
    name: 'the admission webhook of a namespace has no endpoint, because its own pods crash',
    objects: () => [
      ...deploymentTree('guard', 'network', {
        since: since(),
        service: true,
        pods: [{ state: 'crash-looping', exitCode: 1 }],
      }),
      podWebhook(),
      ...refusedApp(NO_ENDPOINT),
    ],
    root: { ref: 'Deployment/network/guard', reason: 'CrashLoopBackOff' },
    decoys: ['MutatingWebhookConfiguration/guard', 'Service/network/guard', WIKI, ...BEHIND_WIKI],
  },
  {
    name: 'the admission webhook of a namespace belongs to an application that was removed',
    objects: () => [
      podWebhook(),
      ...refusedApp(NO_ENDPOINT.replace('no endpoints available for service', 'service')),
    ],
    root: { ref: 'MutatingWebhookConfiguration/guard', reason: 'WebhookDown' },
    decoys: [WIKI, ...BEHIND_WIKI],
  },
  {
    name: 'metrics-server crashes: its API is not served, and an autoscaler is blind',
    objects: () => [
      ...deploymentTree('metrics-server', 'kube-system', {
        since: since(),
        service: true,
        pods: [{ state: 'crash-looping', exitCode: 1 }],
      }),
      apiService('metrics.k8s.io', 'kube-system', 'metrics-server'),
      ...green(),
      autoscaler(
        scaling(
          'FailedGetResourceMetric',
          'the HPA was unable to compute the replica count: failed to get cpu utilization: unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server is currently unable to handle the request (get pods.metrics.k8s.io)',
        ),
      ),
    ],
    root: { ref: 'Deployment/kube-system/metrics-server', reason: 'CrashLoopBackOff' },
    decoys: [
      'APIService/v1beta1.metrics.k8s.io',
      'Service/kube-system/metrics-server',
      'HorizontalPodAutoscaler/shop/wiki',
    ],
  },
  {
    name: 'an autoscaler has no metrics: its pods ask for no CPU',
    objects: () => [
      ...green(),
      autoscaler(
        scaling(
          'FailedGetResourceMetric',
          'the HPA was unable to compute the replica count: failed to get cpu utilization: missing request for cpu in container main of Pod wiki-5d9c8b7f6-x2x4k',
        ),
      ),
    ],
    root: { ref: 'HorizontalPodAutoscaler/shop/wiki', reason: 'FailedGetResourceMetric' },
  },
  {
    name: 'an autoscaler scales what does not exist',
    objects: () => [
      autoscaler([
        condition(
          'AbleToScale',
          'False',
          'FailedGetScale',
          'the HPA controller was unable to get the target\'s current scale: deployments.apps "wiki" not found',
          ago(40),
        ),
      ]),
    ],
    root: { ref: 'HorizontalPodAutoscaler/shop/wiki', reason: 'FailedGetScale' },
  },
];

/** A namespace that has been going away for 40 minutes. */
function leaving(type: string, reason: string, message: string): Manifest {
  const space = namespace('old');
  return {
    ...space,
    metadata: { ...space.metadata, deletionTimestamp: ago(40) },
    spec: { finalizers: ['kubernetes'] },
    status: { phase: 'Terminating', conditions: [condition(type, 'True', reason, message, ago(39))] },
  };
}

/** What does not go away. */
const DELETIONS: readonly Fault[] = [
  {
    name: "a namespace cannot go because a finalizer in it is nobody's any more",
    objects: () => [
      leaving(
        'NamespaceFinalizersRemaining',
        'SomeFinalizersRemain',
        'Some content in the namespace has finalizers remaining: locks.example.test/lock in 1 resource instances',
      ),
      {
        apiVersion: 'v1',
        kind: 'PersistentVolumeClaim',
        metadata: {
          name: 'data',
          namespace: 'old',
          finalizers: ['locks.example.test/lock'],
          deletionTimestamp: ago(39),
        },
        spec: {
          accessModes: ['ReadWriteOnce'],
          resources: { requests: { storage: '1Gi' } },
          storageClassName: 'standard',
        },
        status: { phase: 'Pending' },
      },
    ],
    root: { ref: 'Namespace/old', reason: 'Terminating' },
    decoys: ['PersistentVolumeClaim/old/data'],
  },
  {
    name: 'a namespace cannot go because an aggregated API is gone',
    objects: () => [
      apiService('custom.example.test', 'network', 'adapter'),
      leaving(
        'NamespaceDeletionDiscoveryFailure',
        'DiscoveryFailed',
        'Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: custom.example.test/v1beta1: stale GroupVersion discovery: custom.example.test/v1beta1',
      ),
    ],
    root: { ref: 'APIService/v1beta1.custom.example.test', reason: 'APIServiceUnavailable' },
    decoys: ['Namespace/old'],
  },
];

/** What extends the API server, and what it cannot let go. */
export const EXTENSION_FAULTS: readonly Fault[] = [...EXTENSIONS, ...DELETIONS];
