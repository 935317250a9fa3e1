import { resourcesOf } from '#domain/access.ts';
import type {
  ClusterReader,
  Discovery,
  EventQuery,
  Listing,
  ListingState,
  LogQuery,
  ServedKind,
} from '#domain/cluster.ts';
import { knownKindOf, otherNameOf, servedNameOf } from '#domain/kinds.ts';
import type { FluxObject } from '#domain/objects/flux.ts';
import type { AnyObject, KnownKind, KnownKinds } from '#domain/objects/index.ts';
import { type ClusterObject, qualifiedKind } from '#domain/objects/meta.ts';
import type { Event } from '#domain/objects/platform.ts';

import { ToolError } from '../../src/errors.ts';

/** What a memory cluster holds; a kind without an entry in `states` is current, known kinds even when empty. */
export interface MemoryClusterContent {
  objects: readonly (AnyObject | FluxObject)[];
  /** How far each kind's listing can be believed; `absent` kinds are not served, `unknown` ones give no items. */
  states?: Partial<Record<string, ListingState>>;
  /** Kinds served beside the known ones and those of the objects. */
  served?: readonly ServedKind[];
  /** Log lines by `namespace/pod`, `namespace/pod/container`, either with `/previous` behind it. */
  logs?: Readonly<Record<string, string[]>>;
  /** API groups whose server does not answer. */
  unavailable?: readonly string[];
  /** `asOf` of every listing, milliseconds since the epoch; 0 when left out. */
  asOf?: number;
}

