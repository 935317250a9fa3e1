import type { KnownKind, KnownKinds } from '../objects/index.ts';

/** The kinds that the health rules read beside Flux's. */
export const HEALTH_KINDS = [
  'Pod',
  'Deployment',
  'StatefulSet',
  'DaemonSet',
  'ReplicaSet',
  'Job',
  'CronJob',
  'HorizontalPodAutoscaler',
  'PodDisruptionBudget',
  'Node',
  'Namespace',
  'PersistentVolumeClaim',
  'PersistentVolume',
  'StorageClass',
  'VolumeAttachment',
  'ValidatingWebhookConfiguration',
  'MutatingWebhookConfiguration',
  'APIService',
  'CustomResourceDefinition',
  'Service',
  'EndpointSlice',
  'Ingress',
  'IngressClass',
  'Plan',
  'TalosUpgrade',
  'KubernetesUpgrade',
  'Event',
] as const satisfies readonly KnownKind[];

export type HealthKind = (typeof HEALTH_KINDS)[number];

/** All objects by kind; a kind that is absent or could not be read has none. */
export type Objects = { readonly [K in HealthKind]: readonly KnownKinds[K][] };
