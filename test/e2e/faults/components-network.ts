import {
  ipamCondition,
  rawCiliumEndpoint,
  rawCiliumPolicy,
  rawCiliumPool,
} from '../../cluster/crds/cilium.ts';
import { gatewayCondition, rawGateway, rawGatewayClass, rawRoute } from '../../cluster/crds/gateway.ts';
import {
  rawAddressPool,
  rawAdvertisement,
  rawConfigurationState,
  rawServiceL2Status,
} from '../../cluster/crds/metallb.ts';
import type { Manifest } from '../../cluster/manifest.ts';
import { deploymentTree } from '../../cluster/seed.ts';
import { ago, ownNode, servedBy } from './components-parts.ts';
import type { Fault } from './fault.ts';

/** A Service of type LoadBalancer that has been waiting for an address. */
function balanced(name: string, status: Record<string, unknown> = {}, metadata = {}): Manifest[] {
  const [service, slice] = servedBy(name, 'apps', { type: 'LoadBalancer' }) as [Manifest, Manifest];
  return [{ ...service, metadata: { ...service.metadata, ...metadata }, status }, slice];
}

/** A Service that MetalLB has given an address of pool `lan`. */
const given = (name: string): Manifest[] =>
  balanced(
    name,
    { loadBalancer: { ingress: [{ ip: '192.0.2.10' }] } },
    { annotations: { 'metallb.io/ip-allocated-from-pool': 'lan' } },
  );

const told = (type: string, status: string, reason: string, message = ''): object =>
  gatewayCondition(type, status, reason, ago(30), message);

const ACCEPTED = (): object => told('Accepted', 'True', 'Accepted');
const RESOLVED = (): object[] => [ACCEPTED(), told('ResolvedRefs', 'True', 'ResolvedRefs')];
const GOOD = (): object[] => [ACCEPTED(), told('Programmed', 'True', 'Programmed')];

/** An Ingress of an hour ago to the Service of its name. */
function ingress(name: string, className: string): Manifest {
  const backend = { service: { name, port: { number: 80 } } };
  return {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name, namespace: 'apps', creationTimestamp: ago(60) },
    spec: {
      ingressClassName: className,
      rules: [
        { host: `${name}.example.test`, http: { paths: [{ path: '/', pathType: 'Prefix', backend }] } },
      ],
    },
  };
}

/** The class that all Gateways here are of. */
const gatewayClass = (): Manifest => rawGatewayClass([ACCEPTED()], 'fault');

const gateway = (shape: Parameters<typeof rawGateway>[0]): Manifest =>
  rawGateway({ className: 'fault', conditions: GOOD(), listener: [...GOOD(), ...RESOLVED()], ...shape });

const CILIUM: readonly Fault[] = [
  {
    name: 'the endpoint of a pod is invalid in Cilium: it runs and cannot be reached',
    objects: () => {
      const app = deploymentTree('web', 'apps', { pods: [{ state: 'not-ready' }], service: true });
      const pod = app.find(({ kind }) => kind === 'Pod');
      return [...app, rawCiliumEndpoint(pod?.metadata.name ?? '', 'invalid')];
    },
    root: {
      ref: `CiliumEndpoint/apps/${webPod()}`,
      reason: 'EndpointInvalid',
    },
    decoys: ['Deployment/apps/web', 'Service/apps/web'],
  },
  {
    name: 'the Cilium agent of a node is not ready: new pods are kept away',
    objects: () => {
      const node = ownNode('edge-1');
      const taint = { key: 'node.cilium.io/agent-not-ready', effect: 'NoSchedule', timeAdded: ago(20) };
      return [{ ...node, spec: { ...node.spec, taints: [taint] } }];
    },
    root: { ref: 'Node/edge-1', reason: 'CiliumAgentNotReady' },
  },
  {
    name: 'a policy of Cilium is refused, and protects nothing',
    objects: () => [
      rawCiliumPolicy(
        'allow-web',
        {},
        { valid: 'False', message: 'Invalid CiliumNetworkPolicy spec', at: ago(90) },
      ),
    ],
    root: { ref: 'CiliumNetworkPolicy/apps/allow-web', reason: 'PolicyInvalid' },
  },
  {
    name: 'the pool of LB-IPAM is used up: a Service waits, and with it a Gateway and a route',
    objects: () => [
      rawCiliumPool('lan', { available: 0, at: ago(60) }),
      ...servedBy('wiki', 'apps'),
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: {
          name: 'cilium-gateway-external',
          namespace: 'network',
          labels: { 'gateway.networking.k8s.io/gateway-name': 'external' },
        },
        spec: { type: 'LoadBalancer', ports: [{ name: 'https', port: 443 }] },
        status: { conditions: [ipamCondition('out_of_ips', 'All pools are exhausted', ago(30))] },
      },
      gatewayClass(),
      gateway({
        conditions: [ACCEPTED(), told('Programmed', 'False', 'AddressNotAssigned', 'no address is assigned')],
      }),
      rawRoute({ told: { external: RESOLVED() } }),
    ],
    root: { ref: 'CiliumLoadBalancerIPPool/lan', reason: 'PoolExhausted' },
    decoys: ['Service/network/cilium-gateway-external', 'Gateway/network/external', 'HTTPRoute/apps/wiki'],
  },
  {
    name: 'two pools of LB-IPAM overlap',
    objects: () => [rawCiliumPool('lan', { conflict: "IP range overlaps with 'wan'", at: ago(60) })],
    root: { ref: 'CiliumLoadBalancerIPPool/lan', reason: 'PoolConflict' },
  },
];

