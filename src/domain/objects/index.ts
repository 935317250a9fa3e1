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
  /** Warning events only: the ones that are evidence. */
  Event: Event;
}

export type KnownKind = keyof KnownKinds;

export type AnyObject = KnownKinds[KnownKind] | ClusterObject;
