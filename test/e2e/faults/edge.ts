import {
  rawCertificate,
  rawChallenge,
  rawClusterIssuer,
  rawOrder,
  rawRequest,
} from '../../cluster/crds/cert-manager.ts';
import {
  ipamCondition,
  rawCiliumEndpoint,
  rawCiliumPolicy,
  rawCiliumPool,
} from '../../cluster/crds/cilium.ts';
import { gatewayCondition, rawGateway, rawRoute } from '../../cluster/crds/gateway.ts';
import { rawAddressPool, rawConfigurationState } from '../../cluster/crds/metallb.ts';
import { rawMonitor, rawProbe, rawServer } from '../../cluster/crds/prometheus.ts';
import type { Manifest } from '../../cluster/manifest.ts';
import { deploymentTree } from '../../cluster/seed.ts';
import { ago, type Fault, since } from './fault.ts';
import { bareService } from './parts.ts';

const DAY = 24 * 60;

/** Certificate `wiki` with 60 days behind and 30 ahead of it, renewed when two thirds were over. */
function certificate(shape: Parameters<typeof rawCertificate>[0] = {}): Manifest {
  return rawCertificate({
    notBefore: ago(60 * DAY),
    notAfter: ago(-30 * DAY),
    renewalTime: ago(-DAY),
    ready: ['True', 'Ready', 'Certificate is up to date', ago(60 * DAY)],
    ...shape,
  });
}

const CERTIFICATES: readonly Fault[] = [
  {
    name: 'a certificate says Ready and should have been renewed a day ago',
    objects: () => [certificate({ renewalTime: ago(DAY) })],
    root: { ref: 'Certificate/apps/wiki', reason: 'RenewalOverdue', says: /though it says Ready/ },
  },
  {
    name: 'a certificate has expired',
    objects: () => [certificate({ notAfter: ago(DAY), renewalTime: ago(30 * DAY) })],
    root: { ref: 'Certificate/apps/wiki', reason: 'CertificateExpired', says: /expired 24h ago/ },
  },
  {
    name: 'an issuer has no account, and a certificate waits for it',
    objects: () => [
      rawClusterIssuer(['False', 'ErrRegisterACMEAccount', 'Failed to register ACME account: 403', ago(60)]),
      certificate({
        ready: ['False', 'DoesNotExist', 'Issuing certificate as Secret does not exist', ago(60)],
      }),
      rawRequest('wiki-1', { Ready: ['False', 'Pending', 'Referenced issuer is not ready', ago(60)] }),
    ],
    root: { ref: 'ClusterIssuer/letsencrypt', reason: 'ErrRegisterACMEAccount', says: /403/ },
    decoys: ['Certificate/apps/wiki'],
  },
  {
    name: 'a challenge is refused: order, request and certificate wait',
    objects: () => [
      certificate({
        ready: ['False', 'DoesNotExist', 'Issuing certificate as Secret does not exist', ago(60)],
      }),
      rawRequest('wiki-1', { Ready: ['False', 'Pending', 'waiting for the order', ago(60)] }),
      rawOrder('wiki-1-22', 'wiki-1', { state: 'pending' }),
      rawChallenge('wiki-1-22-33', 'wiki-1-22', { state: 'invalid', reason: 'acme: no TXT record found' }),
    ],
    root: { ref: 'Challenge/apps/wiki-1-22-33', reason: 'AcmeRefused', says: /no TXT record/ },
    decoys: ['Certificate/apps/wiki'],
  },
  {
    name: 'cert-manager crashes while every certificate is Ready',
    objects: () => [
      ...deploymentTree('cert-manager', 'cert-manager', {
        since: since(30),
        pods: [{ state: 'crash-looping', since: since(30) }],
      }),
      certificate(),
    ],
    root: { ref: 'Deployment/cert-manager/cert-manager', reason: 'CrashLoopBackOff' },
    decoys: ['Certificate/apps/wiki', 'ClusterIssuer/letsencrypt'],
  },
];

const told = (type: string, status: string, reason: string, message = ''): object =>
  gatewayCondition(type, status, reason, ago(30), message);

const accepted = (): object => told('Accepted', 'True', 'Accepted');

/** A route by what its Gateway says of it. */
function route(type: string, reason: string, message: string): () => Manifest[] {
  return () => [
    bareService('wiki'),
    rawRoute({
      told: {
        external: [...(type === 'Accepted' ? [] : [accepted()]), told(type, 'False', reason, message)],
      },
    }),
  ];
}

const ROUTE = 'HTTPRoute/apps/wiki';

