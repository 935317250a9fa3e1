import type { Manifest } from '../../cluster/manifest.ts';
import { deploymentTree, gitRepository, kustomization, revisionOf } from '../../cluster/seed.ts';
import { type Fault, since } from './fault.ts';

const SHOP = 'Kustomization/flux-system/shop';

/** A Kustomization that fails since half an hour, and one that waits for it. */
function failing(reason: string, message: string): () => Manifest[] {
  return () => [
    kustomization('shop', { state: 'failed', reason, message, since: since(30) }),
    kustomization('blog', { state: 'blocked', dependsOn: ['shop'], since: since(30) }),
  ];
}

/** How kustomize-controller says why it fails: reason, message, and what must be told of it. */
const FAILURES: readonly (readonly [name: string, reason: string, message: string, says: RegExp])[] = [
  [
    'a path does not exist',
    'ArtifactFailed',
    'kustomization path not found: stat /tmp/kustomization-1/apps/shop: no such file or directory',
    /path not found: .*apps\/shop/,
  ],
  [
    'a manifest does not build',
    'BuildFailed',
    "kustomize build failed: accumulating resources: accumulation err='accumulating resources from 'service.yaml': no such file or directory'",
    /service\.yaml.*no such file/,
  ],
  [
    'a SOPS key is gone',
    'BuildFailed',
    'cannot get sops decryption Secret \'flux-system/sops-age\': secrets "sops-age" not found',
    /decryption Secret 'flux-system\/sops-age'/,
  ],
  [
    'a Secret is encrypted for another key',
    'BuildFailed',
    "decryption failed for 'Secret/shop-login': cannot get sops data key: Error getting data key: 0 successful groups required, got 0",
    /Secret\/shop-login.*data key/,
  ],
  [
    'a variable is not defined',
    'BuildFailed',
    'post build failed for \'Ingress/shop\': variable substitution failed: variable not set (strict mode): "DOMAIN"',
    /variable not set .*DOMAIN/,
  ],
  [
    'a field is immutable',
    'ReconciliationFailed',
    'Job/apps/migrate dry-run failed (Invalid): Job.batch "migrate" is invalid: spec.template: Invalid value: field is immutable',
    /Job\/apps\/migrate .*immutable/,
  ],
  [
    'an impersonated account may not',
    'ReconciliationFailed',
    'Deployment/apps/shop dry-run failed (Forbidden): deployments.apps "shop" is forbidden: User "system:serviceaccount:apps:tenant" cannot patch resource "deployments" in API group "apps" in the namespace "apps"',
    /User "system:serviceaccount:apps:tenant" cannot patch/,
  ],
  [
    'a kind is not defined',
    'ReconciliationFailed',
    'Widget/apps/shop dry-run failed: no matches for kind "Widget" in version "example.test/v1"',
    /no matches for kind "Widget"/,
  ],
];

const UNAUTHORIZED =
  'failed to checkout and determine revision: unable to clone: authentication required: Invalid username or token';

/** A GitRepository that was never fetched. */
function unfetched(name: string): Manifest {
  const source = gitRepository(name, { state: 'failed', message: UNAUTHORIZED, since: since(30) });
  const { conditions } = source.status ?? {};
  const told = (conditions as { type: string }[]).filter(({ type }) => type !== 'ArtifactInStorage');
  return { ...source, status: { observedGeneration: 1, conditions: told } };
}

/** A Kustomization that waits for a source. */
function sourceless(name: string, source: string, reason = 'ArtifactFailed'): Manifest {
  const message = 'Source is not ready, artifact not found, retrying in 30s';
  return kustomization(name, { state: 'failed', source, reason, message, since: since(30) });
}

const HOURS_AGO = 3 * 60 * 60_000;

/** A Kustomization that says Ready and was last reconciled three hours ago. */
function leftOver(name: string): Manifest {
  return kustomization(name, { now: Date.now() - HOURS_AGO, since: since(600) });
}

