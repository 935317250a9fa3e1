import type { LabelSelector } from './label-selector.ts';
import type { ClusterObject, ObjectRef } from './meta.ts';

/** Who may come in by one ingress rule of a NetworkPolicy. */
export interface PolicyPeer {
  /** Undefined: pods of the policy's own namespace. */
  namespaces?: LabelSelector;
  pods?: LabelSelector;
  /** An IP block; then neither of the others is set. */
  cidr?: string;
}

/** A NetworkPolicy. */
export interface NetworkPolicy extends ClusterObject {
  kind: 'NetworkPolicy';
  selector: LabelSelector;
  /** True when it governs ingress: then what no rule lets in is dropped. */
  limitsIngress: boolean;
  /** Its ingress rules; one that names nobody lets everybody in and is an empty list. */
  ingress: PolicyPeer[][];
}

/** One rule of a Role or ClusterRole. */
export interface PowerRule {
  groups: string[];
  resources: string[];
  verbs: string[];
  /** Names of single objects, when it is limited to them. */
  names: string[];
  urls: string[];
}

/** A Role or ClusterRole. */
export interface Role extends ClusterObject {
  kind: 'Role' | 'ClusterRole';
  rules: PowerRule[];
}

/** A RoleBinding or ClusterRoleBinding. */
export interface RoleBinding extends ClusterObject {
  kind: 'RoleBinding' | 'ClusterRoleBinding';
  role: ObjectRef;
  /** Kind is ServiceAccount, User or Group. */
  subjects: ObjectRef[];
}

/** A core ServiceAccount: no token and no Secret. */
export interface ServiceAccount extends ClusterObject {
  kind: 'ServiceAccount';
  /** False when it says that pods get no token. */
  automount: boolean;
}

/** A ServiceAccount of talos.dev: it gives pods of its namespace access to the Talos API with these roles. */
export interface TalosServiceAccount extends ClusterObject {
  kind: 'ServiceAccount';
  roles: string[];
}
