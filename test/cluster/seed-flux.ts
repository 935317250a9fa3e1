import { createHash } from 'node:crypto';

import type { Manifest, ManifestRef } from './manifest.ts';
import { condition, rfc3339, type Times, timesOf } from './seed-core.ts';

/** What Flux objects of every kind may differ in. */
export interface FluxOptions extends Times {
  /** `flux-system` when absent. */
  namespace?: string;
  /** Go duration; `10m0s` when absent. */
  interval?: string;
  /** Of the artifact, or the revision to apply. */
  revision?: string;
  /** What the failing condition says; a typical text when absent. */
  message?: string;
  /** What the failing condition's reason is. */
  reason?: string;
  labels?: Record<string, string>;
  annotations?: Record<string, string>;
}

export type SourceState = 'ready' | 'failed' | 'suspended';

export interface SourceOptions extends FluxOptions {
  state?: SourceState;
  url?: string;
}

export type KustomizationState =
  | 'ready'
  | 'failed'
  | 'blocked'
  | 'suspended'
  | 'progressing'
  | 'stalled'
  | 'behind'
  | 'new';

export interface KustomizationOptions extends FluxOptions {
  state?: KustomizationState;
  /** Names in the same namespace; a blocked one waits for the first. */
  dependsOn?: readonly string[];
  path?: string;
  source?: string;
  /** Checks the health of what it applies; true when absent. */
  wait?: boolean;
  /** What it has applied. */
  inventory?: readonly ManifestRef[];
  /** The revision it applied before, where that is not `revision`. */
  previous?: string;
}

export type ReleaseState = 'ready' | 'failed' | 'blocked' | 'suspended' | 'stalled' | 'new';

export interface ReleaseOptions extends FluxOptions {
  state?: ReleaseState;
  chart?: string;
  version?: string;
  dependsOn?: readonly string[];
  inventory?: readonly ManifestRef[];
}

type Conditions = Record<string, unknown>[];

const FLUX_SYSTEM = 'flux-system';

/** A Git revision as Flux writes it, the same for the same text. */
export function revisionOf(text: string, branch = 'main'): string {
  return `${branch}@sha1:${createHash('sha1').update(text).digest('hex')}`;
}

/** A GitRepository with an artifact; a failed one could not be fetched since, a suspended one was not. */
export function gitRepository(name: string, options: SourceOptions = {}): Manifest {
  const {
    state = 'ready',
    revision = revisionOf('head'),
    url = 'ssh://git@git.test/home/cluster.git',
  } = options;
  const { since } = timesOf(options);
  return fluxObject('source.toolkit.fluxcd.io/v1', 'GitRepository', name, options, {
    spec: { url, ref: { branch: 'main' }, suspend: state === 'suspended' || undefined },
    status: {
      observedGeneration: 1,
      artifact: {
        path: `gitrepository/${FLUX_SYSTEM}/${name}/latest.tar.gz`,
        url: `http://source-controller.${FLUX_SYSTEM}.svc.cluster.local./gitrepository/latest.tar.gz`,
        revision,
        digest: `sha256:${createHash('sha256').update(revision).digest('hex')}`,
        lastUpdateTime: since,
        size: 4096,
      },
      conditions: sourceConditions(state, revision, since, options),
    },
  });
}

function sourceConditions(
  state: SourceState,
  revision: string,
  since: string,
  {
    reason = 'GitOperationFailed',
    message = 'failed to checkout and determine revision: unable to clone: ssh: handshake failed: knownhosts: key mismatch',
  }: SourceOptions,
): Conditions {
  const stored = `stored artifact for revision '${revision}'`;
  const inStorage = condition('ArtifactInStorage', 'True', 'Succeeded', stored, since);
  if (state !== 'failed')
    return observed([condition('Ready', 'True', 'Succeeded', stored, since), inStorage]);
  return observed([
    condition('FetchFailed', 'True', reason, message, since),
    condition('Ready', 'False', reason, message, since),
    inStorage,
  ]);
}

/** A Kustomization as kustomize-controller leaves it in each state. */
export function kustomization(name: string, options: KustomizationOptions = {}): Manifest {
  const {
    state = 'ready',
    dependsOn = [],
    path = `./apps/${name}`,
    source = 'cluster',
    wait = true,
  } = options;
  return fluxObject('kustomize.toolkit.fluxcd.io/v1', 'Kustomization', name, options, {
    spec: {
      path,
      prune: true,
      wait,
      timeout: '5m0s',
      sourceRef: { kind: 'GitRepository', name: source },
      dependsOn: dependsOn.length > 0 ? dependsOn.map((each) => ({ name: each })) : undefined,
      suspend: state === 'suspended' || undefined,
    },
    status: state === 'new' ? undefined : kustomizationStatus(state, options),
  });
}

