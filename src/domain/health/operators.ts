import type { KnownKind } from '../objects/index.ts';
import { refOf } from '../objects/meta.ts';
import { byText } from '../text.ts';
import type { Component } from './fault.ts';
import type { World } from './world.ts';

/** A controller outside Flux: while it is down, what its objects last said of themselves is old. */
export interface Operator {
  component: Component;
  /** The workload it runs as. */
  operator: { kind: 'Deployment' | 'StatefulSet' | 'DaemonSet'; namespace?: string; nameMatches: RegExp };
  /** Kinds of which it alone writes the status. */
  kinds: readonly KnownKind[];
}

/** Every operator that health knows, by the names its project and the common charts give its workload. */
export const OPERATORS: readonly Operator[] = [
  {
    component: 'upgrade',
    operator: { kind: 'Deployment', nameMatches: /(?:^|-)system-upgrade-controller$/ },
    kinds: ['Plan'],
  },
  {
    component: 'upgrade',
    operator: { kind: 'Deployment', nameMatches: /(?:^|-)tuppr$/ },
    kinds: ['TalosUpgrade', 'KubernetesUpgrade'],
  },
  {
    component: 'storage',
    operator: { kind: 'DaemonSet', nameMatches: /^longhorn-manager$/ },
    kinds: [
      'Volume',
      'Engine',
      'Replica',
      'Node.longhorn.io',
      'InstanceManager',
      'EngineImage',
      'BackupTarget',
      'Backup.longhorn.io',
      'RecurringJob',
    ],
  },
  {
    component: 'storage',
    operator: { kind: 'Deployment', nameMatches: /(?:^|-)lvm(?:-localpv)?-controller$/ },
    kinds: ['LVMVolume'],
  },
  {
    component: 'storage',
    operator: { kind: 'Deployment', nameMatches: /(?:^|-)zfs(?:-localpv)?-controller$/ },
    kinds: ['ZFSVolume'],
  },
  {
    component: 'storage',
    operator: { kind: 'Deployment', nameMatches: /(?:^|-)operator-diskpool$/ },
    kinds: ['DiskPool'],
  },
  {
    component: 'storage',
    operator: { kind: 'Deployment', nameMatches: /^rook-ceph-operator$/ },
    kinds: ['CephCluster', 'CephBlockPool', 'CephFilesystem', 'CephObjectStore'],
  },
  {
    component: 'database',
    operator: { kind: 'Deployment', nameMatches: /(?:^|-)cloudnative-pg$|^cnpg-controller-manager$/ },
    kinds: ['Cluster', 'Backup.postgresql.cnpg.io', 'ScheduledBackup'],
  },
  {
    component: 'backup',
    operator: { kind: 'Deployment', nameMatches: /(?:^|-)volsync$/ },
    kinds: ['ReplicationSource', 'ReplicationDestination', 'KopiaMaintenance'],
  },
  {
    component: 'backup',
    operator: { kind: 'Deployment', nameMatches: /(?:^|-)snapshot-controller$/ },
    kinds: ['VolumeSnapshot'],
  },
  {
    component: 'certificate',
    operator: { kind: 'Deployment', nameMatches: /(?:^|-)cert-manager$/ },
    kinds: ['Certificate', 'CertificateRequest', 'Issuer', 'ClusterIssuer', 'Order', 'Challenge'],
  },
  {
    component: 'cni',
    operator: { kind: 'Deployment', nameMatches: /^cilium-operator(?:-\w+)?$/ },
    kinds: ['CiliumLoadBalancerIPPool', 'CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'],
  },
  {
    component: 'cni',
    operator: { kind: 'DaemonSet', nameMatches: /^cilium$/ },
    kinds: ['CiliumEndpoint', 'CiliumNode'],
  },
  {
    component: 'network',
    operator: { kind: 'Deployment', nameMatches: /(?:^|-)metallb-controller$/ },
    kinds: ['IPAddressPool', 'ConfigurationState'],
  },
  {
    component: 'network',
    operator: { kind: 'Deployment', namespace: 'metallb-system', nameMatches: /^controller$/ },
    kinds: ['IPAddressPool', 'ConfigurationState'],
  },
  {
    component: 'network',
    operator: { kind: 'DaemonSet', nameMatches: /(?:^|-)metallb-speaker$/ },
    kinds: ['ServiceL2Status'],
  },
  {
    component: 'network',
    operator: { kind: 'DaemonSet', namespace: 'metallb-system', nameMatches: /^speaker$/ },
    kinds: ['ServiceL2Status'],
  },
  {
    component: 'monitoring',
    operator: {
      kind: 'Deployment',
      nameMatches: /(?:^|-)prometheus-operator$|(?:^|-)kube-prom\w*(?:-\w+)*-operator$/,
    },
    kinds: [
      'Prometheus',
      'Alertmanager',
      'ServiceMonitor',
      'PodMonitor',
      'PrometheusRule',
      'Probe',
      'ScrapeConfig',
    ],
  },
];

/** Refs of the workloads that write the status of a kind; none where no such workload is seen. */
export function operatorRefs(kind: KnownKind, { objects }: World): string[] {
  return OPERATORS.filter(({ kinds }) => kinds.includes(kind))
    .flatMap(({ operator }) =>
      objects[operator.kind].filter(
        ({ namespace, name }) =>
          operator.nameMatches.test(name) &&
          (operator.namespace === undefined || operator.namespace === namespace),
      ),
    )
    .map(refOf)
    .toSorted(byText);
}
