import { API_GROUPS } from './api-groups.ts';
import type { KnownKind } from './objects/index.ts';
import { qualifiedKind } from './objects/meta.ts';

/**
 * The API group of every kind the domain knows by its fields; its version and plural come from discovery. A kind that
 * shares its name with a better-known one is `Kind.group` here, as in its refs, and is listed in `NAMESAKES` too.
 */
export const KNOWN_GROUPS: Readonly<Record<KnownKind, string>> = {
  Pod: '',
  Deployment: 'apps',
  StatefulSet: 'apps',
  DaemonSet: 'apps',
  ReplicaSet: 'apps',
  Job: 'batch',
  CronJob: 'batch',
  HorizontalPodAutoscaler: 'autoscaling',
  PodDisruptionBudget: 'policy',
  Node: '',
  Namespace: '',
  PersistentVolumeClaim: '',
  PersistentVolume: '',
  StorageClass: 'storage.k8s.io',
  VolumeAttachment: 'storage.k8s.io',
  ValidatingWebhookConfiguration: 'admissionregistration.k8s.io',
  MutatingWebhookConfiguration: 'admissionregistration.k8s.io',
  APIService: 'apiregistration.k8s.io',
  CustomResourceDefinition: 'apiextensions.k8s.io',
  ConfigMap: '',
  Service: '',
  EndpointSlice: 'discovery.k8s.io',
  Ingress: 'networking.k8s.io',
  IngressClass: 'networking.k8s.io',
  Plan: 'upgrade.cattle.io',
  TalosUpgrade: 'tuppr.home-operations.com',
  KubernetesUpgrade: 'tuppr.home-operations.com',
  Volume: 'longhorn.io',
  Engine: 'longhorn.io',
  Replica: 'longhorn.io',
  'Node.longhorn.io': 'longhorn.io',
  InstanceManager: 'longhorn.io',
  EngineImage: 'longhorn.io',
  Setting: 'longhorn.io',
  BackupTarget: 'longhorn.io',
  'Backup.longhorn.io': 'longhorn.io',
  RecurringJob: 'longhorn.io',
  LVMVolume: 'local.openebs.io',
  LVMNode: 'local.openebs.io',
  ZFSVolume: 'zfs.openebs.io',
  ZFSNode: 'zfs.openebs.io',
  DiskPool: 'openebs.io',
  ReplicationSource: 'volsync.backube',
  ReplicationDestination: 'volsync.backube',
  KopiaMaintenance: 'volsync.backube',
  VolumeSnapshot: 'snapshot.storage.k8s.io',
  VolumeSnapshotClass: 'snapshot.storage.k8s.io',
  CephCluster: 'ceph.rook.io',
  CephBlockPool: 'ceph.rook.io',
  CephFilesystem: 'ceph.rook.io',
  CephObjectStore: 'ceph.rook.io',
  Cluster: 'postgresql.cnpg.io',
  'Backup.postgresql.cnpg.io': 'postgresql.cnpg.io',
  ScheduledBackup: 'postgresql.cnpg.io',
  CiliumNode: 'cilium.io',
  CiliumEndpoint: 'cilium.io',
  CiliumNetworkPolicy: 'cilium.io',
  CiliumClusterwideNetworkPolicy: 'cilium.io',
  CiliumLoadBalancerIPPool: 'cilium.io',
  IPAddressPool: 'metallb.io',
  L2Advertisement: 'metallb.io',
  BGPAdvertisement: 'metallb.io',
  ServiceL2Status: 'metallb.io',
  ConfigurationState: 'metallb.io',
  Certificate: 'cert-manager.io',
  CertificateRequest: 'cert-manager.io',
  Issuer: 'cert-manager.io',
  ClusterIssuer: 'cert-manager.io',
  Order: 'acme.cert-manager.io',
  Challenge: 'acme.cert-manager.io',
  Prometheus: 'monitoring.coreos.com',
  Alertmanager: 'monitoring.coreos.com',
  ServiceMonitor: 'monitoring.coreos.com',
  PodMonitor: 'monitoring.coreos.com',
  PrometheusRule: 'monitoring.coreos.com',
  ScrapeConfig: 'monitoring.coreos.com',
  Probe: 'monitoring.coreos.com',
  GatewayClass: 'gateway.networking.k8s.io',
  Gateway: 'gateway.networking.k8s.io',
  HTTPRoute: 'gateway.networking.k8s.io',
  GRPCRoute: 'gateway.networking.k8s.io',
  TLSRoute: 'gateway.networking.k8s.io',
  TCPRoute: 'gateway.networking.k8s.io',
  UDPRoute: 'gateway.networking.k8s.io',
  SecurityPolicy: 'gateway.envoyproxy.io',
  NetworkPolicy: 'networking.k8s.io',
  Role: 'rbac.authorization.k8s.io',
  ClusterRole: 'rbac.authorization.k8s.io',
  RoleBinding: 'rbac.authorization.k8s.io',
  ClusterRoleBinding: 'rbac.authorization.k8s.io',
  ServiceAccount: '',
  'ServiceAccount.talos.dev': 'talos.dev',
  Event: '',
};

/** What the domain calls a served kind of a group; undefined when it does not know it by its fields. */
export function knownKindOf(kind: string, group: string): KnownKind | undefined {
  const name = qualifiedKind(kind, group);
  return Object.hasOwn(KNOWN_GROUPS, name) && KNOWN_GROUPS[name as KnownKind] === group
    ? (name as KnownKind)
    : undefined;
}

/** What the domain calls a kind that it does not know by its fields: with its group where the name alone means another. */
export function otherNameOf(kind: string, group: string): string {
  const isTaken = API_GROUPS.some((one) => one.group !== group && Object.hasOwn(one.kinds, kind));
  return isTaken ? `${kind}.${group}` : kind;
}

/** The name under which the cluster serves a known kind. */
export function servedNameOf(kind: KnownKind): string {
  return kind.split('.')[0] ?? kind;
}
