import type { Manifest } from '../../cluster/manifest.ts';
import { deploymentTree } from '../../cluster/seed.ts';
import type { Fault } from './fault.ts';
import {
  ago,
  BEFORE,
  type Course,
  git,
  helmChart,
  helmRelease,
  helmRepository,
  kustomization,
  retrying,
  SHOP_SPACE,
  waiting,
} from './flux-objects.ts';

const SHOP = 'Kustomization/flux-system/shop';
const EXTRAS = 'Kustomization/flux-system/shop-extras';
const WIKI = 'Deployment/shop/wiki';
const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'wiki', namespace: 'shop' },
};

/** A Kustomization whose objects the API server refuses (fluxcd/pkg ssa/errors, DryRunErr). */
function refused(message: string, course: Course = {}): Manifest {
  return kustomization('shop', {
    applied: BEFORE,
    ended: ['ReconciliationFailed', 2],
    told: retrying('ReconciliationFailed', message),
    ...course,
  });
}

function refusal(name: string, message: string, course?: Course): Fault {
  return {
    name,
    objects: () => [git('shop'), refused(message, course), waiting('shop-extras', 'shop')],
    root: { ref: SHOP, reason: 'ReconciliationFailed' },
    decoys: [EXTRAS],
  };
}

/** What the API server refuses to take from a Kustomization. */
export const REFUSALS: readonly Fault[] = [
  refusal(
    'an immutable field was changed',
    'Deployment/shop/wiki dry-run failed (Invalid): Deployment.apps "wiki" is invalid: spec.selector: Invalid value: {"matchLabels":{"app":"wiki-next"}}: field is immutable',
  ),
  refusal(
    'the account that Flux impersonates may not write',
    'Deployment/shop/wiki dry-run failed (Forbidden): deployments.apps "wiki" is forbidden: User "system:serviceaccount:flux-system:shop" cannot patch resource "deployments" in API group "apps" in the namespace "shop"',
    { spec: { serviceAccountName: 'shop' } },
  ),
  refusal(
    'a quota is used up',
    'PersistentVolumeClaim/shop/wiki-data dry-run failed (Forbidden): persistentvolumeclaims "wiki-data" is forbidden: exceeded quota: shop, requested: requests.storage=50Gi, used: requests.storage=80Gi, limited: requests.storage=100Gi',
  ),
  refusal(
    'the namespace forbids such a pod (Pod Security)',
    'Pod/shop/probe dry-run failed (Forbidden): pods "probe" is forbidden: violates PodSecurity "restricted:latest": allowPrivilegeEscalation != false (container "main" must set securityContext.allowPrivilegeEscalation=false)',
  ),
  refusal(
    'a policy engine denies an object',
    'Deployment/shop/wiki dry-run failed (Forbidden): admission webhook "validate.kyverno.svc-fail" denied the request: \n\nresource Deployment/shop/wiki was blocked due to the following policies \n\nrequire-limits:\n  autogen-limits: "validation error: CPU and memory limits are required"',
  ),
  refusal(
    'a CRD is not installed',
    'ServiceMonitor/shop/wiki dry-run failed: no matches for kind "ServiceMonitor" in version "monitoring.coreos.com/v1alpha9"',
  ),
  refusal(
    'the namespace of an object does not exist',
    'ConfigMap/shopp/wiki not found: namespaces "shopp" not found',
  ),
  {
    name: 'what was removed from Git cannot be deleted',
    objects: () => [
      git('shop'),
      refused('', {
        ended: ['PruneFailed', 2],
        told: retrying(
          'PruneFailed',
          'ConfigMap/shop/old delete failed: configmaps "old" is forbidden: User "system:serviceaccount:flux-system:shop" cannot delete resource "configmaps" in API group "" in the namespace "shop"',
        ),
      }),
      waiting('shop-extras', 'shop'),
    ],
    root: { ref: SHOP, reason: 'PruneFailed' },
    decoys: [EXTRAS],
  },
  {
    name: 'the admission webhook that Flux has to pass has no endpoint',
    objects: () => [
      SHOP_SPACE,
      webhook(),
      git('shop'),
      refused(
        'NetworkPolicy/shop/wiki dry-run failed (InternalError): Internal error occurred: failed calling webhook "policies.guard.test": failed to call webhook: Post "https://guard.shop.svc:443/validate?timeout=10s": service "guard" not found',
      ),
      waiting('shop-extras', 'shop'),
    ],
    root: { ref: 'ValidatingWebhookConfiguration/guard', reason: 'WebhookDown' },
    decoys: [SHOP, EXTRAS],
  },
];

