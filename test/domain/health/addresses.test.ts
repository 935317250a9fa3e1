import { describe, expect, it } from 'vitest';

import type { AnyObject } from '#domain/objects/index.ts';
import type { Ingress, Service } from '#domain/objects/network.ts';

import { ipamCondition, rawCiliumPool } from '../../cluster/crds/cilium.ts';
import {
  rawAddressPool,
  rawAdvertisement,
  rawConfigurationState,
  rawServiceL2Status,
} from '../../cluster/crds/metallb.ts';
import { allSaid, asTold, firstFinding, type FindingRow } from './finding-rows.ts';
import { ago, condition, findingsOf, node, pod, warning, workload } from './objects.ts';
import { ingress, ingressClass, service, slice } from './platform-objects.ts';
import { projected } from './upgrade-objects.ts';

const balanced = (extra: Partial<Service> = {}): Service =>
  service('web', {
    type: 'LoadBalancer',
    selector: {},
    ingressPoints: 1,
    addresses: ['192.0.2.10'],
    ...extra,
  });

const pending = (extra: Partial<Service> = {}): Service =>
  balanced({ ingressPoints: 0, addresses: [], ...extra });

const given = (extra: Partial<Service> = {}): Service =>
  balanced({ annotations: { 'metallb.io/ip-allocated-from-pool': 'lan' }, ...extra });

const refusedByCilium = (reason: string, message: string, minutes = 10): Service =>
  pending({ conditions: [condition('cilium.io/IPAMRequestSatisfied', 'False', reason, message, minutes)] });

const refusedByMetallb = (text: string): AnyObject[] => [
  pending(),
  warning(pending(), 'AllocationFailed', `Failed to allocate IP for "apps/web": ${text}`),
];

const pool = (assigned: number, available: number): AnyObject =>
  projected(rawAddressPool('lan', { assigned, available }));

const WEB = 'Service/apps/web';
const LAN = 'IPAddressPool/metallb-system/lan';

/** A Service whose only node that answers has none of its endpoints. */
const elsewhere = (policy: string): AnyObject[] => [
  given({ trafficPolicy: policy }),
  { ...slice('web', 1), endpoints: [{ ready: true, node: 'worker-2' }] },
  projected(rawServiceL2Status('web', 'worker-1')),
  projected(rawAdvertisement()),
];

