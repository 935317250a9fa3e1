import type { KnownKind } from './objects/index.ts';

/** The API group of every kind the domain knows by its fields; its version and plural come from discovery. */
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
  Event: '',
};

/** True when this kind of this group is one the domain knows by its fields. */
export function isKnownKind(kind: string, group: string): kind is KnownKind {
  return Object.hasOwn(KNOWN_GROUPS, kind) && KNOWN_GROUPS[kind as KnownKind] === group;
}