const KNOWN: Readonly<Record<KnownKind, { apiVersion: string; namespaced: boolean }>> = {
  Pod: { apiVersion: 'v1', namespaced: true },
  Deployment: { apiVersion: 'apps/v1', namespaced: true },
  StatefulSet: { apiVersion: 'apps/v1', namespaced: true },
  DaemonSet: { apiVersion: 'apps/v1', namespaced: true },
  ReplicaSet: { apiVersion: 'apps/v1', namespaced: true },
  Job: { apiVersion: 'batch/v1', namespaced: true },
  CronJob: { apiVersion: 'batch/v1', namespaced: true },
  HorizontalPodAutoscaler: { apiVersion: 'autoscaling/v2', namespaced: true },
  PodDisruptionBudget: { apiVersion: 'policy/v1', namespaced: true },
  Node: { apiVersion: 'v1', namespaced: false },
  Namespace: { apiVersion: 'v1', namespaced: false },
  PersistentVolumeClaim: { apiVersion: 'v1', namespaced: true },
  PersistentVolume: { apiVersion: 'v1', namespaced: false },
  StorageClass: { apiVersion: 'storage.k8s.io/v1', namespaced: false },
  VolumeAttachment: { apiVersion: 'storage.k8s.io/v1', namespaced: false },
  ValidatingWebhookConfiguration: { apiVersion: 'admissionregistration.k8s.io/v1', namespaced: false },
  MutatingWebhookConfiguration: { apiVersion: 'admissionregistration.k8s.io/v1', namespaced: false },
  APIService: { apiVersion: 'apiregistration.k8s.io/v1', namespaced: false },
  CustomResourceDefinition: { apiVersion: 'apiextensions.k8s.io/v1', namespaced: false },
  ConfigMap: { apiVersion: 'v1', namespaced: true },
  Service: { apiVersion: 'v1', namespaced: true },
  EndpointSlice: { apiVersion: 'discovery.k8s.io/v1', namespaced: true },
  Ingress: { apiVersion: 'networking.k8s.io/v1', namespaced: true },
  IngressClass: { apiVersion: 'networking.k8s.io/v1', namespaced: false },
  Plan: { apiVersion: 'upgrade.cattle.io/v1', namespaced: true },
  TalosUpgrade: { apiVersion: 'tuppr.home-operations.com/v1alpha1', namespaced: false },
  KubernetesUpgrade: { apiVersion: 'tuppr.home-operations.com/v1alpha1', namespaced: false },
  Volume: { apiVersion: 'longhorn.io/v1beta2', namespaced: true },
  Engine: { apiVersion: 'longhorn.io/v1beta2', namespaced: true },
  Replica: { apiVersion: 'longhorn.io/v1beta2', namespaced: true },
  'Node.longhorn.io': { apiVersion: 'longhorn.io/v1beta2', namespaced: true },
  InstanceManager: { apiVersion: 'longhorn.io/v1beta2', namespaced: true },
  EngineImage: { apiVersion: 'longhorn.io/v1beta2', namespaced: true },
  Setting: { apiVersion: 'longhorn.io/v1beta2', namespaced: true },
  BackupTarget: { apiVersion: 'longhorn.io/v1beta2', namespaced: true },
  'Backup.longhorn.io': { apiVersion: 'longhorn.io/v1beta2', namespaced: true },
  RecurringJob: { apiVersion: 'longhorn.io/v1beta2', namespaced: true },
  LVMVolume: { apiVersion: 'local.openebs.io/v1alpha1', namespaced: true },
  LVMNode: { apiVersion: 'local.openebs.io/v1alpha1', namespaced: true },
  ZFSVolume: { apiVersion: 'zfs.openebs.io/v1', namespaced: true },
  ZFSNode: { apiVersion: 'zfs.openebs.io/v1', namespaced: true },
  DiskPool: { apiVersion: 'openebs.io/v1beta3', namespaced: true },
  ReplicationSource: { apiVersion: 'volsync.backube/v1alpha1', namespaced: true },
  ReplicationDestination: { apiVersion: 'volsync.backube/v1alpha1', namespaced: true },
  KopiaMaintenance: { apiVersion: 'volsync.backube/v1alpha1', namespaced: true },
  VolumeSnapshot: { apiVersion: 'snapshot.storage.k8s.io/v1', namespaced: true },
  VolumeSnapshotClass: { apiVersion: 'snapshot.storage.k8s.io/v1', namespaced: false },
  CephCluster: { apiVersion: 'ceph.rook.io/v1', namespaced: true },
  CephBlockPool: { apiVersion: 'ceph.rook.io/v1', namespaced: true },
  CephFilesystem: { apiVersion: 'ceph.rook.io/v1', namespaced: true },
  CephObjectStore: { apiVersion: 'ceph.rook.io/v1', namespaced: true },
  Cluster: { apiVersion: 'postgresql.cnpg.io/v1', namespaced: true },
  'Backup.postgresql.cnpg.io': { apiVersion: 'postgresql.cnpg.io/v1', namespaced: true },
  ScheduledBackup: { apiVersion: 'postgresql.cnpg.io/v1', namespaced: true },
  CiliumNode: { apiVersion: 'cilium.io/v2', namespaced: false },
  CiliumEndpoint: { apiVersion: 'cilium.io/v2', namespaced: true },
  CiliumNetworkPolicy: { apiVersion: 'cilium.io/v2', namespaced: true },
  CiliumClusterwideNetworkPolicy: { apiVersion: 'cilium.io/v2', namespaced: false },
  CiliumLoadBalancerIPPool: { apiVersion: 'cilium.io/v2', namespaced: false },
  IPAddressPool: { apiVersion: 'metallb.io/v1beta1', namespaced: true },
  L2Advertisement: { apiVersion: 'metallb.io/v1beta1', namespaced: true },
  BGPAdvertisement: { apiVersion: 'metallb.io/v1beta1', namespaced: true },
  ServiceL2Status: { apiVersion: 'metallb.io/v1beta1', namespaced: true },
  ConfigurationState: { apiVersion: 'metallb.io/v1beta1', namespaced: true },
  Certificate: { apiVersion: 'cert-manager.io/v1', namespaced: true },
  CertificateRequest: { apiVersion: 'cert-manager.io/v1', namespaced: true },
  Issuer: { apiVersion: 'cert-manager.io/v1', namespaced: true },
  ClusterIssuer: { apiVersion: 'cert-manager.io/v1', namespaced: false },
  Order: { apiVersion: 'acme.cert-manager.io/v1', namespaced: true },
  Challenge: { apiVersion: 'acme.cert-manager.io/v1', namespaced: true },
  Prometheus: { apiVersion: 'monitoring.coreos.com/v1', namespaced: true },
  Alertmanager: { apiVersion: 'monitoring.coreos.com/v1', namespaced: true },
  ServiceMonitor: { apiVersion: 'monitoring.coreos.com/v1', namespaced: true },
  PodMonitor: { apiVersion: 'monitoring.coreos.com/v1', namespaced: true },
  PrometheusRule: { apiVersion: 'monitoring.coreos.com/v1', namespaced: true },
  ScrapeConfig: { apiVersion: 'monitoring.coreos.com/v1alpha1', namespaced: true },
  Probe: { apiVersion: 'monitoring.coreos.com/v1', namespaced: true },
  GatewayClass: { apiVersion: 'gateway.networking.k8s.io/v1', namespaced: false },
  Gateway: { apiVersion: 'gateway.networking.k8s.io/v1', namespaced: true },
  HTTPRoute: { apiVersion: 'gateway.networking.k8s.io/v1', namespaced: true },
  GRPCRoute: { apiVersion: 'gateway.networking.k8s.io/v1', namespaced: true },
  TLSRoute: { apiVersion: 'gateway.networking.k8s.io/v1alpha2', namespaced: true },
  TCPRoute: { apiVersion: 'gateway.networking.k8s.io/v1alpha2', namespaced: true },
  UDPRoute: { apiVersion: 'gateway.networking.k8s.io/v1alpha2', namespaced: true },
  SecurityPolicy: { apiVersion: 'gateway.envoyproxy.io/v1alpha1', namespaced: true },
  NetworkPolicy: { apiVersion: 'networking.k8s.io/v1', namespaced: true },
  Role: { apiVersion: 'rbac.authorization.k8s.io/v1', namespaced: true },
  ClusterRole: { apiVersion: 'rbac.authorization.k8s.io/v1', namespaced: false },
  RoleBinding: { apiVersion: 'rbac.authorization.k8s.io/v1', namespaced: true },
  ClusterRoleBinding: { apiVersion: 'rbac.authorization.k8s.io/v1', namespaced: false },
  ServiceAccount: { apiVersion: 'v1', namespaced: true },
  'ServiceAccount.talos.dev': { apiVersion: 'talos.dev/v1alpha1', namespaced: true },
  Event: { apiVersion: 'v1', namespaced: true },
};

