import { fluxCrds } from '../../cluster/crds.ts';
import { certManagerCrds, rawClusterIssuer } from '../../cluster/crds/cert-manager.ts';
import { ciliumCrds, rawCiliumNode } from '../../cluster/crds/cilium.ts';
import { cnpgCrds } from '../../cluster/crds/cnpg.ts';
import { gatewayCondition, gatewayCrds, rawGateway, rawGatewayClass } from '../../cluster/crds/gateway.ts';
import {
  longhornCrds,
  rawBackupTarget,
  rawInstanceManager,
  rawLonghornNode,
} from '../../cluster/crds/longhorn.ts';
import { metallbCrds, rawAdvertisement } from '../../cluster/crds/metallb.ts';
import { openebsCrds } from '../../cluster/crds/openebs.ts';
import { prometheusCrds } from '../../cluster/crds/prometheus.ts';
import { rookCrds } from '../../cluster/crds/rook.ts';
import { rawSnapshotClass, snapshotCrds } from '../../cluster/crds/snapshots.ts';
import { upgradeCrds } from '../../cluster/crds/upgrade.ts';
import { volsyncCrds } from '../../cluster/crds/volsync.ts';
import type { Manifest } from '../../cluster/manifest.ts';
import {
  condition,
  deploymentTree,
  gitRepository,
  kustomization,
  namespace,
  node,
} from '../../cluster/seed.ts';
import { ago, since } from './fault.ts';
import { claim, daemonSet, volume } from './parts.ts';

/** Kinds of everything that the faults are about. */
export async function everyCrd(): Promise<Manifest[]> {
  return [
    ...(await fluxCrds()),
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

/** Where the workload of an operator lives, by its name. */
const OPERATORS: Readonly<Record<string, string>> = {
  'source-controller': 'flux-system',
  'kustomize-controller': 'flux-system',
  'helm-controller': 'flux-system',
  'notification-controller': 'flux-system',
  coredns: 'kube-system',
  'cilium-operator': 'kube-system',
  'snapshot-controller': 'kube-system',
  'cert-manager': 'cert-manager',
  'metallb-controller': 'metallb-system',
  'prometheus-operator': 'monitoring',
  'rook-ceph-operator': 'rook-ceph',
  'cloudnative-pg': 'cnpg-system',
  volsync: 'volsync-system',
  'openebs-lvm-localpv-controller': 'openebs',
  'openebs-zfs-localpv-controller': 'openebs',
  'openebs-operator-diskpool': 'openebs',
  'system-upgrade-controller': 'system-upgrade',
  tuppr: 'system-upgrade',
};

const AGENTS: Readonly<Record<string, string>> = {
  cilium: 'kube-system',
  'longhorn-manager': 'longhorn-system',
  'metallb-speaker': 'metallb-system',
};

const NODES = ['worker-1', 'worker-2', 'worker-3'];

const DAY = 24 * 60;

/** A cluster under Flux with every component, in which nothing is wrong. */
export function healthyBase(): Manifest[] {
  const web = deploymentTree('web', 'apps', { replicas: 2, service: true, since: since(DAY) });
  const spaces = [...Object.values(OPERATORS), ...Object.values(AGENTS), 'apps', 'network'];
  return [
    ...[...new Set(spaces)].filter((name) => name !== 'kube-system').map((name) => namespace(name)),
    ...NODES.flatMap(nodeParts),
    ...Object.entries(OPERATORS).flatMap(([name, home]) => operator(name, home)),
    ...Object.entries(AGENTS).map(([name, home]) => daemonSet(name, home)),
    gitRepository('cluster'),
    helmRepository(),
    kustomization('apps', { inventory: web.filter(({ kind }) => kind === 'Deployment') }),
    ...web,
    ...storage(),
    ...edge(),
  ];
}

/** The workload of an operator; another with the same name takes its place. */
function operator(name: string, home: string): Manifest[] {
  return deploymentTree(name, home, { since: since(DAY) });
}

function nodeParts(name: string): Manifest[] {
  return [
    node(name, { controlPlane: true, since: since(3 * DAY) }),
    rawCiliumNode(name),
    rawLonghornNode(name, ago(DAY)),
    rawInstanceManager(name),
  ];
}

function helmRepository(): Manifest {
  const told = 'stored artifact';
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'HelmRepository',
    metadata: { name: 'charts', namespace: 'flux-system' },
    spec: { url: 'https://charts.example.test', interval: '10m0s' },
    status: {
      observedGeneration: 1,
      artifact: {
        path: 'helmrepository/flux-system/charts/index.yaml',
        url: 'http://source-controller.flux-system.svc.cluster.local./helmrepository/index.yaml',
        revision: `sha256:${'0'.repeat(64)}`,
        digest: `sha256:${'0'.repeat(64)}`,
        lastUpdateTime: ago(DAY),
      },
      conditions: [{ ...condition('Ready', 'True', 'Succeeded', told, ago(DAY)), observedGeneration: 1 }],
    },
  };
}

function storage(): Manifest[] {
  return [
    {
      apiVersion: 'storage.k8s.io/v1',
      kind: 'StorageClass',
      metadata: { name: 'fast' },
      provisioner: 'csi.example.test',
    },
    claim('data', 'pv-data'),
    volume('pv-data', 'data'),
    rawBackupTarget(),
    rawSnapshotClass(),
  ];
}

function edge(): Manifest[] {
  const good = ['Accepted', 'Programmed'].map((type) => gatewayCondition(type, 'True', type, ago(DAY)));
  return [
    {
      apiVersion: 'networking.k8s.io/v1',
      kind: 'IngressClass',
      metadata: { name: 'internal' },
      spec: { controller: 'ingress.example.test/controller' },
    },
    rawClusterIssuer(['True', 'ACMEAccountRegistered', 'registered', ago(DAY)]),
    rawGatewayClass(good.slice(0, 1)),
    rawGateway({ conditions: good, listener: good }),
    rawAdvertisement(),
  ];
}
