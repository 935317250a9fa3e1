import type { Manifest } from '../../cluster/manifest.ts';
import { condition, deploymentTree } from '../../cluster/seed.ts';
import type { Fault } from './fault.ts';
import { helmChart, helmRelease, helmRepository } from './flux-helm.ts';
import {
  ago,
  BEFORE,
  type Course,
  git,
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
  {
    name: 'the namespace forbids the pods of what was applied (Pod Security)',
    objects: () => [
      SHOP_SPACE,
      git('shop'),
      withoutPods(),
      unhealthy('shop', [DEPLOYMENT], "timeout waiting for: [Deployment/shop/wiki status: 'InProgress']"),
      waiting('shop-extras', 'shop'),
    ],
    root: { ref: WIKI, reason: 'FailedCreate' },
    decoys: [SHOP, EXTRAS],
  },
];

/** A Deployment whose ReplicaSet may create no pod (kubernetes pkg/controller/deployment/util, ReplicaFailure). */
function withoutPods(): Manifest {
  const [deployment] = deploymentTree('wiki', 'shop', { since: since(40) }) as [Manifest];
  return {
    ...deployment,
    status: {
      observedGeneration: 1,
      unavailableReplicas: 1,
      conditions: [
        told(
          'Available',
          'False',
          'MinimumReplicasUnavailable',
          'Deployment does not have minimum availability.',
        ),
        told(
          'ReplicaFailure',
          'True',
          'FailedCreate',
          'pods "wiki-7d9f8c6b5-" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true (pod or container "main" must set securityContext.runAsNonRoot=true)',
        ),
        told('Progressing', 'True', 'NewReplicaSetCreated', 'Created new replica set "wiki-7d9f8c6b5"'),
      ],
    },
  };
}

function told(type: string, status: 'True' | 'False', reason: string, message: string) {
  return { ...condition(type, status, reason, message, ago(40)), lastUpdateTime: ago(40) };
}
