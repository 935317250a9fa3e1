import type { LabelSelector } from './label-selector.ts';
import type { ClusterObject } from './meta.ts';

/** What an upgrade changes on a node. */
export type UpgradeSubject = 'talos' | 'kubernetes';

/** A Plan of system-upgrade-controller. Of the containers it runs only what names versions is kept, no environment, no Secrets. */
export interface Plan extends ClusterObject {
  kind: 'Plan';
  /** As its command and image tell; undefined when neither does. */
  subject?: UpgradeSubject;
  /** `spec.version`. */
  version?: string;
  channel?: string;
  latestVersion?: string;
  latestHash?: string;
  /** Hostnames (label kubernetes.io/hostname) of the nodes it is being applied to. */
  applying: string[];
  /** Undefined selects nothing, as in Kubernetes. */
  nodeSelector?: LabelSelector;
  hasWindow: boolean;
  /** When its window begins, as a cron schedule in a time zone; undefined without one, or where it is not understood. */
  opens?: { schedule: string; timeZone?: string };
  /** Seconds a Job may take: 0 is without bound, undefined the controller's default. */
  jobDeadline?: number;
  /** Image that its Talos upgrade installs, with the tag. */
  installer?: string;
}

/** What both kinds of tuppr say. Times are RFC 3339, messages redacted. */
interface TupprUpgrade extends ClusterObject {
  /** `spec.talos.version` or `spec.kubernetes.version`. */
  version?: string;
  suspended: boolean;
  message?: string;
  started?: string;
  completed?: string;
  /** Last change of its status. */
  updated?: string;
  nextWindow?: string;
  completionCycles: number;
}

/** A TalosUpgrade of tuppr. */
export interface TalosUpgrade extends TupprUpgrade {
  kind: 'TalosUpgrade';
  /** Undefined selects every node. */
  nodeSelector?: LabelSelector;
  currentNodes: string[];
  completedNodes: string[];
  failedNodes: { node: string; error?: string }[];
  rebootingNodes: { node: string; deadline?: string }[];
  /** Last error of the pre-pull that keeps failing. */
  prePullError?: string;
}

/** The KubernetesUpgrade of tuppr. */
export interface KubernetesUpgrade extends TupprUpgrade {
  kind: 'KubernetesUpgrade';
  currentVersion?: string;
  controllerNode?: string;
  jobName?: string;
  retries: number;
  lastError?: string;
}
