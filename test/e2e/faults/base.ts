import { certManagerCrds } from '../../cluster/crds/cert-manager.ts';
import { ciliumCrds } from '../../cluster/crds/cilium.ts';
import { cnpgCrds } from '../../cluster/crds/cnpg.ts';
import { gatewayCrds } from '../../cluster/crds/gateway.ts';
import { longhornCrds } from '../../cluster/crds/longhorn.ts';
import { metallbCrds } from '../../cluster/crds/metallb.ts';
import { openebsCrds } from '../../cluster/crds/openebs.ts';
import { prometheusCrds } from '../../cluster/crds/prometheus.ts';
import { rookCrds } from '../../cluster/crds/rook.ts';
import { snapshotCrds } from '../../cluster/crds/snapshots.ts';
import { upgradeCrds } from '../../cluster/crds/upgrade.ts';
import { volsyncCrds } from '../../cluster/crds/volsync.ts';
import { fluxCrds, permissiveCrd } from '../../cluster/crds.ts';
import type { Manifest } from '../../cluster/manifest.ts';
import { deploymentTree, gitRepository, kustomization, namespace, node } from '../../cluster/seed.ts';

/** Nodes of the base that applications run on. */
export const WORKERS = ['worker-1', 'worker-2', 'worker-3'] as const;

/** Namespaces of the base, with the workloads in them; faults may add to each, and replace what is there. */
const SPACES = {
  apps: ['blog', 'notes', 'photos'],
  'cert-manager': ['cert-manager', 'cert-manager-cainjector', 'cert-manager-webhook'],
  'cnpg-system': ['cnpg-controller-manager'],
  'flux-system': [
    'source-controller',
    'kustomize-controller',
    'helm-controller',
    'notification-controller',
    'image-reflector-controller',
    'image-automation-controller',
    'flux-operator',
  ],
  'kube-system': ['coredns', 'cilium-operator', 'metrics-server', 'snapshot-controller'],
  'longhorn-system': [],
  'metallb-system': ['controller'],
  monitoring: ['prometheus-operator'],
  network: [],
  openebs: ['openebs-lvm-localpv-controller', 'openebs-zfs-localpv-controller', 'openebs-operator-diskpool'],
  'rook-ceph': ['rook-ceph-operator'],
  shop: [],
  'system-upgrade': ['system-upgrade-controller', 'tuppr'],
  'volsync-system': ['volsync'],
} as const;

/** Agents on every node, by namespace. */
const AGENTS: readonly (readonly [name: string, space: string])[] = [
  ['cilium', 'kube-system'],
  ['longhorn-manager', 'longhorn-system'],
  ['speaker', 'metallb-system'],
];

const DAY = 24 * 3_600_000;

/** The CRDs of every component that health knows. */
export async function baseCrds(): Promise<Manifest[]> {
  return [
    ...(await fluxCrds()),
    ...FLUX_OPERATOR.map((kind) =>
      permissiveCrd({ ...kind, group: 'fluxcd.controlplane.io', version: 'v1', namespaced: true }),
    ),
    ...certManagerCrds(),
    ...ciliumCrds(),
    ...cnpgCrds(),
    ...gatewayCrds(),
    ...longhornCrds(),
    ...metallbCrds(),
    ...openebsCrds(),
    ...prometheusCrds(),
    ...rookCrds(),
    ...snapshotCrds(),
    ...upgradeCrds(),
    ...volsyncCrds(),
  ];
}

const FLUX_OPERATOR = [
  { kind: 'FluxInstance', plural: 'fluxinstances' },
  { kind: 'ResourceSet', plural: 'resourcesets' },
];

/** A healthy cluster, since a day: nodes, the controllers of everything, and a few applications under Flux. */
export function baseObjects(): Manifest[] {
  const since = new Date(Date.now() - DAY);
  const trees = Object.entries(SPACES).flatMap(([space, names]) =>
    names.map((name) =>
      deploymentTree(name, space, {
        since,
        nodes: WORKERS,
        service: space === 'apps',
        labels: fluxLabels(space, name),
      }),
    ),
  );
  const applied = Object.fromEntries(trees.map((tree) => [tree[0]?.metadata.name ?? '', tree]));
  return [
    // The API server makes kube-system itself.
    ...Object.keys(SPACES)
      .filter((name) => name !== 'kube-system')
      .map((name) => namespace(name)),
    node('control-1', { since, controlPlane: true }),
    ...WORKERS.map((name) => node(name, { since })),
    ...trees.flat(),
    ...AGENTS.map(([name, space]) => agent(name, space)),
    storageClass(),
    ingressClass(),
    gitRepository('cluster', { since }),
    ...SPACES.apps.map((name) =>
      kustomization(name, { since, inventory: (applied[name] ?? []).filter(isApplied) }),
    ),
  ];
}

function isApplied({ kind }: Manifest): boolean {
  return kind === 'Deployment' || kind === 'Service';
}

function fluxLabels(space: string, name: string): Record<string, string> {
  if (space !== 'apps') return {};
  return { 'kustomize.toolkit.fluxcd.io/name': name, 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' };
}

/** A DaemonSet with a pod on each worker; only its numbers matter. */
function agent(name: string, space: string): Manifest {
  const labels = { 'k8s-app': name };
  const all = WORKERS.length;
  return {
    apiVersion: 'apps/v1',
    kind: 'DaemonSet',
    metadata: { name, namespace: space, labels },
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: { containers: [{ name, image: `registry.test/${name}:1.0.0` }] },
      },
    },
    status: {
      observedGeneration: 1,
      desiredNumberScheduled: all,
      currentNumberScheduled: all,
      updatedNumberScheduled: all,
      numberAvailable: all,
      numberReady: all,
      numberMisscheduled: 0,
    },
  };
}

/** The only class, and the default. */
function storageClass(): Manifest {
  return {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: 'standard', annotations: { 'storageclass.kubernetes.io/is-default-class': 'true' } },
    provisioner: 'driver.longhorn.io',
    reclaimPolicy: 'Delete',
    volumeBindingMode: 'Immediate',
  };
}

function ingressClass(): Manifest {
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'IngressClass',
    metadata: { name: 'internal' },
    spec: { controller: 'ingress.example.test/nginx' },
  };
}