/** Intercepts nothing but NetworkPolicies of one namespace. */
function webhook(): Manifest {
  return {
    apiVersion: 'admissionregistration.k8s.io/v1',
    kind: 'ValidatingWebhookConfiguration',
    metadata: { name: 'guard' },
    webhooks: [
      {
        name: 'policies.guard.test',
        admissionReviewVersions: ['v1'],
        sideEffects: 'None',
        failurePolicy: 'Fail',
        clientConfig: { service: { namespace: 'shop', name: 'guard', path: '/validate' } },
        namespaceSelector: { matchLabels: { 'kubernetes.io/metadata.name': 'shop' } },
        rules: [
          {
            apiGroups: ['networking.k8s.io'],
            apiVersions: ['v1'],
            operations: ['CREATE', 'UPDATE'],
            resources: ['networkpolicies'],
          },
        ],
      },
    ],
  };
}

/** A Kustomization that has applied and waited in vain: the cluster already runs what it attempted. */
function unhealthy(name: string, inventory: Course['inventory'], message: string): Manifest {
  return kustomization(name, {
    applied: BEFORE,
    inventory,
    ended: ['HealthCheckFailed', 2],
    told: [...retrying('HealthCheckFailed', message), ['Healthy', 'False', 'HealthCheckFailed', message]],
  });
}

const since = (minutes: number): Date => new Date(ago(minutes));

/** What is applied and then does not get healthy: the workload is the root, whatever waits for it is not. */
export const HEALTH_CHECK_FAULTS: readonly Fault[] = [
  {
    name: 'a health check times out over an image that does not exist, and the parent over its child',
    objects: () => [
      SHOP_SPACE,
      git('shop'),
      ...deploymentTree('wiki', 'shop', {
        image: 'registry.test/wiki:9.9.9',
        since: since(40),
        pods: [{ state: 'image-pull' }],
        labels: {
          'kustomize.toolkit.fluxcd.io/name': 'shop',
          'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
        },
      }),
      unhealthy('shop', [DEPLOYMENT], "timeout waiting for: [Deployment/shop/wiki status: 'InProgress']"),
      unhealthy(
        'shop-root',
        [
          {
            apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
            kind: 'Kustomization',
            metadata: { name: 'shop', namespace: 'flux-system' },
          },
        ],
        "timeout waiting for: [Kustomization/flux-system/shop status: 'InProgress']",
      ),
      waiting('shop-extras', 'shop'),
    ],
    root: { ref: WIKI, reason: 'ImagePullBackOff' },
    decoys: [SHOP, 'Kustomization/flux-system/shop-root', EXTRAS],
  },
  {
    name: 'a health check gives up early on a rollout whose pods crash',
    objects: () => [
      SHOP_SPACE,
      git('shop'),
      ...deploymentTree('wiki', 'shop', {
        since: since(40),
        stuck: true,
        pods: [{ state: 'crash-looping', exitCode: 1 }],
      }),
      unhealthy(
        'shop',
        [DEPLOYMENT],
        "failed early due to stalled resources: [Deployment/shop/wiki status: 'Failed']",
      ),
      waiting('shop-extras', 'shop'),
    ],
    root: { ref: WIKI, reason: 'CrashLoopBackOff' },
    decoys: [SHOP, EXTRAS],
  },
  {
    name: 'a Kustomization waits for a HelmRelease whose values are missing',
    objects: () => [
      SHOP_SPACE,
      git('shop'),
      helmRepository(),
      helmChart('wiki'),
      helmRelease('wiki', {
        told: [
          [
            'Ready',
            'False',
            'ValuesError',
            `could not resolve Secret chart values reference 'shop/wiki-values' with key 'values.yaml': secrets "wiki-values" not found`,
          ],
        ],
      }),
      unhealthy(
        'shop',
        [
          {
            apiVersion: 'helm.toolkit.fluxcd.io/v2',
            kind: 'HelmRelease',
            metadata: { name: 'wiki', namespace: 'shop' },
          },
        ],
        "timeout waiting for: [HelmRelease/shop/wiki status: 'InProgress']",
      ),
      waiting('shop-extras', 'shop'),
    ],
    root: { ref: 'HelmRelease/shop/wiki', reason: 'ValuesError' },
    decoys: [SHOP, EXTRAS],
  },
  {
    name: 'a Kustomization that has failed its health check for hours is just trying again',
    objects: () => [
      SHOP_SPACE,
      git('shop'),
      ...deploymentTree('wiki', 'shop', {
        since: since(180),
        pods: [{ state: 'config-error', message: 'configmap "wiki-config" not found' }],
      }),
      kustomization('shop', {
        applied: BEFORE,
        inventory: [DEPLOYMENT],
        ended: ['HealthCheckFailed', 4],
        minutes: 180,
        told: [
          ['Reconciling', 'True', 'Progressing', 'Running health checks for revision with a timeout of 5m0s'],
          ['Ready', 'Unknown', 'Progressing', 'Reconciliation in progress'],
          ['Healthy', 'Unknown', 'Progressing', 'Running health checks with a timeout of 5m0s'],
        ],
      }),
      waiting('shop-extras', 'shop'),
    ],
    root: { ref: WIKI, reason: 'CreateContainerConfigError' },
    decoys: [SHOP, EXTRAS],
  },
];
