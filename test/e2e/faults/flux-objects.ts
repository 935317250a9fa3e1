import type { Manifest, ManifestRef } from '../../cluster/manifest.ts';
import { condition, namespace, revisionOf, rfc3339 } from '../../cluster/seed.ts';

/** A condition as a controller of Flux tells it. */
export type Told = readonly [
  type: string,
  status: 'True' | 'False' | 'Unknown',
  reason: string,
  message: string,
];

/** What a Flux object is made of; `minutes` is how long its conditions stand, 40 when absent. */
export interface Parts {
  namespace?: string;
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  told?: readonly Told[];
  minutes?: number;
}

/** The newest revision of the source, and the one before it. */
export const HEAD = revisionOf('head');
export const BEFORE = revisionOf('before');

const FLUX_SYSTEM = 'flux-system';

/** Where applications live in these faults. */
export const SHOP = 'shop';
export const SHOP_SPACE = namespace(SHOP);

const API_VERSIONS: Readonly<Record<string, string>> = {
  Kustomization: 'kustomize.toolkit.fluxcd.io/v1',
  HelmRelease: 'helm.toolkit.fluxcd.io/v2',
  Receiver: 'notification.toolkit.fluxcd.io/v1',
  Alert: 'notification.toolkit.fluxcd.io/v1beta3',
  Provider: 'notification.toolkit.fluxcd.io/v1beta3',
  ImageRepository: 'image.toolkit.fluxcd.io/v1',
  ImagePolicy: 'image.toolkit.fluxcd.io/v1',
  ImageUpdateAutomation: 'image.toolkit.fluxcd.io/v1',
  FluxInstance: 'fluxcd.controlplane.io/v1',
  ResourceSet: 'fluxcd.controlplane.io/v1',
};

/** The RFC 3339 time so many minutes ago. */
export function ago(minutes: number): string {
  return rfc3339(Date.now() - minutes * 60_000);
}

/** An object of any kind of Flux in `flux-system`, due every ten minutes. */
export function fluxObject(kind: string, name: string, parts: Parts = {}): Manifest {
  const { namespace: space = FLUX_SYSTEM, spec = {}, status = {}, told = [], minutes = 40 } = parts;
  const since = ago(minutes);
  const conditions = told.map((one) => ({ ...condition(...one, since), observedGeneration: 1 }));
  return {
    apiVersion: API_VERSIONS[kind] ?? 'source.toolkit.fluxcd.io/v1',
    kind,
    metadata: { name, namespace: space },
    spec: { interval: '10m0s', ...spec },
    ...(told.length > 0 && { status: { observedGeneration: 1, ...status, conditions } }),
  };
}

/** Ready=True with what the controller says of a success. */
export function isReady(reason: string, message: string): Told[] {
  return [['Ready', 'True', reason, message]];
}

/** How a controller that will try again tells a failure: Reconciling stays (fluxcd/pkg runtime/reconcile). */
export function retrying(reason: string, message: string): Told[] {
  return [
    ['Reconciling', 'True', 'ProgressingWithRetry', message],
    ['Ready', 'False', reason, message],
  ];
}

/** How a controller tells that only a change will help. */
export function stalled(reason: string, message: string): Told[] {
  return [
    ['Stalled', 'True', reason, message],
    ['Ready', 'False', reason, message],
  ];
}

/** How source-controller tells that it could not fetch. */
export function fetchFailed(reason: string, message: string): Told[] {
  return [...retrying(reason, message), ['FetchFailed', 'True', reason, message]];
}

/** `status.artifact` of a source; `minutes` is how long it has been stored. */
export function artifact(revision: string, minutes = 40): Record<string, unknown> {
  return {
    artifact: {
      path: `gitrepository/${FLUX_SYSTEM}/shop/latest.tar.gz`,
      url: `http://source-controller.${FLUX_SYSTEM}.svc.cluster.local./gitrepository/latest.tar.gz`,
      revision,
      digest: `sha256:${'5'.repeat(64)}`,
      lastUpdateTime: ago(minutes),
      size: 4096,
    },
  };
}

/** A GitRepository, fetched well unless `told` says otherwise; it has an artifact unless `status` is given. */
export function git(
  name: string,
  { told, spec = {}, status = artifact(HEAD), ...more }: Parts = {},
): Manifest {
  const stored = isReady('Succeeded', `stored artifact for revision '${HEAD}'`);
  return fluxObject('GitRepository', name, {
    ...more,
    spec: { url: `ssh://git@git.test/home/${name}.git`, ref: { branch: 'main' }, ...spec },
    status,
    told: told ?? stored,
  });
}

/** What a Kustomization has done so far. */
export interface Course extends Parts {
  dependsOn?: readonly string[];
  source?: { kind: string; name: string; namespace?: string };
  attempted?: string;
  applied?: string;
  inventory?: readonly ManifestRef[];
  /** How the newest entry of its history ended, and how many minutes ago: it is written only after a build. */
  ended?: readonly [status: string, minutes: number];
  /** It has never come so far as to attempt anything. */
  fresh?: boolean;
}

/** A Kustomization of the GitRepository `shop`; reconciled well two minutes ago unless told otherwise. */
export function kustomization(name: string, course: Course = {}): Manifest {
  const { dependsOn = [], source = { kind: 'GitRepository', name: SHOP }, applied = HEAD, ...more } = course;
  const { attempted = HEAD, inventory = [], ended = ['ReconciliationSucceeded', 2] } = course;
  const [status, minutes] = ended;
  return fluxObject('Kustomization', name, {
    ...more,
    spec: {
      path: `./apps/${name}`,
      prune: true,
      wait: true,
      timeout: '5m0s',
      sourceRef: source,
      ...(dependsOn.length > 0 && { dependsOn: dependsOn.map((each) => ({ name: each })) }),
      ...more.spec,
    },
    status: {
      ...(course.fresh !== true && {
        lastAttemptedRevision: attempted,
        lastAppliedRevision: applied,
        inventory: { entries: inventory.map(inventoryEntry) },
        history: [historyEntry(attempted, status, minutes)],
      }),
      ...more.status,
    },
    told: more.told ?? isReady('ReconciliationSucceeded', `Applied revision: ${applied}`),
  });
}

function historyEntry(revision: string, status: string, minutes: number): Record<string, unknown> {
  return {
    digest: `sha256:${'7'.repeat(64)}`,
    firstReconciled: ago(minutes + 60),
    lastReconciled: ago(minutes),
    lastReconciledDuration: '1.2s',
    lastReconciledStatus: status,
    totalReconciliations: 4,
    metadata: { revision },
  };
}

/** `<namespace>_<name>_<group>_<kind>` (fluxcd/cli-utils object.ObjMetadata). */
export function inventoryEntry({ apiVersion, kind, metadata }: ManifestRef): { id: string; v: string } {
  const [group = '', version = ''] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  return { id: [metadata.namespace ?? '', metadata.name, group, kind].join('_'), v: version };
}

/** A Kustomization that waits for another (kustomize-controller, checkDependencies). */
export function waiting(name: string, dependency: string, why = 'is not ready'): Manifest {
  const message = `dependency '${FLUX_SYSTEM}/${dependency}' ${why}`;
  return kustomization(name, {
    dependsOn: [dependency],
    applied: BEFORE,
    attempted: BEFORE,
    ended: ['ReconciliationSucceeded', 45],
    told: [['Ready', 'False', 'DependencyNotReady', message]],
  });
}
