import type { LabelSelector } from './label-selector.ts';
import type { ClusterObject } from './meta.ts';

/** An IPAddressPool of MetalLB. */
export interface AddressPool extends ClusterObject {
  kind: 'IPAddressPool';
  /** CIDRs, or `first-last`. */
  addresses: string[];
  autoAssign: boolean;
  /** Of the family that is fuller; undefined before MetalLB 0.15. */
  assigned?: number;
  available?: number;
  /** Addresses that its ranges span, network and broadcast ones included; undefined with an IPv6 range. */
  size?: number;
}

/** An L2Advertisement or BGPAdvertisement; without names and selectors it stands for every pool. */
export interface Advertisement extends ClusterObject {
  kind: 'L2Advertisement' | 'BGPAdvertisement';
  pools: string[];
  poolSelectors: LabelSelector[];
}

/** A ServiceL2Status: the node that answers for a Service's address. */
export interface ServiceL2Status extends ClusterObject {
  kind: 'ServiceL2Status';
  node?: string;
  service?: string;
  serviceNamespace?: string;
}

/** A ConfigurationState of MetalLB: what one of its processes makes of the configuration. */
export interface ConfigurationState extends ClusterObject {
  kind: 'ConfigurationState';
  /** Valid, Invalid or Unknown. */
  result?: string;
  error?: string;
  /** `controller`, or `speaker` with its node. */
  process?: string;
}
