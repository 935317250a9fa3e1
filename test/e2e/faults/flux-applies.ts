import type { Manifest } from '../../cluster/manifest.ts';
import type { Fault } from './fault.ts';
import { BEFORE, type Course, git, kustomization, retrying, SHOP_SPACE, waiting } from './flux-objects.ts';

const SHOP = 'Kustomization/flux-system/shop';
const EXTRAS = 'Kustomization/flux-system/shop-extras';

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