/** The name of the pod that carries `apps/web`. */
function webPod(): string {
  return deploymentTree('web', 'apps').find(({ kind }) => kind === 'Pod')?.metadata.name ?? '';
}

const METALLB: readonly Fault[] = [
  {
    name: 'the pool of MetalLB has no IPv4 address left, but plenty of IPv6, and a Service waits',
    objects: () => {
      const pool = rawAddressPool('lan', { assigned: 20, available: 0 });
      return [
        { ...pool, status: { ...pool.status, availableIPv6: 65_536 } },
        rawAdvertisement(),
        ...balanced('web'),
      ];
    },
    root: { ref: 'IPAddressPool/metallb-system/lan', reason: 'PoolExhausted' },
    decoys: ['Service/apps/web'],
  },
  {
    name: 'MetalLB refuses its configuration and goes on with the old one',
    objects: () => [rawConfigurationState('Invalid', 'pool "lan" overlaps with "wan"', ago(60))],
    root: { ref: 'ConfigurationState/metallb-system/speaker-worker-1', reason: 'ConfigurationInvalid' },
  },
  {
    name: 'a pool of MetalLB is advertised by nobody: its Service has an address that leads nowhere',
    objects: () => [
      rawAddressPool('lan', { assigned: 1, available: 19 }),
      rawAdvertisement(['wan']),
      ...given('web'),
    ],
    root: { ref: 'IPAddressPool/metallb-system/lan', reason: 'PoolNotAdvertised' },
  },
  {
    name: 'the node that answers for an address has no endpoint under policy Local',
    objects: () => {
      const [service, slice] = given('web') as [Manifest, Manifest];
      return [
        { ...service, spec: { ...service.spec, externalTrafficPolicy: 'Local' } },
        slice,
        rawAddressPool('lan', { assigned: 1, available: 19 }),
        rawAdvertisement(),
        rawServiceL2Status('web', 'edge-2'),
      ];
    },
    root: { ref: 'Service/apps/web', reason: 'AnnouncedWithoutEndpoint' },
  },
];

const GATEWAY: readonly Fault[] = [
  {
    name: 'a route may not hang on its Gateway, though both are there',
    objects: () => [
      gatewayClass(),
      gateway({}),
      ...servedBy('wiki', 'apps'),
      rawRoute({
        told: { external: [told('Accepted', 'False', 'NotAllowedByListeners', 'not from this namespace')] },
      }),
    ],
    root: { ref: 'HTTPRoute/apps/wiki', reason: 'NotAllowedByListeners' },
  },
  {
    name: 'a Gateway may not read the Secret of its listener, and its route goes nowhere',
    objects: () => [
      gatewayClass(),
      gateway({ listener: [told('ResolvedRefs', 'False', 'RefNotPermitted', 'no ReferenceGrant')] }),
      ...servedBy('wiki', 'apps'),
      rawRoute({ told: { external: RESOLVED() } }),
    ],
    root: { ref: 'Gateway/network/external', reason: 'RefNotPermitted' },
    decoys: ['HTTPRoute/apps/wiki'],
  },
  {
    name: 'no controller serves the ingress class of an Ingress',
    objects: () => [...servedBy('wiki', 'apps'), ingress('wiki', 'gone')],
    root: { ref: 'Ingress/apps/wiki', reason: 'IngressClassMissing' },
  },
  {
    name: 'an Ingress is taken up by nobody, while another of its class is served',
    objects: () => [
      ...servedBy('wiki', 'apps'),
      ...servedBy('shop', 'apps'),
      ingress('wiki', 'internal'),
      { ...ingress('shop', 'internal'), status: { loadBalancer: { ingress: [{ ip: '192.0.2.20' }] } } },
    ],
    root: { ref: 'Ingress/apps/wiki', reason: 'IngressWithoutAddress' },
  },
];

/** Cilium and its LB-IPAM, MetalLB, the Gateway API and Ingress. */
export const NETWORK_FAULTS: readonly Fault[] = [...CILIUM, ...METALLB, ...GATEWAY];