const GATEWAYS: readonly Fault[] = [
  {
    name: 'a Gateway gets no address, and its route leads nowhere',
    objects: () => [
      rawGateway({
        name: 'internal',
        conditions: [accepted(), told('Programmed', 'False', 'AddressNotAssigned', 'no address available')],
      }),
      bareService('wiki'),
      rawRoute({
        parents: ['internal'],
        told: { internal: [accepted(), told('ResolvedRefs', 'True', 'ResolvedRefs')] },
      }),
    ],
    root: { ref: 'Gateway/network/internal', reason: 'AddressNotAssigned' },
    decoys: [ROUTE],
  },
  {
    name: 'a listener has no certificate',
    objects: () => {
      const broken = [
        accepted(),
        told('ResolvedRefs', 'False', 'InvalidCertificateRef', 'Secret network/tls not found'),
      ];
      return [rawGateway({ name: 'internal', conditions: [accepted()], listener: broken })];
    },
    root: {
      ref: 'Gateway/network/internal',
      reason: 'InvalidCertificateRef',
      says: /network\/tls not found/,
    },
  },
  ...(
    [
      ['Accepted', 'NotAllowedByListeners', 'namespace apps is not allowed'],
      ['Accepted', 'NoMatchingListenerHostname', 'no listener has this hostname'],
      ['ResolvedRefs', 'RefNotPermitted', 'there is no ReferenceGrant'],
    ] as const
  ).map(([type, reason, message]): Fault => ({
    name: `a route is refused: ${reason}`,
    objects: route(type, reason, message),
    root: { ref: ROUTE, reason, says: new RegExp(message) },
  })),
  {
    name: 'a route leads to a Service that does not exist',
    objects: () => [
      rawRoute({ told: { external: [accepted(), told('ResolvedRefs', 'False', 'BackendNotFound')] } }),
    ],
    root: { ref: ROUTE, reason: 'BackendMissing', says: /Service apps\/wiki does not exist/ },
  },
];

const ADDRESSES: readonly Fault[] = [
  {
    name: 'a pool of MetalLB is used up, and a Service waits',
    objects: () => [
      rawAddressPool('lan', { assigned: 20, available: 0 }),
      bareService('edge', 'apps', { type: 'LoadBalancer' }),
    ],
    age: 30,
    root: { ref: 'IPAddressPool/metallb-system/lan', reason: 'PoolExhausted' },
    decoys: ['Service/apps/edge'],
  },
  {
    name: 'a speaker refuses the configuration',
    objects: () => [rawConfigurationState('Invalid', 'pool "lan" overlaps with "dmz"', ago(30))],
    root: {
      ref: 'ConfigurationState/metallb-system/speaker-worker-1',
      reason: 'ConfigurationInvalid',
      says: /overlaps with "dmz"/,
    },
  },
  {
    name: 'a pool of Cilium is used up, and a Service is refused',
    objects: () => [
      rawCiliumPool('lan', { available: 0 }),
      {
        ...bareService('edge', 'apps', { type: 'LoadBalancer', loadBalancerClass: 'io.cilium/l2-announcer' }),
        status: { conditions: [ipamCondition('out_of_ips', 'No IPs left in the pools', ago(30))] },
      },
    ],
    root: { ref: 'CiliumLoadBalancerIPPool/lan', reason: 'PoolExhausted' },
    decoys: ['Service/apps/edge'],
  },
  {
    name: 'two pools of Cilium overlap',
    objects: () => [rawCiliumPool('lan', { conflict: 'overlaps with pool dmz', at: ago(30) })],
    root: { ref: 'CiliumLoadBalancerIPPool/lan', reason: 'PoolConflict', says: /overlaps with pool dmz/ },
  },
  {
    name: 'a pod has an invalid endpoint',
    objects: () => [rawCiliumEndpoint('web', 'invalid')],
    root: { ref: 'CiliumEndpoint/apps/web', reason: 'EndpointInvalid' },
  },
  {
    name: 'Cilium refuses a policy, which protects nothing',
    objects: () => [
      rawCiliumPolicy('deny', {}, { valid: 'False', message: 'Invalid CiliumNetworkPolicy spec' }),
    ],
    root: { ref: 'CiliumNetworkPolicy/apps/deny', reason: 'PolicyInvalid' },
  },
];

const MONITORING: readonly Fault[] = [
  {
    name: 'Prometheus has no pod',
    objects: () => [
      rawServer('Prometheus', { available: ['False', 'NoPodReady', 'pod main-0 is pending', ago(30)] }),
    ],
    root: { ref: 'Prometheus/monitoring/main', reason: 'MonitoringUnavailable', says: /main-0 is pending/ },
  },
  {
    name: 'Prometheus leaves a monitor out, and is available without it',
    objects: () => [
      rawMonitor('ServiceMonitor', ['False', 'InvalidConfiguration', 'Secret x not found', ago(30)]),
    ],
    root: {
      ref: 'ServiceMonitor/monitoring/web',
      reason: 'ConfigurationRejected',
      says: /Secret x not found/,
    },
  },
  {
    name: 'a probe selects no Ingress, and is silent for ever',
    objects: () => [
      rawProbe({
        ingress: { selector: { matchLabels: { probe: 'edge' } }, namespaceSelector: { any: true } },
      }),
      bareService('blackbox-exporter', 'monitoring'),
    ],
    root: { ref: 'Probe/monitoring/edge', reason: 'ProbeWithoutTargets' },
  },
];

/** What goes wrong on the way into a cluster, and in what watches over it. */
export const EDGE_FAULTS: readonly Fault[] = [...CERTIFICATES, ...GATEWAYS, ...ADDRESSES, ...MONITORING];
