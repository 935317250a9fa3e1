import type { LabelSelector } from './label-selector.ts';
import type { ClusterObject, Condition, ObjectRef } from './meta.ts';

/** A GatewayClass. */
export interface GatewayClass extends ClusterObject {
  kind: 'GatewayClass';
  controller: string;
}

/** A listener of a Gateway with what its controller says of it. */
export interface Listener {
  name: string;
  port: number;
  hostname?: string;
  /** Secrets it serves certificates from: names, never contents. */
  secrets: ObjectRef[];
  attached: number;
  conditions: Condition[];
}

/** A Gateway. */
export interface Gateway extends ClusterObject {
  kind: 'Gateway';
  className: string;
  listeners: Listener[];
  /** `status.addresses`. */
  addresses: string[];
}

/** A route of the Gateway API: what it hangs on, where it leads, and what controllers say. */
export interface Route extends ClusterObject {
  kind: 'HTTPRoute' | 'GRPCRoute' | 'TLSRoute' | 'TCPRoute' | 'UDPRoute';
  hostnames: string[];
  /** Gateways only. */
  parents: ObjectRef[];
  /** ListenerSets, which add listeners to some Gateway. */
  listenerSets?: ObjectRef[];
  /** Services only; a port that is not given is absent. */
  backends: (ObjectRef & { port?: number })[];
  /** `status.parents[]`. */
  told: { parent: ObjectRef; controller: string; conditions: Condition[] }[];
  /** Names of filters that hand requests to another service for authentication. */
  authFilters: string[];
}

/** A SecurityPolicy of Envoy Gateway: what it is for and how it asks who is there; no secrets, users or addresses. */
export interface SecurityPolicy extends ClusterObject {
  kind: 'SecurityPolicy';
  /** Routes and Gateways as a whole, of its own namespace. */
  targets: ObjectRef[];
  /** The same by their labels. */
  selectors: { kind: string; labels: LabelSelector }[];
  /** oidc, jwt, basicAuth, apiKeyAuth, extAuth, authorization; none lets everybody through. */
  guards: string[];
}
