import type { Manifest } from '../../cluster/manifest.ts';
import { condition, deploymentTree, kustomization, namespace } from '../../cluster/seed.ts';
import { ago, type Fault, since } from './fault.ts';
import { autoscaler } from './workloads.ts';

const HOOK = 'guard.example.test';

/** A webhook that lets nothing through unless it answers; it intercepts a kind that nobody here creates. */
function webhook(annotations: Record<string, string> = {}): Manifest {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'guard', annotations },
    webhooks: [
      {
        name: HOOK,
        failurePolicy: 'Fail',
        clientConfig: { service: { namespace: 'apps', name: 'guard', path: '/' } },
        rules: [
          { apiGroups: ['guarded.test'], apiVersions: ['v1'], operations: ['CREATE'], resources: ['things'] },
        ],
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
      },
    ],
  };
}

const REFUSED = `Internal error occurred: failed calling webhook "${HOOK}": failed to call webhook: Post "https://guard.apps.svc:443/": no endpoints available for service "guard"`;

/** A Kustomization that a webhook keeps from applying. */
function kept(name: string): Manifest {
  return kustomization(name, {
    state: 'failed',
    reason: 'ReconciliationFailed',
    message: `Deployment/apps/shop dry-run failed (InternalError): ${REFUSED}`,
    since: since(30),
  });
}

function apiService(group: string): Manifest {
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
      service: { namespace: 'kube-system', name: 'metrics-server' },
    },
  };
}

/** A Namespace that cannot be emptied. */
function doomed(type: string, reason: string, message: string): Manifest {
  const conditions = [condition(type, 'True', reason, message, ago(30))];
  return { ...namespace('doomed'), status: { phase: 'Active', conditions } };
}

/** What breaks the API itself, and all who write through it. */
export const CONTROL_PLANE_FAULTS: readonly Fault[] = [
  {
    name: 'a webhook without a Service keeps Flux from applying',
    objects: () => [webhook(), kept('shop'), kept('blog')],
    root: {
      ref: 'ValidatingWebhookConfiguration/guard',
      reason: 'WebhookDown',
      says: /the Service of its webhook does not exist/,
    },
    decoys: ['Kustomization/flux-system/shop', 'Kustomization/flux-system/blog'],
  },
  {
    name: 'a webhook is down because its pod crashes',
    objects: () => [
      webhook(),
      kept('shop'),
      ...deploymentTree('guard', 'apps', {
        since: since(30),
        service: true,
        pods: [{ state: 'crash-looping', since: since(30) }],
      }),
    ],
    root: { ref: 'Deployment/apps/guard', reason: 'CrashLoopBackOff' },
    decoys: ['Service/apps/guard', 'ValidatingWebhookConfiguration/guard', 'Kustomization/flux-system/shop'],
  },
  {
    name: 'an aggregated API is not served, and nothing scales by it',
    objects: () => [
      apiService('metrics.k8s.io'),
      autoscaler(
        'ScalingActive',
        'FailedGetResourceMetric',
        'unable to get metrics for resource cpu: unable to fetch metrics from resource metrics API: the server is currently unable to handle the request (get resource metrics from pods.metrics.k8s.io)',
      ),
    ],
    root: {
      ref: 'APIService/v1beta1.metrics.k8s.io',
      reason: 'APIServiceUnavailable',
      says: /metrics-server/,
    },
    decoys: ['HorizontalPodAutoscaler/apps/web'],
  },
  {
    name: 'a Namespace cannot go because an API is not served',
    objects: () => [
      apiService('stats.example.test'),
      doomed(
        'NamespaceDeletionDiscoveryFailure',
        'DiscoveryFailed',
        'Discovery failed for some groups, 1 failing: unable to retrieve the complete list of server APIs: stats.example.test/v1beta1: stale GroupVersion discovery',
      ),
    ],
    deleted: [namespace('doomed')],
    root: { ref: 'APIService/v1beta1.stats.example.test', reason: 'APIServiceUnavailable' },
    decoys: ['Namespace/doomed'],
  },
  {
    name: 'a Namespace waits for a finalizer inside it',
    objects: () => [
      doomed(
        'NamespaceFinalizersRemaining',
        'SomeFinalizersRemain',
        'Some content in the namespace has finalizers remaining: example.test/hold in 1 resource instances',
      ),
    ],
    deleted: [namespace('doomed')],
    root: { ref: 'Namespace/doomed', reason: 'Terminating', says: /example.test\/hold in 1 resource/ },
  },
];
