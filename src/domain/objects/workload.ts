import type { ClusterObject, ObjectRef } from './meta.ts';

/** A Deployment, StatefulSet, DaemonSet or ReplicaSet. Counts that the controller has not written are 0. */
export interface Workload extends ClusterObject {
  kind: 'Deployment' | 'StatefulSet' | 'DaemonSet' | 'ReplicaSet';
  /** spec.replicas (1 when absent); for a DaemonSet `desiredNumberScheduled`. */
  desired: number;
  /** Pods that exist now (`status.replicas`, `currentNumberScheduled`). */
  current: number;
  updated: number;
  ready: number;
  available: number;
  /** DaemonSet `numberMisscheduled`. */
  misscheduled?: number;
  paused: boolean;
  /** Deployment `spec.strategy.type`, StatefulSet and DaemonSet `spec.updateStrategy.type`. */
  strategy?: string;
  /** StatefulSet `spec.updateStrategy.rollingUpdate.partition`. */
  partition?: number;
  updateRevision?: string;
  currentRevision?: string;
  progressDeadlineSeconds?: number;
  /** `spec.selector.matchLabels`. */
  selector: Record<string, string>;
  podLabels: Record<string, string>;
  /** Container name to image, init containers included. */
  images: Record<string, string>;
  /** StatefulSet `spec.serviceName`. */
  serviceName?: string;
  /** The account of its pod template. */
  serviceAccount?: string;
}

/** A Job. Times are RFC 3339. */
export interface Job extends ClusterObject {
  kind: 'Job';
  active: number;
  succeeded: number;
  failed: number;
  completions?: number;
  backoffLimit?: number;
  /** `spec.activeDeadlineSeconds`. */
  deadlineSeconds?: number;
  suspended: boolean;
  started?: string;
  completed?: string;
}

/** A CronJob. Times are RFC 3339. */
export interface CronJob extends ClusterObject {
  kind: 'CronJob';
  schedule: string;
  timeZone?: string;
  suspended: boolean;
  lastScheduled?: string;
  lastSuccessful?: string;
  startingDeadlineSeconds?: number;
  concurrencyPolicy?: string;
  active: string[];
}

/** A container's terminated state. */
export interface Termination {
  reason?: string;
  exitCode: number;
  signal?: number;
  started?: string;
  finished?: string;
  message?: string;
}

/** A container with its status; `waiting`, `running` and `terminated` are the current state, at most one is set. */
export interface Container {
  name: string;
  /** `sidecar` is an init container with `restartPolicy: Always`. */
  role: 'init' | 'sidecar' | 'main' | 'ephemeral';
  image: string;
  ready: boolean;
  started?: boolean;
  restarts: number;
  waiting?: { reason?: string; message?: string };
  /** Since when it runs. */
  running?: string;
  terminated?: Termination;
  /** `lastState.terminated`. */
  last?: Termination;
  memoryLimit?: string;
  ports: { name?: string; port: number; protocol: string }[];
}

/** A Pod. */
export interface Pod extends ClusterObject {
  kind: 'Pod';
  phase: string;
  /** `status.reason`, such as Evicted or NodeLost. */
  reason?: string;
  message?: string;
  node?: string;
  started?: string;
  restartPolicy: string;
  priorityClass?: string;
  containers: Container[];
  /** Names of the PersistentVolumeClaims it mounts. */
  claims: string[];
  /** ConfigMaps and Secrets it names, required ones only; names, never values. */
  configRefs: ObjectRef[];
  schedulingGates: string[];
  readinessGates: string[];
  serviceAccount?: string;
  hostNetwork: boolean;
  /** What lets it reach past its own bounds; absent when nothing does. */
  reach?: PodReach;
}

/** What a pod may do beyond its own bounds. */
export interface PodReach {
  privileged: boolean;
  hostPid: boolean;
  /** Paths of the node it mounts. */
  hostPaths: string[];
  hostPorts: number[];
  /** Capabilities added to those a container has anyway. */
  capabilities: string[];
}

/** A HorizontalPodAutoscaler. */
export interface Autoscaler extends ClusterObject {
  kind: 'HorizontalPodAutoscaler';
  target: ObjectRef;
  min: number;
  max: number;
  current: number;
  desired: number;
}

/** A PodDisruptionBudget. */
export interface DisruptionBudget extends ClusterObject {
  kind: 'PodDisruptionBudget';
  minAvailable?: string;
  maxUnavailable?: string;
  disruptionsAllowed: number;
  expectedPods: number;
  currentHealthy: number;
  desiredHealthy: number;
  selector: Record<string, string>;
}
