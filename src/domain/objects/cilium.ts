import type { LabelSelector } from './label-selector.ts';
import type { ClusterObject } from './meta.ts';

/** A CiliumNode: named like the Node it stands for. */
export interface CiliumNode extends ClusterObject {
  kind: 'CiliumNode';
}

/** A CiliumEndpoint: named like its pod. */
export interface CiliumEndpoint extends ClusterObject {
  kind: 'CiliumEndpoint';
  /** ready, not-ready, waiting-for-identity, regenerating, restoring, invalid and the like. */
  state?: string;
}

/** Who may come in by one ingress rule of a CiliumNetworkPolicy. */
export interface CiliumPeers {
  /** Namespaces that `fromEndpoints` names; the policy's own where it names none. */
  namespaces: string[];
  /** `fromEntities`: world, cluster, host, ingress and the like. */
  entities: string[];
  /** True when `fromEndpoints` selects by labels alone across namespaces, or everything. */
  anyNamespace: boolean;
  /** Networks of `fromCIDR` and `fromCIDRSet`. */
  cidrs: string[];
}

/** One `spec` or entry of `specs`. */
export interface CiliumRule {
  /** `endpointSelector`; undefined for a host policy. Keys are without Cilium's source prefix. */
  selector?: LabelSelector;
  /** True when it has an `ingress` section: then what no rule lets in is dropped. */
  limitsIngress: boolean;
  ingress: CiliumPeers[];
}

/** A CiliumNetworkPolicy or CiliumClusterwideNetworkPolicy: whom it selects and lets in. */
export interface CiliumPolicy extends ClusterObject {
  kind: 'CiliumNetworkPolicy' | 'CiliumClusterwideNetworkPolicy';
  rules: CiliumRule[];
}

/** A CiliumLoadBalancerIPPool. */
export interface CiliumPool extends ClusterObject {
  kind: 'CiliumLoadBalancerIPPool';
  disabled: boolean;
  /** Undefined serves every Service; Cilium's keys for name and namespace are kept. */
  serviceSelector?: LabelSelector;
  /** CIDRs, or `start-stop`. */
  blocks: string[];
  /** What its conditions count; undefined before the operator has counted. */
  total?: number;
  available?: number;
}
