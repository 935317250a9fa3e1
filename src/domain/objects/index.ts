import type { CiliumEndpoint, CiliumNode, CiliumPolicy, CiliumPool } from './cilium.ts';
import type { AddressPool, Advertisement, ConfigurationState, ServiceL2Status } from './metallb.ts';
import type { AcmeStep, Certificate, CertificateRequest, Issuer } from './cert-manager.ts';
import type { Monitor, MonitoringServer, Probe } from './prometheus.ts';
import type { Gateway, GatewayClass, Route, SecurityPolicy } from './gateway.ts';
import type { NetworkPolicy, Role, RoleBinding, ServiceAccount, TalosServiceAccount } from './access.ts';
import type { PostgresBackup, PostgresCluster, ScheduledBackup } from './cnpg.ts';
import type {
  BackupTarget,
  EngineImage,
  InstanceManager,
  LonghornBackup,
  LonghornEngine,
  LonghornNode,
  LonghornReplica,
  LonghornSetting,
  LonghornVolume,
  RecurringJob,
} from './longhorn.ts';
import type { DiskPool, LocalPools, LocalVolume } from './openebs.ts';
import type { CephCluster, CephPart } from './rook.ts';
import type { VolumeSnapshot, VolumeSnapshotClass } from './snapshot.ts';
import type { KopiaMaintenance, ReplicationDestination, ReplicationSource } from './volsync.ts';
import type { ClusterObject } from './meta.ts';
import type { EndpointSlice, Ingress, IngressClass, Service } from './network.ts';
import type {
  ApiService,
  Attachment,
  Claim,
  CustomResource,
  Event,
  KeyedObject,
  Namespace,
  Node,
  StorageClass,
  Volume,
  WebhookConfiguration,
} from './platform.ts';
import type { KubernetesUpgrade, Plan, TalosUpgrade } from './upgrade.ts';
import type { Autoscaler, CronJob, DisruptionBudget, Job, Pod, Workload } from './workload.ts';

/** The kinds the domain knows by their fields, with the shape each is projected to. */
export interface KnownKinds {
  Pod: Pod;
  Deployment: Workload;
  StatefulSet: Workload;
  DaemonSet: Workload;
  ReplicaSet: Workload;
  Job: Job;
  CronJob: CronJob;
  HorizontalPodAutoscaler: Autoscaler;
  PodDisruptionBudget: DisruptionBudget;
  Node: Node;
  Namespace: Namespace;
  PersistentVolumeClaim: Claim;
  PersistentVolume: Volume;
  StorageClass: StorageClass;
  VolumeAttachment: Attachment;
  ValidatingWebhookConfiguration: WebhookConfiguration;
  MutatingWebhookConfiguration: WebhookConfiguration;
  APIService: ApiService;
  CustomResourceDefinition: CustomResource;
  ConfigMap: KeyedObject;
  Service: Service;
  EndpointSlice: EndpointSlice;
  Ingress: Ingress;
  IngressClass: IngressClass;
  Plan: Plan;
  TalosUpgrade: TalosUpgrade;
  KubernetesUpgrade: KubernetesUpgrade;
  Volume: LonghornVolume;
  Engine: LonghornEngine;
  Replica: LonghornReplica;
  'Node.longhorn.io': LonghornNode;
  InstanceManager: InstanceManager;
  EngineImage: EngineImage;
  Setting: LonghornSetting;
  BackupTarget: BackupTarget;
  'Backup.longhorn.io': LonghornBackup;
  RecurringJob: RecurringJob;
  LVMVolume: LocalVolume;
  LVMNode: LocalPools;
  ZFSVolume: LocalVolume;
  ZFSNode: LocalPools;
  DiskPool: DiskPool;
  ReplicationSource: ReplicationSource;
  ReplicationDestination: ReplicationDestination;
  KopiaMaintenance: KopiaMaintenance;
  VolumeSnapshot: VolumeSnapshot;
  VolumeSnapshotClass: VolumeSnapshotClass;
  CephCluster: CephCluster;
  CephBlockPool: CephPart;
  CephFilesystem: CephPart;
  CephObjectStore: CephPart;
  Cluster: PostgresCluster;
  'Backup.postgresql.cnpg.io': PostgresBackup;
  ScheduledBackup: ScheduledBackup;
  CiliumNode: CiliumNode;
  CiliumEndpoint: CiliumEndpoint;
  CiliumNetworkPolicy: CiliumPolicy;
  CiliumClusterwideNetworkPolicy: CiliumPolicy;
  CiliumLoadBalancerIPPool: CiliumPool;
  IPAddressPool: AddressPool;
  L2Advertisement: Advertisement;
  BGPAdvertisement: Advertisement;
  ServiceL2Status: ServiceL2Status;
  ConfigurationState: ConfigurationState;
  Certificate: Certificate;
  CertificateRequest: CertificateRequest;
  Issuer: Issuer;
  ClusterIssuer: Issuer;
  Order: AcmeStep;
  Challenge: AcmeStep;
  Prometheus: MonitoringServer;
  Alertmanager: MonitoringServer;
  ServiceMonitor: Monitor;
  PodMonitor: Monitor;
  PrometheusRule: Monitor;
  ScrapeConfig: Monitor;
  Probe: Probe;
  GatewayClass: GatewayClass;
  Gateway: Gateway;
  HTTPRoute: Route;
  GRPCRoute: Route;
  TLSRoute: Route;
  TCPRoute: Route;
  UDPRoute: Route;
  SecurityPolicy: SecurityPolicy;
  NetworkPolicy: NetworkPolicy;
  Role: Role;
  ClusterRole: Role;
  RoleBinding: RoleBinding;
  ClusterRoleBinding: RoleBinding;
  ServiceAccount: ServiceAccount;
  'ServiceAccount.talos.dev': TalosServiceAccount;
  /** Warning events only: the ones that are evidence. */
  Event: Event;
}

export type KnownKind = keyof KnownKinds;

export type AnyObject = KnownKinds[KnownKind] | ClusterObject;
