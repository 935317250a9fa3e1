import type { ClusterObject, ObjectRef } from './meta.ts';

/** A Node. */
export interface Node extends ClusterObject {
  kind: 'Node';
  unschedulable: boolean;
  controlPlane: boolean;
  taints: { key: string; effect: string; value?: string; since?: string }[];
  kubelet: string;
  osImage: string;
  kernel: string;
  architecture: string;
  /** Allocatable pods. */
  maxPods?: number;
}

/** A Namespace; `phase` is Active or Terminating. */
export interface Namespace extends ClusterObject {
  kind: 'Namespace';
  phase: string;
}

/** A PersistentVolumeClaim. Sizes are Kubernetes quantities. */
export interface Claim extends ClusterObject {
  kind: 'PersistentVolumeClaim';
  phase: string;
  volume?: string;
  storageClass?: string;
  requested?: string;
  capacity?: string;
  accessModes: string[];
}

/** A PersistentVolume. */
export interface Volume extends ClusterObject {
  kind: 'PersistentVolume';
  phase: string;
  reason?: string;
  message?: string;
  claim?: ObjectRef;
  storageClass?: string;
  reclaimPolicy?: string;
  capacity?: string;
  /** CSI driver, or the in-tree source such as local, nfs or hostPath. */
  driver?: string;
  /** `spec.csi.volumeHandle`. */
  handle?: string;
  /** Node names that its node affinity names. */
  nodes: string[];
}

/** A StorageClass. */
export interface StorageClass extends ClusterObject {
  kind: 'StorageClass';
  provisioner: string;
  waitsForConsumer: boolean;
  isDefault: boolean;
}

/** A VolumeAttachment. */
export interface Attachment extends ClusterObject {
  kind: 'VolumeAttachment';
  node: string;
  volume?: string;
  attached: boolean;
  error?: { message?: string; time?: string };
}

/** A validating or mutating webhook configuration. */
export interface WebhookConfiguration extends ClusterObject {
  kind: 'ValidatingWebhookConfiguration' | 'MutatingWebhookConfiguration';
  webhooks: {
    name: string;
    service?: ObjectRef & { port: number };
    failurePolicy: 'Fail' | 'Ignore';
    /** Whether `clientConfig.caBundle` has anything in it. */
    hasCa?: boolean;
  }[];
}

/** An APIService; `service` is absent for the API server's own groups. */
export interface ApiService extends ClusterObject {
  kind: 'APIService';
  group: string;
  version: string;
  service?: ObjectRef;
}

/** A CustomResourceDefinition. */
export interface CustomResource extends ClusterObject {
  kind: 'CustomResourceDefinition';
  group: string;
  /** The kind it defines. */
  defines: string;
  plural: string;
  namespaced: boolean;
  versions: string[];
}

/** Where a tunnel's configuration leads a host name (`*`: any) to. */
export interface TunnelRoute {
  host: string;
  /** The host of the service behind it. */
  to: string;
  /** Only with a token of Cloudflare Access. */
  guarded: boolean;
}

/** A ConfigMap: names of its keys; of values only what is named here. */
export interface KeyedObject extends ClusterObject {
  kind: 'ConfigMap';
  keys: string[];
  /** Versions of Talos and Kubernetes that Flux fills in, by their key. */
  versions?: Record<string, string>;
  tunnelRoutes?: TunnelRoute[];
}

/** A core/v1 Event, with its series folded in. Times are RFC 3339. */
export interface Event extends ClusterObject {
  kind: 'Event';
  type: string;
  reason: string;
  message: string;
  count: number;
  first: string;
  last: string;
  regarding: ObjectRef & { uid?: string };
  reporter?: string;
}
