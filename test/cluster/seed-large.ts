import type { Admin } from './admin.ts';
import type { Manifest } from './manifest.ts';
import { namespace, node, type Times } from './seed-core.ts';
import { gitRepository, kustomization, type KustomizationOptions, revisionOf } from './seed-flux.ts';
import { deploymentTree } from './seed-workloads.ts';

/** How large the cluster is; the defaults are 300 Kustomizations, 6 failing, and 500 pods, 5 crash-looping. */
export interface LargeOptions extends Times {
  kustomizations?: number;
  failing?: number;
  pods?: number;
  crashing?: number;
}

/** A Kustomization that fails, each for a reason and with a message of its own. */
export interface FailingKustomization {
  namespace: string;
  name: string;
  reason: string;
  message: string;
}

/** A pod that crash-loops; no other container ends with this exit code and message. */
export interface CrashingPod {
  namespace: string;
  deployment: string;
  pod: string;
  exitCode: number;
  message: string;
}

/** What a test may look for in a large cluster. */
export interface LargeCluster {
  objects: Manifest[];
  failing: FailingKustomization[];
  crashing: CrashingPod[];
  namespaces: string[];
}

const FLUX_SYSTEM = 'flux-system';
const CONTROLLERS = [
  'source-controller',
  'kustomize-controller',
  'helm-controller',
  'notification-controller',
];
const NAMESPACES = 10;
const WORKERS = ['worker-1', 'worker-2', 'worker-3', 'worker-4'];

/** How Kustomizations fail, in turn: the controller's own words, made unique by the name. */
const FAILURES: readonly { reason: string; message: (name: string) => string }[] = [
  {
    reason: 'BuildFailed',
    message: (name) =>
      `kustomize build failed: accumulating resources: accumulation err='accumulating resources from '${name}.yaml': no such file or directory'`,
  },
  {
    reason: 'ReconciliationFailed',
    message: (name) =>
      `Deployment/team-0/${name}-old dry-run failed (Invalid): Deployment.apps "${name}-old" is invalid: spec.selector: Invalid value: field is immutable`,
  },
  {
    reason: 'HealthCheckFailed',
    message: (name) =>
      `health check failed after 5m0.012s: timeout waiting for: [Job/team-0/${name}-migrate status: 'InProgress']`,
  },
  {
    reason: 'ArtifactFailed',
    message: (name) =>
      `failed to download archive: GET http://source-controller.flux-system.svc.cluster.local./${name}.tar.gz giving up after 10 attempt(s)`,
  },
  {
    reason: 'PruneFailed',
    message: (name) =>
      `ConfigMap/team-0/${name}-stale delete failed: admission webhook "guard.test" denied the request`,
  },
  {
    reason: 'BuildFailed',
    message: (name) =>
      `post build failed for '${name}': variable substitution failed: variable not set (strict mode): "HOST_${name}"`,
  },
];

const CRASHES: readonly ((name: string) => string)[] = [
  (name) => `panic: ${name}: listen tcp :8080: bind: address already in use`,
  (name) => `fatal: ${name}: dial tcp 10.96.0.20:5432: connect: connection refused`,
  (name) => `${name}: config error: unknown field "replicas" in section [server]`,
  (name) => `${name}: exec format error`,
  (name) => `${name}: migration 42 failed: relation "users" already exists`,
];

/**
 * Creates a cluster under Flux: a source, Flux's controllers, nodes, and Kustomizations of which five in six own a
 * Deployment with its ReplicaSet, pods, Service and EndpointSlice. All is well but for what it returns; no failing
 * Kustomization owns a crashing pod. It takes the cluster's namespaces `team-*` and `flux-system` for itself.
 */
export async function seedLarge(admin: Admin, options: LargeOptions = {}): Promise<LargeCluster> {
  const large = largeCluster(options);
  await admin.createAll(large.objects);
  return large;
}