type SettledState = Exclude<KustomizationState, 'new'>;

function kustomizationStatus(state: SettledState, options: KustomizationOptions): Record<string, unknown> {
  const { revision = revisionOf('head'), previous = revisionOf('before'), inventory = [] } = options;
  const { since } = timesOf(options);
  const isApplied = state === 'ready' || state === 'suspended';
  const { reason = 'ReconciliationSucceeded' } = state === 'failed' ? failureOf(options) : {};
  const applied = isApplied ? revision : previous;
  return {
    observedGeneration: 1,
    lastAppliedRevision: applied,
    lastAttemptedRevision: hasAttempted(state, options) ? revision : previous,
    inventory: { entries: inventory.map(inventoryEntry) },
    history: [historyEntry(state === 'failed' ? revision : applied, reason, options)],
    conditions: observed(KUSTOMIZATION_CONDITIONS[state](options, applied, since)),
  };
}

/** The attempted revision moves once the artifact is fetched. */
function hasAttempted(state: SettledState, { reason }: KustomizationOptions): boolean {
  return state !== 'behind' && state !== 'blocked' && reason !== 'ArtifactFailed';
}

const KUSTOMIZATION_CONDITIONS: Record<
  SettledState,
  (options: KustomizationOptions, applied: string, since: string) => Conditions
> = {
  ready: appliedConditions,
  suspended: appliedConditions,
  behind: appliedConditions,
  failed: (options, _applied, since) => {
    const { reason, message } = failureOf(options);
    const retry = condition('Reconciling', 'True', 'ProgressingWithRetry', stageOf(options), since);
    const ready = condition('Ready', 'False', reason, message, since);
    const healthy = condition('Healthy', 'False', reason, message, since);
    return reason === 'HealthCheckFailed' ? [retry, ready, healthy] : [retry, ready];
  },
  blocked: ({ dependsOn = [], namespace = FLUX_SYSTEM }, _applied, since) => {
    const message = `dependency '${namespace}/${dependsOn[0] ?? 'missing'}' is not ready`;
    return [condition('Ready', 'False', 'DependencyNotReady', message, since)];
  },
  progressing: (options, _applied, since) => [
    condition('Reconciling', 'True', 'Progressing', stageOf(options), since),
    condition('Ready', 'Unknown', 'Progressing', 'Reconciliation in progress', since),
  ],
  stalled: (
    {
      reason = 'AccessDenied',
      message = "can't access 'GitRepository/other/cluster', cross-namespace references have been blocked",
    },
    _applied,
    since,
  ) => [
    condition('Ready', 'False', reason, message, since),
    condition('Stalled', 'True', reason, message, since),
  ],
};

function appliedConditions(
  { wait = true }: KustomizationOptions,
  applied: string,
  since: string,
): Conditions {
  const ready = condition('Ready', 'True', 'ReconciliationSucceeded', `Applied revision: ${applied}`, since);
  const healthy = condition('Healthy', 'True', 'Succeeded', 'Health check passed in 25.312ms', since);
  return wait ? [ready, healthy] : [ready];
}

function failureOf({
  reason = 'BuildFailed',
  message = "kustomize build failed: accumulating resources: accumulation err='accumulating resources from 'deployment.yaml': no such file or directory'",
}: KustomizationOptions): { reason: string; message: string } {
  return { reason, message };
}

function stageOf({ revision = revisionOf('head') }: KustomizationOptions): string {
  return `Building manifests for revision ${revision} with a timeout of 5m0s`;
}

function historyEntry(revision: string, reason: string, times: Times): Record<string, unknown> {
  const { since } = timesOf(times);
  const now = times.now ?? Date.now();
  return {
    digest: `sha256:${createHash('sha256').update(revision).digest('hex')}`,
    firstReconciled: since,
    lastReconciled: rfc3339(Math.max(now - 120_000, Date.parse(since))),
    lastReconciledDuration: '1.2s',
    lastReconciledStatus: reason,
    totalReconciliations: 3,
    metadata: { revision },
  };
}