const ROWS: FindingRow[] = [
  ...(
    [
      ['no_pool', 'There are no CiliumLoadBalancerIPPools that match this service'],
      ['out_of_ips', 'All pools are exhausted'],
      ['already_allocated', "The IP '192.0.2.10' is already allocated to another service"],
      [
        'already_allocated_incompatible_service',
        "The IP '192.0.2.10' is already allocated to an incompatible service. Reason: different sharing key",
      ],
    ] as const
  ).map(([reason, message]): FindingRow => ({
    source: `cilium operator/pkg/lbipam/lbipam.go ${reason}`,
    objects: [refusedByCilium(reason, message)],
    state: 'failed',
    ref: WEB,
    reason,
    says: new RegExp(message.slice(0, 30).replace(/[()'.]/g, '.')),
  })),
  {
    source: 'cilium operator/pkg/lbipam/lbipam.go a minute ago',
    objects: [refusedByCilium('out_of_ips', 'All pools are exhausted', 1)],
    state: 'degraded',
    ref: WEB,
    reason: 'out_of_ips',
    says: /gets no address from Cilium/,
  },
  {
    source: 'cilium operator/pkg/lbipam condition cilium.io/PoolConflict',
    objects: [projected(rawCiliumPool('lan', { conflict: "overlaps with 'other'" }))],
    state: 'failed',
    ref: 'CiliumLoadBalancerIPPool/lan',
    reason: 'PoolConflict',
    says: /gives no addresses: overlaps with 'other'/,
  },
  {
    source: 'cilium operator/pkg/lbipam IPsAvailable 0, and a Service waits',
    objects: [
      projected(rawCiliumPool('lan', { available: 0 })),
      refusedByCilium('out_of_ips', 'All pools are exhausted'),
    ],
    state: 'failed',
    ref: 'CiliumLoadBalancerIPPool/lan',
    reason: 'PoolExhausted',
    says: /none of its 20 addresses left, and Service\/apps\/web waits/,
  },
  ...(
    [
      ['can\'t change sharing key for "apps/web", address also in use by apps/other', 'SharingKeyClash'],
      ['port tcp/80 is already in use on "192.0.2.10"', 'PortClash'],
      ['no available IPs in pool "lan"', 'OutOfAddresses'],
      ['unknown pool "wan"', 'NoSuitablePool'],
      ['["192.0.2.99"] is not allowed in config', 'NoSuitablePool'],
    ] as const
  ).map(([text, reason]): FindingRow => ({
    source: `metallb internal/allocator/allocator.go: ${reason}`,
    objects: refusedByMetallb(text),
    state: 'failed',
    ref: WEB,
    reason,
    says: /gets no address from MetalLB/,
  })),
  {
    source: 'metallb prometheusrules AddressPoolExhausted, and a Service waits',
    objects: [pool(20, 0), pending()],
    state: 'failed',
    ref: LAN,
    reason: 'PoolExhausted',
    says: /none of its 20 addresses left/,
  },
  {
    source: 'metallb api/v1beta1 IPAddressPoolStatus availableIPv4=0, IPv6 left, and a Service waits',
    objects: [
      projected({
        ...rawAddressPool('lan'),
        status: { assignedIPv4: 20, availableIPv4: 0, assignedIPv6: 1, availableIPv6: 65_535 },
      }),
      pending(),
    ],
    state: 'failed',
    ref: LAN,
    reason: 'PoolExhausted',
    says: /none of its 20 addresses left/,
  },
  {
    source: 'cilium operator/pkg/lbipam IPsAvailable 0, and nobody waits',
    objects: [projected(rawCiliumPool('lan', { available: 0 }))],
    state: 'degraded',
    ref: 'CiliumLoadBalancerIPPool/lan',
    reason: 'PoolNearlyFull',
    says: /20 of its 20 addresses are given/,
  },
  ...(
    [
      [15, 5, 'info'],
      [17, 3, 'degraded'],
      [19, 1, 'degraded'],
      [20, 0, 'degraded'],
    ] as const
  ).map(([used, free, state]): FindingRow => ({
    source: `metallb prometheusrules AddressPoolUsage: ${used} of 20`,
    objects: [pool(used, free)],
    state,
    ref: LAN,
    reason: 'PoolNearlyFull',
    says: new RegExp(`${used} of its 20 addresses are given`),
  })),
  {
    source: 'metallb before 0.15 counts nothing: the Services tell',
    objects: [
      projected(rawAddressPool('lan', undefined, { addresses: ['192.0.2.10/32'] })),
      projected(rawAdvertisement()),
      given(),
      { ...pending(), name: 'other', uid: 'other' },
    ],
    state: 'failed',
    ref: LAN,
    reason: 'PoolExhausted',
    says: /none of its 1 addresses left, and Service\/apps\/other waits/,
  },
  {
    source: 'metallb api/v1beta1 L2Advertisement: none covers the pool',
    objects: [pool(1, 19), given(), projected(rawAdvertisement(['wan']))],
    state: 'failed',
    ref: LAN,
    reason: 'PoolNotAdvertised',
    says: /nobody can reach Service\/apps\/web/,
  },
  {
    source: 'metallb api/v1beta1 ConfigurationState result Invalid',
    objects: [projected(rawConfigurationState('Invalid', 'pool "lan" overlaps with "wan"', ago(5)))],
    state: 'failed',
    ref: 'ConfigurationState/metallb-system/speaker-worker-1',
    reason: 'ConfigurationInvalid',
    says: /speaker on worker-1 refuses the configuration .*overlaps/,
  },
  {
    source: 'metallb api/v1beta1 ServiceL2Status: none for an address',
    objects: [given(), projected(rawAdvertisement()), projected(rawServiceL2Status('other', 'worker-1'))],
    state: 'degraded',
    ref: WEB,
    reason: 'AddressNotAnnounced',
    says: /no node answers for its address 192.0.2.10/,
  },
  {
    source: 'metallb speaker/layer2_controller.go: policy Local, one node of two has an endpoint',
    objects: [...elsewhere('Local'), projected(rawServiceL2Status('web', 'worker-2'))],
    state: 'degraded',
    ref: WEB,
    reason: 'AnnouncedWithoutEndpoint',
    says: /^worker-1 answers for its address/,
  },
  {
    source: 'metallb speaker/layer2_controller.go: policy Local, no endpoint on the node that answers',
    objects: elsewhere('Local'),
    state: 'failed',
    ref: WEB,
    reason: 'AnnouncedWithoutEndpoint',
    says: /worker-1 answers for its address and has no endpoint/,
  },
];

describe('addresses of Services', () => {
  it.each(ROWS)('$source is $state', async (row) => {
    expect(await firstFinding(row)).toMatchObject(asTold(row));
  });

  it.each<[string, AnyObject[]]>([
    ['addresses are left', [pool(3, 17), projected(rawAdvertisement()), given()]],
    ['the pool is named by its advertisement', [pool(1, 19), projected(rawAdvertisement(['lan'])), given()]],
    ['BGP advertises', [pool(1, 19), projected(rawAdvertisement([], 'BGPAdvertisement')), given()]],
    ['policy Cluster leads from any node', elsewhere('Cluster')],
    ['the configuration is valid', [projected(rawConfigurationState('Valid'))]],
    ['an old MetalLB keeps no statuses', [given(), projected(rawAdvertisement())]],
    [
      'an event tells of a refusal that is over',
      [given(), warning(given(), 'AllocationFailed', 'no available IPs', { count: 1, last: ago(20) })],
    ],
  ])('says nothing where %s', async (_what, objects) => {
    expect(await allSaid(objects)).toEqual([]);
  });

  it.each<[string, AnyObject[]]>([
    ['a small pool is full on purpose', [projected(rawAddressPool('lan', { assigned: 2, available: 0 }))]],
    ['a pool of Cilium', [projected(rawCiliumPool('lan', { total: 2, available: 0 }))]],
  ])('takes it for no finding that %s', async (_what, objects) => {
    expect(await findingsOf(objects)).toEqual([]);
  });

  it('folds the Services that wait under the pool they wait for', async () => {
    const other = pending({ name: 'other', uid: 'other' });
    const findings = await findingsOf([pool(20, 0), projected(rawAdvertisement()), pending(), other]);

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([[LAN, 2]]);
  });

  it('leaves a pool alone that a waiting Service does not ask for', async () => {
    const asking = pending({ annotations: { 'metallb.io/address-pool': 'wan' } });
    const findings = await findingsOf([
      projected(rawAddressPool('lan', { assigned: 4, available: 0 })),
      asking,
    ]);

    expect(findings.map(({ ref }) => ref)).toEqual([WEB]);
  });

  it('lets a pool of Cilium serve what its selector takes', async () => {
    const selector = { matchLabels: { 'io.kubernetes.service.namespace': 'media' } };
    const full = projected(rawCiliumPool('lan', { total: 4, available: 0 }, { serviceSelector: selector }));
    const waiting = refusedByCilium(
      'no_pool',
      'There are no CiliumLoadBalancerIPPools that match this service',
    );

    expect((await findingsOf([full, waiting])).map(({ ref }) => ref)).toEqual([WEB]);
    expect((await findingsOf([full, { ...waiting, namespace: 'media' }])).map(({ ref }) => ref)).toEqual([
      'CiliumLoadBalancerIPPool/lan',
    ]);
  });

  it('blames the speakers for addresses that nobody answers for', async () => {
    const speakers = workload('DaemonSet', 'metallb-speaker', {
      namespace: 'metallb-system',
      desired: 1,
      available: 0,
    });
    const findings = await findingsOf([
      node('worker-1'),
      speakers,
      given(),
      projected(rawAdvertisement()),
      projected(rawServiceL2Status('other', 'worker-1')),
    ]);

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([
      ['DaemonSet/metallb-system/metallb-speaker', 2],
    ]);
  });
});

const without = (minutes: number): Ingress => ({
  ...ingress('late', 'web', { ingressPoints: 0 }),
  created: ago(minutes),
});

describe('the address of an Ingress', () => {
  const behind = [ingressClass(), service('web'), slice('web', 1), pod('web', { labels: { app: 'web' } })];
  it.each([
    [1, 'progressing'],
    [3, 'degraded'],
    [7, 'failed'],
  ] as const)('is missing for %i minutes while others of its class have one: %s', async (minutes, state) => {
    const row = { objects: [...behind, ingress('web', 'web'), without(minutes)], state } as FindingRow;

    expect(await firstFinding(row)).toMatchObject({
      ref: 'Ingress/apps/late',
      reason: 'IngressWithoutAddress',
      state,
    });
  });

  it('is not asked for where the controller writes none', async () => {
    expect(await allSaid([...behind, without(600)])).toEqual([]);
  });
});

describe('what is read of addresses', () => {
  it.each<[string[], number | undefined]>([
    [['192.0.2.10-192.0.2.29'], 20],
    [['192.0.2.0/24', '198.51.100.7/32'], 257],
    [['2001:db8::/64'], undefined],
  ])('the size of %s', (addresses, size) => {
    expect(projected(rawAddressPool('lan', undefined, { addresses }))).toMatchObject({ size });
  });

  it('a Service with its addresses, policy and condition', () => {
    const stored = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: {
        name: 'web',
        namespace: 'apps',
        annotations: { 'lbipam.cilium.io/sharing-key': 'a', note: 'x' },
      },
      spec: {
        type: 'LoadBalancer',
        externalTrafficPolicy: 'Local',
        loadBalancerSourceRanges: ['192.0.2.0/24'],
      },
      status: {
        loadBalancer: { ingress: [{ ip: '192.0.2.10' }, { hostname: 'lb.example.test' }] },
        conditions: [ipamCondition('out_of_ips', 'All pools are exhausted', ago(3))],
      },
    };

    expect(projected(stored)).toMatchObject({
      addresses: ['192.0.2.10', 'lb.example.test'],
      trafficPolicy: 'Local',
      sourceRanges: ['192.0.2.0/24'],
      annotations: { 'lbipam.cilium.io/sharing-key': 'a' },
      conditions: [{ type: 'cilium.io/IPAMRequestSatisfied', status: 'False', reason: 'out_of_ips' }],
    });
  });
});