/** The objects of a large cluster, for tests and benchmarks that want them without an API server. */
export function largeCluster(options: LargeOptions = {}): LargeCluster {
  const { kustomizations = 300, failing = 6, pods = 500, crashing = 5, now, since } = options;
  const names = Array.from(
    { length: kustomizations - 1 },
    (_, index) => `app-${String(index).padStart(4, '0')}`,
  );
  const withWorkload = names.slice(0, Math.floor((names.length * 5) / 6));
  const times = { now, since };
  const broken = failingAmong(names, failing, crashing);
  const crashed = withWorkload.slice(0, crashing).map(crashOf);
  const trees = new Map(
    withWorkload.map((name, index) => {
      const replicas = share(pods - CONTROLLERS.length, withWorkload.length, index);
      return [name, workload(name, replicas, crashed[index], times)];
    }),
  );
  const crashingPods = crashed.map((crash) => ({ ...crash, pod: podName(trees.get(crash.deployment)) }));
  const applied = names.map((name) => kustomizationOf(name, trees.get(name), broken.get(name), times));
  const spaces = Array.from({ length: NAMESPACES }, (_, index) => `team-${index}`);
  const objects = [...platform(spaces, applied, times), ...applied, ...[...trees.values()].flat()];
  return {
    objects,
    failing: [...broken.values()],
    crashing: crashingPods,
    namespaces: [FLUX_SYSTEM, ...spaces],
  };
}

/** Evenly among those that crash no pod. */
function failingAmong(
  names: readonly string[],
  failing: number,
  crashing: number,
): Map<string, FailingKustomization> {
  const candidates = names.slice(crashing);
  const step = Math.floor(candidates.length / Math.max(failing, 1));
  const chosen = candidates.filter((_, index) => index % step === 0).slice(0, failing);
  return new Map(
    chosen.map((name, index) => {
      const { reason, message } = FAILURES[index % FAILURES.length] ?? { reason: '', message: () => '' };
      return [name, { namespace: FLUX_SYSTEM, name, reason, message: message(name) }];
    }),
  );
}

function crashOf(deployment: string, index: number): Omit<CrashingPod, 'pod'> {
  const message = CRASHES[index % CRASHES.length]?.(deployment) ?? '';
  return { namespace: spaceOf(deployment), deployment, exitCode: 10 + index, message };
}

function workload(
  name: string,
  replicas: number,
  crash: Omit<CrashingPod, 'pod'> | undefined,
  times: Times,
): Manifest[] {
  const labels = {
    'kustomize.toolkit.fluxcd.io/name': name,
    'kustomize.toolkit.fluxcd.io/namespace': FLUX_SYSTEM,
  };
  const pods = crash
    ? [{ state: 'crash-looping', exitCode: crash.exitCode, message: crash.message } as const]
    : [];
  const image = `registry.test/${name}:1.0.0`;
  return deploymentTree(name, spaceOf(name), {
    ...times,
    replicas,
    image,
    labels,
    pods,
    nodes: WORKERS,
    service: true,
  });
}

function kustomizationOf(
  name: string,
  tree: readonly Manifest[] = [],
  failure: FailingKustomization | undefined,
  times: Times,
): Manifest {
  const inventory = tree.filter(({ kind }) => kind === 'Deployment' || kind === 'Service');
  const state: KustomizationOptions = failure
    ? { state: 'failed', reason: failure.reason, message: failure.message }
    : { state: 'ready' };
  return kustomization(name, { ...times, ...state, inventory, wait: false });
}

/** Everything that the applications stand on, the root Kustomization included. */
function platform(spaces: readonly string[], applied: readonly Manifest[], times: Times): Manifest[] {
  return [
    ...[FLUX_SYSTEM, ...spaces].map((name) => namespace(name)),
    node('control-plane-1', { ...times, controlPlane: true }),
    ...WORKERS.map((name) => node(name, { ...times, maxPods: 100_000 })),
    ...CONTROLLERS.flatMap((name) => deploymentTree(name, FLUX_SYSTEM, { ...times, nodes: WORKERS })),
    gitRepository('cluster', { ...times, revision: revisionOf('head') }),
    kustomization('cluster', { ...times, path: './clusters/main', inventory: applied, wait: false }),
  ];
}

function spaceOf(name: string): string {
  return `team-${Number(name.slice(-4)) % NAMESPACES}`;
}

function podName(tree: readonly Manifest[] = []): string {
  return tree.find(({ kind }) => kind === 'Pod')?.metadata.name ?? '';
}

/** The part of `total` that falls to one of `count`, evenly. */
function share(total: number, count: number, index: number): number {
  return Math.floor(total / count) + (index < total % count ? 1 : 0);
}
