import type { Fault } from './fault.ts';
import { BEFORE, type Course, git, kustomization, retrying, stalled, waiting } from './flux-objects.ts';

const SHOP = 'Kustomization/flux-system/shop';
const EXTRAS = 'Kustomization/flux-system/shop-extras';

/** A Kustomization that came no further than to its build: its history still ends with the last success. */
function broken(reason: string, message: string, course: Course = {}) {
  return kustomization('shop', {
    applied: BEFORE,
    ended: ['ReconciliationSucceeded', 45],
    told: retrying(reason, message),
    ...course,
  });
}

/** The fault of one Kustomization, with another that waits for it. */
function fault(name: string, reason: string, message: string, course?: Course): Fault {
  return {
    name,
    objects: () => [git('shop'), broken(reason, message, course), waiting('shop-extras', 'shop')],
    root: { ref: SHOP, reason },
    decoys: [EXTRAS],
  };
}

/** What goes wrong between the artifact and the first write: paths, builds, decryption, substitution, access. */
export const BUILD_FAULTS: readonly Fault[] = [
  fault(
    'the path of a Kustomization does not exist',
    'ArtifactFailed',
    'kustomization path not found: stat /tmp/kustomization-2947162513/apps/shop: no such file or directory',
    { attempted: BEFORE },
  ),
  fault(
    'a kustomization.yaml lists a file that does not exist',
    'BuildFailed',
    "kustomize build failed: accumulating resources: accumulation err='accumulating resources from 'deployment.yaml': open /tmp/kustomization-4135772681/apps/shop/deployment.yaml: no such file or directory': must build at directory: not a valid directory: evalsymlink failure on '/tmp/kustomization-4135772681/apps/shop/deployment.yaml' : lstat /tmp/kustomization-4135772681/apps/shop/deployment.yaml: no such file or directory",
  ),
  fault(
    'the Secret with the SOPS key is gone',
    'BuildFailed',
    `cannot get sops decryption Secret 'flux-system/sops-age': secrets "sops-age" not found`,
    { spec: { decryption: { provider: 'sops', secretRef: { name: 'sops-age' } } } },
  ),
  fault(
    'an encrypted value was changed by hand, so that its authentication tag does not fit',
    'BuildFailed',
    "decryption failed for 'Secret.v1.[noGrp]/wiki-env': error decrypting sops tree: Error walking tree: Could not decrypt value: cipher: message authentication failed",
    { spec: { decryption: { provider: 'sops', secretRef: { name: 'sops-age' } } } },
  ),
  fault(
    'a Secret is committed encrypted, but decryption is not configured',
    'ReconciliationFailed',
    'Secret/shop/wiki-env is SOPS encrypted, configuring decryption is required for this secret to be reconciled',
    { ended: ['ReconciliationFailed', 2] },
  ),
  fault(
    'a variable is not defined (strict substitution)',
    'BuildFailed',
    `post build failed for 'Ingress.v1.networking.k8s.io/wiki': envsubst error: variable substitution failed: variable not set (strict mode): "DOMAIN_1"`,
  ),
  fault(
    'the ConfigMap that variables come from is missing',
    'BuildFailed',
    `post build failed for 'ConfigMap.v1.[noGrp]/wiki': substitute from 'ConfigMap/cluster-config' error: configmaps "cluster-config" not found`,
    { spec: { postBuild: { substituteFrom: [{ kind: 'ConfigMap', name: 'cluster-config' }] } } },
  ),
  fault(
    'a source of another namespace is not allowed',
    'AccessDenied',
    "can't access 'GitRepository/other/cluster', cross-namespace references have been blocked",
    {
      source: { kind: 'GitRepository', name: 'cluster', namespace: 'other' },
      told: stalled(
        'AccessDenied',
        "can't access 'GitRepository/other/cluster', cross-namespace references have been blocked",
      ),
    },
  ),
];

/** What goes wrong between Kustomizations that wait for one another. */
export const DEPENDENCY_FAULTS: readonly Fault[] = [
  {
    name: 'a chain of three waits for one that cannot be built',
    objects: () => [
      git('shop'),
      broken('BuildFailed', 'kustomize build failed: json: unknown field "resorces"'),
      waiting('shop-config', 'shop'),
      waiting('shop-apps', 'shop-config'),
      waiting('shop-dashboards', 'shop-apps'),
    ],
    root: { ref: SHOP, reason: 'BuildFailed' },
    decoys: ['shop-config', 'shop-apps', 'shop-dashboards'].map(
      (name) => `Kustomization/flux-system/${name}`,
    ),
  },
  {
    name: 'a dependency does not exist',
    objects: () => [
      git('shop'),
      waiting(
        'shop',
        'shop-crds',
        'not found: kustomizations.kustomize.toolkit.fluxcd.io "shop-crds" not found',
      ),
      waiting('shop-extras', 'shop'),
    ],
    root: { ref: 'Kustomization/flux-system/shop-crds', reason: 'DependencyMissing' },
    decoys: [SHOP, EXTRAS],
  },
  {
    name: 'two Kustomizations wait for each other',
    objects: () => [git('shop'), waiting('shop', 'shop-extras'), waiting('shop-extras', 'shop')],
    root: { ref: SHOP, reason: 'DependencyCycle' },
    decoys: [EXTRAS],
  },
  {
    name: 'a suspended Kustomization keeps those that need its new revision waiting, though it is Ready',
    objects: () => [
      git('shop'),
      kustomization('infra', {
        applied: BEFORE,
        attempted: BEFORE,
        ended: ['ReconciliationSucceeded', 300],
        spec: { suspend: true },
      }),
      waiting('shop', 'infra', 'revision is not up to date'),
      waiting('shop-extras', 'shop'),
    ],
    root: { ref: 'Kustomization/flux-system/infra', reason: 'Suspended' },
    decoys: [SHOP, EXTRAS],
  },
];
