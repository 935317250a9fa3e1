import type { Manifest } from '../../cluster/manifest.ts';
import { deploymentTree } from '../../cluster/seed.ts';
import type { Fault } from './fault.ts';
import { helmChart, helmRelease, helmRepository } from './flux-helm.ts';
import {
  ago,
  artifact,
  BEFORE,
  fluxObject,
  git,
  HEAD,
  isReady,
  kustomization,
  retrying,
  SHOP_SPACE,
  waiting,
} from './flux-objects.ts';

const SHOP = 'Kustomization/flux-system/shop';

/** A controller of Flux whose pods crash since an hour, though all that it reconciles still says Ready. */
function crashing(name: string): Manifest[] {
  return deploymentTree(name, 'flux-system', {
    since: new Date(ago(60)),
    pods: [{ state: 'crash-looping', exitCode: 1 }],
    image: `ghcr.io/fluxcd/${name}:v1.9.4`,
  });
}

function scaledToZero(name: string): Manifest {
  const [deployment] = deploymentTree(name, 'flux-system', { since: new Date(ago(60)) }) as [Manifest];
  const status = { observedGeneration: 1, conditions: deployment.status?.['conditions'] };
  return { ...deployment, spec: { ...deployment.spec, replicas: 0 }, status };
}

/** Nothing says that it failed: what should look after it does not. */
export const CONTROLLER_FAULTS: readonly Fault[] = [
  {
    name: 'trap: kustomize-controller is scaled to zero, and all is green',
    objects: () => [
      scaledToZero('kustomize-controller'),
      git('shop'),
      kustomization('shop', { ended: ['ReconciliationSucceeded', 60] }),
      kustomization('shop-extras', { dependsOn: ['shop'], ended: ['ReconciliationSucceeded', 61] }),
    ],
    root: { ref: 'Deployment/flux-system/kustomize-controller', reason: 'ControllerDown' },
    decoys: [SHOP, 'Kustomization/flux-system/shop-extras'],
  },
  {
    name: 'trap: source-controller crashes, its sources say Ready with an old artifact',
    objects: () => [
      ...crashing('source-controller'),
      git('shop', { status: artifact(HEAD, 300) }),
      kustomization('shop'),
    ],
    root: { ref: 'Deployment/flux-system/source-controller', reason: 'CrashLoopBackOff' },
    decoys: ['GitRepository/flux-system/shop', SHOP],
  },
  {
    name: 'source-controller does not answer, so Kustomizations cannot fetch what is stored',
    objects: () => [
      ...crashing('source-controller'),
      git('shop'),
      kustomization('shop', {
        applied: BEFORE,
        attempted: BEFORE,
        ended: ['ReconciliationSucceeded', 45],
        told: retrying(
          'ArtifactFailed',
          'failed to download archive: GET http://source-controller.flux-system.svc.cluster.local./gitrepository/flux-system/shop/5394cb7f.tar.gz giving up after 10 attempt(s): Get "http://source-controller.flux-system.svc.cluster.local./gitrepository/flux-system/shop/5394cb7f.tar.gz": dial tcp 10.96.12.7:80: connect: connection refused',
        ),
      }),
      waiting('shop-extras', 'shop'),
    ],
    root: { ref: 'Deployment/flux-system/source-controller', reason: 'CrashLoopBackOff' },
    decoys: [SHOP, 'Kustomization/flux-system/shop-extras', 'GitRepository/flux-system/shop'],
  },
  {
    name: 'trap: helm-controller crashes, its releases say Ready',
    objects: () => [
      SHOP_SPACE,
      ...crashing('helm-controller'),
      helmRepository(),
      helmChart('wiki'),
      helmRelease('wiki'),
    ],
    root: { ref: 'Deployment/flux-system/helm-controller', reason: 'CrashLoopBackOff' },
    decoys: ['HelmRelease/shop/wiki', 'HelmChart/flux-system/shop-wiki'],
  },
  {
    name: 'trap: a Kustomization is on an old revision, and has not been looked at for five intervals',
    objects: () => [
      git('shop'),
      kustomization('shop', {
        applied: BEFORE,
        attempted: BEFORE,
        ended: ['ReconciliationSucceeded', 50],
      }),
    ],
    root: { ref: SHOP, reason: 'NotReconciling' },
  },
  {
    name: 'trap: a Kustomization without a history is on an old revision since hours',
    objects: () => [
      git('shop', { status: artifact(HEAD, 240) }),
      kustomization('shop', { applied: BEFORE, attempted: BEFORE, status: { history: undefined } }),
    ],
    root: { ref: SHOP, reason: 'BehindSource' },
  },
  {
    name: 'a FluxInstance waits for a controller whose image cannot be pulled',
    objects: () => [
      ...deploymentTree('source-watcher', 'flux-system', {
        since: new Date(ago(40)),
        image: 'ghcr.io/fluxcd/source-watcher:v9.9.9',
        pods: [{ state: 'image-pull' }],
      }),
      fluxObject('FluxInstance', 'flux', {
        spec: { distribution: { version: '2.x', registry: 'ghcr.io/fluxcd' } },
        told: retrying(
          'ReconciliationFailed',
          "reconciliation failed: timeout waiting for: [Deployment/flux-system/source-watcher status: 'InProgress']",
        ),
      }),
    ],
    root: { ref: 'Deployment/flux-system/source-watcher', reason: 'ImagePullBackOff' },
    decoys: ['FluxInstance/flux-system/flux'],
  },
  {
    name: 'a Kustomization is being deleted and waits for a finalizer',
    objects: () => [
      git('shop'),
      {
        ...kustomization('shop', { told: isReady('ReconciliationSucceeded', `Applied revision: ${HEAD}`) }),
        metadata: {
          name: 'shop',
          namespace: 'flux-system',
          finalizers: ['finalizers.fluxcd.io'],
          deletionTimestamp: ago(30),
        },
      },
    ],
    root: { ref: SHOP, reason: 'Terminating' },
  },
  {
    name: 'a namespace is stuck in its deletion, and what is applied to it is refused',
    objects: () => [
      {
        apiVersion: 'v1',
        kind: 'Namespace',
        metadata: { name: 'retired', deletionTimestamp: ago(30) },
        spec: { finalizers: ['kubernetes'] },
        status: {
          phase: 'Terminating',
          conditions: [
            {
              type: 'NamespaceFinalizersRemaining',
              status: 'True',
              reason: 'SomeFinalizersRemain',
              message:
                'Some content in the namespace has finalizers remaining: finalizers.example.test/lock in 1 resource instances',
              lastTransitionTime: ago(29),
            },
          ],
        },
      },
      git('shop'),
      kustomization('shop', {
        applied: BEFORE,
        ended: ['ReconciliationFailed', 2],
        told: retrying(
          'ReconciliationFailed',
          'ConfigMap/retired/wiki dry-run failed (Forbidden): configmaps "wiki" is forbidden: unable to create new content in namespace retired because it is being terminated',
        ),
      }),
    ],
    root: { ref: 'Namespace/retired', reason: 'Terminating' },
    decoys: [SHOP],
  },
];