/** A ClusterReader over projected objects in memory; it answers like the adapters and needs no cluster. */
export function memoryCluster(content: MemoryClusterContent): ClusterReader {
  const kinds = servedKinds(content);
  return {
    identity: { context: 'memory', server: 'https://memory.invalid' },
    discover: async (): Promise<Discovery> => ({ kinds, unavailable: content.unavailable ?? [] }),
    list: async <K extends KnownKind>(kind: K) =>
      listing(content, kind, ofKind(content, kind)) as Listing<KnownKinds[K]>,
    listFlux: async () =>
      kinds
        .filter(({ group }) => isFluxGroup(group))
        .toSorted((a, b) => (a.kind < b.kind ? -1 : 1))
        .map(({ kind }) => listing(content, kind, ofKind(content, kind)) as Listing<FluxObject>),
    listOthers: async (wanted) =>
      kinds
        .filter((kind) => isOther(kind, content) && wanted(kind))
        .toSorted((a, b) => (a.kind < b.kind ? -1 : 1))
        .map((kind) => listing(content, otherNameOf(kind.kind, kind.group), ofServed(content, kind))),
    listAny: async (served, namespace) => listing(content, served.kind, ofServed(content, served, namespace)),
    get: async (served, namespace, name) => find(content, served, namespace, name),
    events: async (query) => listing(content, 'Event', eventsFor(content, query)),
    log: async (query) => logOf(content, query),
  };
}

function servedKinds(content: MemoryClusterContent): ServedKind[] {
  const known = Object.entries(KNOWN).map(([kind, { apiVersion, namespaced }]) =>
    servedKind(servedNameOf(kind as KnownKind), apiVersion, namespaced),
  );
  const present = content.objects.map((object) =>
    servedKind(object.kind, object.apiVersion, object.namespace !== undefined),
  );
  const all = [...known, ...present, ...(content.served ?? [])];
  const distinct = new Map(all.map((kind) => [`${kind.group}/${kind.kind}`, kind]));
  return [...distinct.values()].filter(
    ({ kind, group }) => content.states?.[qualifiedKind(kind, group)] !== 'absent',
  );
}