/** `<namespace>_<name>_<group>_<kind>`, a colon in the name doubled to underscores (fluxcd/cli-utils object.ObjMetadata). */
function inventoryEntry({ apiVersion, kind, metadata }: ManifestRef): { id: string; v: string } {
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const name = metadata.name.replaceAll(':', '__');
  return { id: [metadata.namespace ?? '', name, group, kind].join('_'), v: version ?? '' };
}

/** A HelmRelease as helm-controller leaves it in each state. */
export function helmRelease(name: string, options: ReleaseOptions = {}): Manifest {
  const { state = 'ready', chart = name, version = '1.2.3', dependsOn = [] } = options;
  const sourceRef = { kind: 'HelmRepository', name: 'charts', namespace: FLUX_SYSTEM };
  return fluxObject('helm.toolkit.fluxcd.io/v2', 'HelmRelease', name, options, {
    spec: {
      chart: { spec: { chart, version, sourceRef } },
      dependsOn: dependsOn.length > 0 ? dependsOn.map((each) => ({ name: each })) : undefined,
      suspend: state === 'suspended' || undefined,
    },
    status: state === 'new' ? undefined : releaseStatus(name, state, { ...options, chart, version }),
  });
}

function releaseStatus(
  name: string,
  state: Exclude<ReleaseState, 'new'>,
  options: ReleaseOptions & { chart: string; version: string },
): Record<string, unknown> {
  const { namespace = FLUX_SYSTEM, chart, version, inventory = [] } = options;
  const { since } = timesOf(options);
  const isFailed = state === 'failed' || state === 'stalled';
  const configDigest = `sha256:${createHash('sha256').update(name).digest('hex')}`;
  const snapshot = {
    name,
    namespace,
    version: 2,
    chartName: chart,
    appVersion: version,
    configDigest,
    digest: configDigest,
  };
  const history = { ...snapshot, chartVersion: version, firstDeployed: since, lastDeployed: since };
  return {
    observedGeneration: 1,
    helmChart: `${FLUX_SYSTEM}/${namespace}-${name}`,
    lastAttemptedRevision: version,
    lastAttemptedGeneration: 1,
    lastAttemptedReleaseAction: 'upgrade',
    failures: isFailed ? 4 : undefined,
    upgradeFailures: isFailed ? 1 : undefined,
    history: [{ ...history, status: isFailed ? 'failed' : 'deployed' }],
    inventory: { entries: inventory.map(inventoryEntry) },
    conditions: observed(releaseConditions(name, state, options, since)),
  };
}

function releaseConditions(
  name: string,
  state: Exclude<ReleaseState, 'new'>,
  options: ReleaseOptions & { chart: string; version: string },
  since: string,
): Conditions {
  const { namespace = FLUX_SYSTEM, chart, version, dependsOn = [] } = options;
  if (state === 'blocked') {
    const message = `dependency '${namespace}/${dependsOn[0] ?? 'missing'}' is not ready`;
    return [condition('Ready', 'False', 'DependencyNotReady', message, since)];
  }
  if (state === 'ready' || state === 'suspended') {
    const message = `Helm upgrade succeeded for release ${namespace}/${name}.v2 with chart ${chart}@${version}`;
    return ['Ready', 'Released'].map((type) => condition(type, 'True', 'UpgradeSucceeded', message, since));
  }
  const { reason = 'UpgradeFailed', message = 'context deadline exceeded' } = options;
  const words = `Helm upgrade failed for release ${namespace}/${name} with chart ${chart}@${version}: ${message}`;
  const failing = ['Ready', 'Released'].map((type) => condition(type, 'False', reason, words, since));
  const gaveUp = condition(
    'Stalled',
    'True',
    'RetriesExceeded',
    'Failed to upgrade after 1 attempt(s)',
    since,
  );
  return state === 'stalled' ? [gaveUp, ...failing] : failing;
}

function observed(conditions: Conditions): Conditions {
  return conditions.map((entry) => ({ ...entry, observedGeneration: 1 }));
}

function fluxObject(
  apiVersion: string,
  kind: string,
  name: string,
  { namespace = FLUX_SYSTEM, interval = '10m0s', labels, annotations }: FluxOptions,
  { spec, status }: { spec: Record<string, unknown>; status?: Record<string, unknown> },
): Manifest {
  return {
    apiVersion,
    kind,
    metadata: { name, namespace, labels, annotations },
    spec: { interval, ...spec },
    status,
  };
}