/** What keeps Kustomizations from being what Git says. */
export const KUSTOMIZATION_FAULTS: readonly Fault[] = [
  ...FAILURES.map(([name, reason, message, says]): Fault => ({
    name,
    objects: failing(reason, message),
    root: { ref: SHOP, reason, says },
    decoys: ['Kustomization/flux-system/blog'],
  })),
  {
    name: 'a source refuses its login, and still serves what it had',
    objects: () => [gitRepository('other', { state: 'failed', message: UNAUTHORIZED, since: since(30) })],
    root: { ref: 'GitRepository/flux-system/other', reason: 'GitOperationFailed', says: /authentication/ },
  },
  {
    name: 'a source was never fetched, and nothing that needs it goes on',
    objects: () => [
      unfetched('other'),
      sourceless('shop', 'other'),
      kustomization('blog', { state: 'blocked', dependsOn: ['shop'], since: since(30) }),
    ],
    root: { ref: 'GitRepository/flux-system/other', reason: 'GitOperationFailed', says: /authentication/ },
    decoys: [SHOP, 'Kustomization/flux-system/blog'],
  },
  {
    name: 'a source does not exist',
    objects: () => [sourceless('shop', 'gone')],
    root: { ref: 'GitRepository/flux-system/gone', reason: 'SourceMissing', says: /does not exist/ },
    decoys: [SHOP],
  },
  {
    name: 'a chain of three waits for one that does not build',
    objects: () => [
      kustomization('one', { state: 'failed', since: since(30) }),
      kustomization('two', { state: 'blocked', dependsOn: ['one'], since: since(30) }),
      kustomization('three', { state: 'blocked', dependsOn: ['two'], since: since(30) }),
      kustomization('four', { state: 'blocked', dependsOn: ['three'], since: since(30) }),
    ],
    root: { ref: 'Kustomization/flux-system/one', reason: 'BuildFailed' },
    decoys: ['two', 'three', 'four'].map((name) => `Kustomization/flux-system/${name}`),
  },
  {
    name: 'a health check times out over an image that does not exist',
    objects: () => {
      const message = 'Back-off pulling image "registry.test/shop:9": registry.test/shop:9: not found';
      const broken = {
        state: 'image-pull',
        image: 'registry.test/shop:9',
        message,
        since: since(30),
      } as const;
      const tree = deploymentTree('shop', 'apps', { since: since(30), pods: [broken] });
      const inventory = tree.filter(({ kind }) => kind === 'Deployment');
      const waited =
        "health check failed after 5m0s: timeout waiting for: [Deployment/apps/shop status: 'InProgress']";
      const reason = 'HealthCheckFailed';
      return [
        ...tree,
        kustomization('shop', { state: 'failed', reason, message: waited, inventory, since: since(25) }),
        kustomization('blog', { state: 'blocked', dependsOn: ['shop'], since: since(25) }),
      ];
    },
    root: {
      ref: 'Deployment/apps/shop',
      reason: 'ImagePullBackOff',
      says: /registry\.test\/shop:9: image or tag not found/,
    },
    decoys: [SHOP, 'Kustomization/flux-system/blog'],
  },
  {
    name: 'a suspended one keeps another waiting',
    objects: () => [
      kustomization('shop', {
        state: 'suspended',
        revision: revisionOf('before'),
        now: Date.now() - HOURS_AGO,
        since: since(600),
      }),
      kustomization('blog', { state: 'blocked', dependsOn: ['shop'], since: since(30) }),
    ],
    root: { ref: SHOP, reason: 'Suspended', says: /suspended, and 1 objects wait for it/ },
    decoys: ['Kustomization/flux-system/blog'],
  },
  {
    name: 'a reference across namespaces is refused',
    objects: () => [kustomization('shop', { state: 'stalled', since: since(30) })],
    root: { ref: SHOP, reason: 'AccessDenied', says: /cross-namespace references have been blocked/ },
  },
  {
    name: 'Ready is left over from three hours ago',
    objects: () => [leftOver('shop')],
    root: { ref: SHOP, reason: 'NotReconciling', says: /last reconciled 3h.* ago, due every 10m/ },
  },
  {
    name: 'kustomize-controller crashes, and what it said is old',
    objects: () => [
      ...deploymentTree('kustomize-controller', 'flux-system', {
        since: since(200),
        pods: [{ state: 'crash-looping', since: since(200), message: 'unable to start manager' }],
      }),
      leftOver('shop'),
      leftOver('blog'),
    ],
    root: { ref: 'Deployment/flux-system/kustomize-controller', reason: 'CrashLoopBackOff' },
    decoys: [SHOP, 'Kustomization/flux-system/blog'],
  },
  {
    name: 'kustomize-controller is scaled to zero',
    objects: () => [
      ...deploymentTree('kustomize-controller', 'flux-system', { since: since(200), replicas: 0 }),
      leftOver('shop'),
    ],
    root: {
      ref: 'Deployment/flux-system/kustomize-controller',
      reason: 'ControllerDown',
      says: /scaled to zero: nothing reconciles its kinds/,
    },
    decoys: [SHOP],
  },
];