/** A kind as discovery would give it; the plural is guessed by the rules of English. */
export function servedKind(kind: string, apiVersion: string, namespaced: boolean): ServedKind {
  const [version = '', group = ''] = apiVersion.split('/').toReversed();
  const plural = kind
    .toLowerCase()
    .replace(/(?<=[^aeiou])y$/, 'ie')
    .replace(/(?<=s|x|ch)$/, 'e');
  return { kind, group, version, plural: `${plural}s`, namespaced, listable: true };
}

/** Of the kinds of groups that are in no table, those that the content says are served. */
function isOther(kind: ServedKind, { served = [] }: MemoryClusterContent): boolean {
  if (!kind.listable || isFluxGroup(kind.group) || knownKindOf(kind.kind, kind.group)) return false;
  const inTable = resourcesOf(kind.group)?.has(kind.plural) ?? false;
  return inTable || served.some((one) => one.kind === kind.kind && one.group === kind.group);
}

function isFluxGroup(group: string): boolean {
  return /\.toolkit\.fluxcd\.io$|^source\.extensions\.fluxcd\.io$|^fluxcd\.controlplane\.io$/.test(group);
}

/** By the name the domain has for the kind. */
function ofKind(content: MemoryClusterContent, kind: string): ClusterObject[] {
  const others = (content.served ?? []).filter((one) => isOther(one, content));
  return content.objects.filter(
    (object) =>
      qualifiedKind(object.kind, groupOf(object)) === kind &&
      !others.some((one) => one.kind === object.kind && one.group === groupOf(object)),
  );
}

function ofServed(
  content: MemoryClusterContent,
  { kind, group }: ServedKind,
  namespace?: string,
): ClusterObject[] {
  return content.objects.filter(
    (object) =>
      object.kind === kind &&
      groupOf(object) === group &&
      (namespace === undefined || object.namespace === namespace),
  );
}

function groupOf(object: ClusterObject): string {
  return object.apiVersion.includes('/') ? (object.apiVersion.split('/')[0] ?? '') : '';
}

function listing<T extends ClusterObject>(
  content: MemoryClusterContent,
  kind: string,
  items: T[],
): Listing<T> {
  const state = content.states?.[kind] ?? 'current';
  const readable = state === 'current' || state === 'stale';
  const why = {
    stale: 'the connection is lost',
    unknown: 'forbidden',
    current: undefined,
    absent: undefined,
  }[state];
  return {
    kind,
    state,
    items: readable ? items : [],
    asOf: content.asOf ?? 0,
    ...(why !== undefined && { why }),
  };
}

function find(
  content: MemoryClusterContent,
  kind: ServedKind,
  namespace: string | undefined,
  name: string,
): ClusterObject {
  if (content.states?.[kind.kind] === 'unknown') {
    throw new ToolError('denied', `${kind.kind} cannot be read`, 'Run daytwo doctor.');
  }
  const object = ofServed(content, kind, namespace).find((candidate) => candidate.name === name);
  if (object) return object;
  throw new ToolError(
    'not_found',
    `${kind.kind} ${name} does not exist`,
    'List the kind with resource_list.',
  );
}

function eventsFor(content: MemoryClusterContent, query: EventQuery): Event[] {
  const events = ofKind(content, 'Event') as Event[];
  return events.filter(
    (event) =>
      (query.namespace === undefined || event.regarding.namespace === query.namespace) &&
      (query.kind === undefined || event.regarding.kind === query.kind) &&
      (query.name === undefined || event.regarding.name === query.name) &&
      (query.type === undefined || event.type === query.type),
  );
}

function logOf(content: MemoryClusterContent, query: LogQuery): string[] {
  const key = [query.namespace, query.pod, query.container, query.previous ? 'previous' : undefined]
    .filter((part) => part !== undefined)
    .join('/');
  const lines = content.logs?.[key];
  if (lines) return lines.slice(-query.tailLines);
  throw new ToolError('not_found', `no log of ${key}`, 'List the pods with resource_list.');
}
