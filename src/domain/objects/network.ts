import type { ClusterObject } from './meta.ts';

/** A Service. */
export interface Service extends ClusterObject {
  kind: 'Service';
  type: string;
  headless: boolean;
  externalName?: string;
  /** Empty when the Service has no selector. */
  selector: Record<string, string>;
  ports: { name?: string; port: number; targetPort: string; protocol: string; nodePort?: number }[];
  /** Number of load-balancer ingress points in status. */
  ingressPoints: number;
  publishNotReady: boolean;
  loadBalancerClass?: string;
  /** Addresses and host names of its load balancer, from status. */
  addresses?: string[];
  /** `spec.externalTrafficPolicy`: Local leads only to pods of the node that is asked. */
  trafficPolicy?: string;
  /** `spec.loadBalancerSourceRanges`. */
  sourceRanges?: string[];
  externalAddresses?: string[];
}

/** An EndpointSlice. `ready: undefined` in the API counts as ready. */
export interface EndpointSlice extends ClusterObject {
  kind: 'EndpointSlice';
  /** Label kubernetes.io/service-name. */
  service?: string;
  endpoints: { ready: boolean; pod?: string; node?: string }[];
  ports: { name?: string; port?: number }[];
}

/** An Ingress. */
export interface Ingress extends ClusterObject {
  kind: 'Ingress';
  className?: string;
  hosts: string[];
  backends: { service: string; port: string }[];
  tlsSecrets: string[];
  ingressPoints: number;
  /** Annotations by which its controller asks for authentication or limits who may ask: keys, never values. */
  guards?: string[];
}

/** An IngressClass. */
export interface IngressClass extends ClusterObject {
  kind: 'IngressClass';
  controller: string;
  isDefault: boolean;
}
