import type { ClusterObject, ObjectRef } from './meta.ts';

/** One entry of `spec.dependsOn`; the namespace defaults to the object's own, and so does the kind. */
export interface Dependency {
  /** Only a ResourceSet names one. */
  kind?: string;
  namespace: string;
  name: string;
  readyExpr?: string;
}

/** One entry of `status.history` of a Kustomization or HelmRelease, newest first. Times are RFC 3339. */
export interface HistoryEntry {
  /** `lastReconciledStatus` of a Kustomization, `status` of a HelmRelease snapshot. */
  status?: string;
  digest?: string;
  revision?: string;
  chartName?: string;
  chartVersion?: string;
  appVersion?: string;
  first?: string;
  last?: string;
}

/** `status.artifact` of a source. */
export interface Artifact {
  revision: string;
  digest?: string;
  updated?: string;
}

/**
 * Any object of a Flux group, in one shape; a field that the kind does not have is absent. Durations are Go durations as
 * written (`10m0s`), revisions as Flux writes them (`main@sha1:…`).
 */
export interface FluxObject extends ClusterObject {
  group: string;
  suspended: boolean;
  interval?: string;
  retryInterval?: string;
  timeout?: string;
  /** Those that are objects of Flux. */
  dependsOn: Dependency[];
  /** Objects of other kinds that a ResourceSet waits for. */
  requires?: ObjectRef[];
  source?: ObjectRef;
  path?: string;
  /** Of a source, without user information and query. */
  url?: string;
  branch?: string;
  /** HelmRepository `spec.type`, Provider `spec.type`. */
  type?: string;
  wait?: boolean;
  prune?: boolean;
  /** `spec.healthChecks`. */
  healthChecks: ObjectRef[];
  /** True when spec.kubeConfig points at another cluster. */
  remote: boolean;
  targetNamespace?: string;
  chart?: { name: string; version?: string };
  artifact?: Artifact;
  lastAppliedRevision?: string;
  lastAttemptedRevision?: string;
  lastHandledReconcileAt?: string;
  lastHandledForceAt?: string;
  lastHandledResetAt?: string;
  inventory: ObjectRef[];
  history: HistoryEntry[];
  failures?: number;
  /** HelmRelease `spec.driftDetection.mode`. */
  driftMode?: string;
}
