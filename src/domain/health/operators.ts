import type { KnownKind } from '../objects/index.ts';
import { refOf } from '../objects/meta.ts';
import type { Workload } from '../objects/workload.ts';
import { byText } from '../text.ts';
import type { Component } from './fault.ts';
import type { Objects } from './observed.ts';
import type { World } from './world.ts';

/** A controller outside Flux: while it is down, what its objects last said of themselves is old. */
export interface Operator {
  component: Component;
  /** The workload it runs as. */
  operator: {
    kind: 'Deployment' | 'StatefulSet' | 'DaemonSet';
    namespace?: string;
    nameMatches: RegExp;
    /** Of one of its containers, whatever the workload is called. */
    image?: RegExp;
    /** Namespace and name that its project gives it: what is named when there is none. */
    home: string;
  };
  /** Kinds of which it alone writes the status. */
  kinds: readonly KnownKind[];
}

/** Every operator that health knows, by the names its project and the common charts give its workload. */
export const OPERATORS: readonly Operator[] = [
  {
    component: 'upgrade',
    operator: {
      kind: 'Deployment',
      nameMatches: /(?:^|-)system-upgrade-controller$/,
      image: /\/system-upgrade-controller[:@]/,
      home: 'system-upgrade/system-upgrade-controller',
    },
    kinds: ['Plan'],
  },
  {
    component: 'upgrade',
    operator: {
      kind: 'Deployment',
      nameMatches: /(?:^|-)tuppr$/,
      image: /\/tuppr[:@]/,
      home: 'system-upgrade/tuppr',
    },
    kinds: ['TalosUpgrade', 'KubernetesUpgrade'],
  },
  {
    component: 'storage',
    operator: {
      kind: 'DaemonSet',
      nameMatches: /^longhorn-manager$/,
      image: /\/longhorn-manager[:@]/,
      home: 'longhorn-system/longhorn-manager',
    },
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
    operator: {
      kind: 'Deployment',
      nameMatches: /(?:^|-)lvm(?:-localpv)?-controller$/,
      image: /\/lvm-driver[:@]/,
      home: 'openebs/openebs-lvm-localpv-controller',
    },
    kinds: ['LVMVolume'],
  },
  {
    component: 'storage',
    operator: {
      kind: 'Deployment',
      nameMatches: /(?:^|-)zfs(?:-localpv)?-controller$/,
      image: /\/zfs-driver[:@]/,
      home: 'openebs/openebs-zfs-localpv-controller',
    },
    kinds: ['ZFSVolume'],
  },
  {
    component: 'storage',
    operator: {
      kind: 'Deployment',
      nameMatches: /(?:^|-)operator-diskpool$/,
      image: /\/mayastor-operator-diskpool[:@]/,
      home: 'openebs/openebs-operator-diskpool',
    },
    kinds: ['DiskPool'],
  },
  {
    component: 'storage',
    operator: {
      kind: 'Deployment',
      nameMatches: /^rook-ceph-operator$/,
      home: 'rook-ceph/rook-ceph-operator',
    },
    kinds: ['CephCluster', 'CephBlockPool', 'CephFilesystem', 'CephObjectStore'],
  },
  {
    component: 'database',
    operator: {
      kind: 'Deployment',
      nameMatches: /(?:^|-)cloudnative-pg$|^cnpg-controller-manager$/,
      image: /\/cloudnative-pg[:@]/,
      home: 'cnpg-system/cnpg-controller-manager',
    },
    kinds: ['Cluster', 'Backup.postgresql.cnpg.io', 'ScheduledBackup'],
  },
  {
    component: 'backup',
    operator: {
      kind: 'Deployment',
      nameMatches: /(?:^|-)volsync$/,
      image: /\/volsync[:@]/,
      home: 'volsync-system/volsync',
    },
    kinds: ['ReplicationSource', 'ReplicationDestination', 'KopiaMaintenance'],
  },
  {
    component: 'backup',
    operator: {
      kind: 'Deployment',
      nameMatches: /(?:^|-)snapshot-controller$/,
      image: /\/snapshot-controller[:@]/,
      home: 'kube-system/snapshot-controller',
    },
    kinds: ['VolumeSnapshot'],
  },
  {
    component: 'certificate',
    operator: {
      kind: 'Deployment',
      nameMatches: /(?:^|-)cert-manager$/,
      image: /\/cert-manager-controller[:@]/,
      home: 'cert-manager/cert-manager',
    },
    kinds: ['Certificate', 'CertificateRequest', 'Issuer', 'ClusterIssuer', 'Order', 'Challenge'],
  },
  {
    component: 'cni',
    operator: {
      kind: 'Deployment',
      nameMatches: /^cilium-operator(?:-\w+)?$/,
      image: /\/(?:cilium-)?operator-(?:generic|aws|azure|alibabacloud)[:@]/,
      home: 'kube-system/cilium-operator',
    },
    kinds: ['CiliumLoadBalancerIPPool', 'CiliumNetworkPolicy', 'CiliumClusterwideNetworkPolicy'],
  },
  {
    component: 'cni',
    operator: { kind: 'DaemonSet', nameMatches: /^cilium$/, home: 'kube-system/cilium' },
    kinds: ['CiliumEndpoint', 'CiliumNode'],
  },
  {
    component: 'network',
    operator: {
      kind: 'Deployment',
      nameMatches: /(?:^|-)metallb-controller$/,
      image: /\/metallb\/controller[:@]|\/metallb-controller[:@]/,
      home: 'metallb-system/controller',
    },
    kinds: ['IPAddressPool', 'ConfigurationState'],
  },
  {
    component: 'network',
    operator: {
      kind: 'Deployment',
      namespace: 'metallb-system',
      nameMatches: /^controller$/,
      home: 'metallb-system/controller',
    },
    kinds: ['IPAddressPool', 'ConfigurationState'],
  },
  {
    component: 'network',
    operator: {
      kind: 'DaemonSet',
      nameMatches: /(?:^|-)metallb-speaker$/,
      image: /\/metallb\/speaker[:@]|\/metallb-speaker[:@]/,
      home: 'metallb-system/speaker',
    },
    kinds: ['ServiceL2Status'],
  },
  {
    component: 'network',
    operator: {
      kind: 'DaemonSet',
      namespace: 'metallb-system',
      nameMatches: /^speaker$/,
      home: 'metallb-system/speaker',
    },
    kinds: ['ServiceL2Status'],
  },
  {
    component: 'monitoring',
    operator: {
      kind: 'Deployment',
      nameMatches: /(?:^|-)prometheus-operator$|(?:^|-)kube-prom\w*(?:-\w+)*-operator$/,
      image: /\/prometheus-operator[:@]/,
      home: 'monitoring/prometheus-operator',
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
export function operatorRefs(kind: KnownKind, world: World): string[] {
  return operatorsOf(kind, world).map(refOf).toSorted(byText);
}

/** The workloads that write the status of a kind. */
export function operatorsOf(kind: KnownKind, world: World): readonly Workload[] {
  return world.operators().get(kind) ?? [];
}

/** The workloads of operators by the kinds that they look after, from one look at all workloads. */
export function operatorsAmong(
  objects: Pick<Objects, Operator['operator']['kind']>,
): ReadonlyMap<KnownKind, readonly Workload[]> {
  const found = new Map<KnownKind, Set<Workload>>();
  for (const { operator, kinds } of OPERATORS) {
    const workloads = objects[operator.kind].filter((workload) => runs(workload, operator));
    for (const kind of kinds) found.set(kind, new Set([...(found.get(kind) ?? []), ...workloads]));
  }
  return new Map([...found].map(([kind, workloads]) => [kind, [...workloads]]));
}

function runs(
  { namespace, name, images }: Workload,
  { namespace: home, nameMatches, image }: Operator['operator'],
): boolean {
  const isNamed = nameMatches.test(name) && (home === undefined || home === namespace);
  return isNamed || (image !== undefined && Object.values(images).some((one) => image.test(one)));
}
