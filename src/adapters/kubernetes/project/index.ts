import { isFluxGroup } from '#domain/access.ts';
import type { ServedKind } from '#domain/cluster.ts';
import { knownKindOf } from '#domain/kinds.ts';
import type { KnownKind, KnownKinds } from '#domain/objects/index.ts';
import type { ClusterObject } from '#domain/objects/meta.ts';

import { projectFlux } from './flux.ts';
import { type Context, type Text, projectObject } from './meta.ts';
import { projectEndpointSlice, projectIngress, projectIngressClass, projectService } from './network.ts';
import {
  projectApiService,
  projectCustomResource,
  projectEvent,
  projectNamespace,
  projectNode,
  projectWebhooks,
} from './platform.ts';
import {
  projectCiliumEndpoint,
  projectCiliumNode,
  projectCiliumPolicy,
  projectCiliumPool,
} from './cilium.ts';
import { projectConfigMap } from './config-map.ts';
import {
  projectAddressPool,
  projectAdvertisement,
  projectConfigurationState,
  projectServiceL2Status,
} from './metallb.ts';
import {
  projectAcmeStep,
  projectCertificate,
  projectCertificateRequest,
  projectIssuer,
} from './cert-manager.ts';
import { projectMonitor, projectMonitoringServer, projectProbe } from './prometheus.ts';
import { projectGateway, projectGatewayClass, projectRoute, projectSecurityPolicy } from './gateway.ts';
import {
  projectNetworkPolicy,
  projectRole,
  projectRoleBinding,
  projectServiceAccount,
  projectTalosServiceAccount,
} from './access.ts';
import { projectPostgresBackup, projectPostgresCluster, projectScheduledBackup } from './cnpg.ts';
import {
  projectBackupTarget,
  projectEngine,
  projectEngineImage,
  projectInstanceManager,
  projectLonghornBackup,
  projectLonghornNode,
  projectLonghornVolume,
  projectRecurringJob,
  projectReplica,
  projectSetting,
} from './longhorn.ts';
import { projectDiskPool, projectLocalVolume, projectLvmNode, projectZfsNode } from './openebs.ts';
import { projectCephCluster, projectCephPart } from './rook.ts';
import { projectSnapshot, projectSnapshotClass } from './snapshot.ts';
import {
  projectKopiaMaintenance,
  projectReplicationDestination,
  projectReplicationSource,
} from './volsync.ts';
import { projectPod } from './pod.ts';
import { projectAttachment, projectClaim, projectStorageClass, projectVolume } from './storage.ts';
import { projectKubernetesUpgrade, projectPlan, projectTalosUpgrade } from './upgrade.ts';
import {
  projectAutoscaler,
  projectCronJob,
  projectDisruptionBudget,
  projectJob,
  projectWorkload,
} from './workload.ts';

const PROJECTIONS: { [K in KnownKind]: (raw: unknown, context: Context) => KnownKinds[K] } = {
  Pod: projectPod,
  Deployment: projectWorkload,
  StatefulSet: projectWorkload,
  DaemonSet: projectWorkload,
  ReplicaSet: projectWorkload,
  Job: projectJob,
  CronJob: projectCronJob,
  HorizontalPodAutoscaler: projectAutoscaler,
  PodDisruptionBudget: projectDisruptionBudget,
  Node: projectNode,
  Namespace: projectNamespace,
  PersistentVolumeClaim: projectClaim,
  PersistentVolume: projectVolume,
  StorageClass: projectStorageClass,
  VolumeAttachment: projectAttachment,
  ValidatingWebhookConfiguration: projectWebhooks,
  MutatingWebhookConfiguration: projectWebhooks,
  APIService: projectApiService,
  CustomResourceDefinition: projectCustomResource,
  ConfigMap: projectConfigMap,
  Service: projectService,
  EndpointSlice: projectEndpointSlice,
  Ingress: projectIngress,
  IngressClass: projectIngressClass,
  Plan: projectPlan,
  TalosUpgrade: projectTalosUpgrade,
  KubernetesUpgrade: projectKubernetesUpgrade,
  Volume: projectLonghornVolume,
  Engine: projectEngine,
  Replica: projectReplica,
  'Node.longhorn.io': projectLonghornNode,
  InstanceManager: projectInstanceManager,
  EngineImage: projectEngineImage,
  Setting: projectSetting,
  BackupTarget: projectBackupTarget,
  'Backup.longhorn.io': projectLonghornBackup,
  RecurringJob: projectRecurringJob,
  LVMVolume: projectLocalVolume,
  LVMNode: projectLvmNode,
  ZFSVolume: projectLocalVolume,
  ZFSNode: projectZfsNode,
  DiskPool: projectDiskPool,
  ReplicationSource: projectReplicationSource,
  ReplicationDestination: projectReplicationDestination,
  KopiaMaintenance: projectKopiaMaintenance,
  VolumeSnapshot: projectSnapshot,
  VolumeSnapshotClass: projectSnapshotClass,
  CephCluster: projectCephCluster,
  CephBlockPool: projectCephPart,
  CephFilesystem: projectCephPart,
  CephObjectStore: projectCephPart,
  Cluster: projectPostgresCluster,
  'Backup.postgresql.cnpg.io': projectPostgresBackup,
  ScheduledBackup: projectScheduledBackup,
  CiliumNode: projectCiliumNode,
  CiliumEndpoint: projectCiliumEndpoint,
  CiliumNetworkPolicy: projectCiliumPolicy,
  CiliumClusterwideNetworkPolicy: projectCiliumPolicy,
  CiliumLoadBalancerIPPool: projectCiliumPool,
  IPAddressPool: projectAddressPool,
  L2Advertisement: projectAdvertisement,
  BGPAdvertisement: projectAdvertisement,
  ServiceL2Status: projectServiceL2Status,
  ConfigurationState: projectConfigurationState,
  Certificate: projectCertificate,
  CertificateRequest: projectCertificateRequest,
  Issuer: projectIssuer,
  ClusterIssuer: projectIssuer,
  Order: projectAcmeStep,
  Challenge: projectAcmeStep,
  Prometheus: projectMonitoringServer,
  Alertmanager: projectMonitoringServer,
  ServiceMonitor: projectMonitor,
  PodMonitor: projectMonitor,
  PrometheusRule: projectMonitor,
  ScrapeConfig: projectMonitor,
  Probe: projectProbe,
  GatewayClass: projectGatewayClass,
  Gateway: projectGateway,
  HTTPRoute: projectRoute,
  GRPCRoute: projectRoute,
  TLSRoute: projectRoute,
  TCPRoute: projectRoute,
  UDPRoute: projectRoute,
  SecurityPolicy: projectSecurityPolicy,
  NetworkPolicy: projectNetworkPolicy,
  Role: projectRole,
  ClusterRole: projectRole,
  RoleBinding: projectRoleBinding,
  ClusterRoleBinding: projectRoleBinding,
  ServiceAccount: projectServiceAccount,
  'ServiceAccount.talos.dev': projectTalosServiceAccount,
  Event: projectEvent,
};

/**
 * How objects of a kind are read: by the fields of a known kind, as a Flux object, or metadata and conditions only. It
 * never throws, whatever it is given.
 */
export function projectorOf(kind: ServedKind, text: Text): (raw: unknown) => ClusterObject {
  const context = { kind, text };
  const known = knownKindOf(kind.kind, kind.group);
  if (known !== undefined) {
    const project = PROJECTIONS[known];
    return (raw) => project(raw, context);
  }
  if (isFluxGroup(kind.group)) return (raw) => projectFlux(raw, context);
  return (raw) => projectObject(raw, context);
}
