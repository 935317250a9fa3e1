import { type PermissiveKind, permissiveCrd } from '../crds.ts';
import type { Manifest } from '../manifest.ts';

const GROUP = 'gateway.networking.k8s.io';

const KINDS: readonly (readonly [kind: string, plural: string, version: string, namespaced: boolean])[] = [
  ['GatewayClass', 'gatewayclasses', 'v1', false],
  ['Gateway', 'gateways', 'v1', true],
  ['HTTPRoute', 'httproutes', 'v1', true],
  ['GRPCRoute', 'grpcroutes', 'v1', true],
  ['TLSRoute', 'tlsroutes', 'v1alpha2', true],
  ['TCPRoute', 'tcproutes', 'v1alpha2', true],
  ['UDPRoute', 'udproutes', 'v1alpha2', true],
];

/** The CRDs of the Gateway API that rules look at, without a schema. */
export function gatewayCrds(): Manifest[] {
  return KINDS.map(([kind, plural, version, namespaced]): PermissiveKind => ({
    group: GROUP,
    version,
    kind,
    plural,
    namespaced,
  })).map(permissiveCrd);
}

/** A condition of a controller: type, status, reason, message, since when, of which generation. */
export function gatewayCondition(
  type: string,
  status: string,
  reason: string,
  at: string,
  message = '',
  observedGeneration = 1,
): object {
  return { type, status, reason, message, lastTransitionTime: at, observedGeneration };
}

/** The GatewayClass of Cilium. */
export function rawGatewayClass(conditions: readonly object[], name = 'cilium'): Manifest {
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'GatewayClass',
    metadata: { name, generation: 1 },
    spec: { controllerName: 'io.cilium/gateway-controller' },
    status: { conditions },
  };
}

/** What a Gateway is made of beside its one listener `https`. */
export interface GatewayShape {
  name?: string;
  className?: string;
  generation?: number;
  conditions?: readonly object[];
  /** Conditions of the listener `https`. */
  listener?: readonly object[];
  /** Further listeners of the spec, with their conditions. */
  more?: Readonly<Record<string, readonly object[]>>;
  annotations?: Record<string, string>;
}

/** A Gateway in `network` whose listener serves Secret `apps/wiki-tls`. */
export function rawGateway(shape: GatewayShape): Manifest {
  const { name = 'external', className = 'cilium', generation = 1, annotations } = shape;
  const all = { https: shape.listener ?? [], ...shape.more };
  return {
    apiVersion: `${GROUP}/v1`,
    kind: 'Gateway',
    metadata: { name, namespace: 'network', generation, ...(annotations && { annotations }) },
    spec: {
      gatewayClassName: className,
      listeners: Object.keys(all).map((listener) => ({
        name: listener,
        port: 443,
        protocol: 'HTTPS',
        tls: { mode: 'Terminate', certificateRefs: [{ name: 'wiki-tls', namespace: 'apps' }] },
      })),
    },
    status: {
      addresses: [{ type: 'IPAddress', value: '192.0.2.10' }],
      conditions: shape.conditions ?? [],
      listeners: Object.entries(all).map(([listener, conditions]) => ({
        name: listener,
        attachedRoutes: 1,
        supportedKinds: [{ group: GROUP, kind: 'HTTPRoute' }],
        conditions,
      })),
    },
  };
}

/** What a route is made of. */
export interface RouteShape {
  kind?: string;
  name?: string;
  /** Names of Gateways in `network`. */
  parents?: readonly string[];
  backends?: readonly Record<string, unknown>[];
  /** Conditions by the Gateway that wrote them. */
  told?: Readonly<Record<string, readonly object[]>>;
  filters?: readonly object[];
}

/** A route in `apps` for wiki.example.test, on the Gateway `external` to Service `wiki`. */
export function rawRoute(shape: RouteShape): Manifest {
  const {
    kind = 'HTTPRoute',
    name = 'wiki',
    parents = ['external'],
    backends = [{ name: 'wiki', port: 80 }],
  } = shape;
  const version = kind === 'HTTPRoute' || kind === 'GRPCRoute' ? 'v1' : 'v1alpha2';
  return {
    apiVersion: `${GROUP}/${version}`,
    kind,
    metadata: { name, namespace: 'apps', generation: 1 },
    spec: {
      parentRefs: parents.map((parent) => ({
        group: GROUP,
        kind: 'Gateway',
        name: parent,
        namespace: 'network',
      })),
      hostnames: ['wiki.example.test'],
      rules: [{ backendRefs: [...backends], ...(shape.filters && { filters: [...shape.filters] }) }],
    },
    status: {
      parents: Object.entries(shape.told ?? {}).map(([parent, conditions]) => ({
        parentRef: { group: GROUP, kind: 'Gateway', name: parent, namespace: 'network' },
        controllerName: 'io.cilium/gateway-controller',
        conditions,
      })),
    },
  };
}
