import { describe, expect, it } from 'vitest';

import type { AnyObject } from '#domain/objects/index.ts';

import { rawCertificate } from '../../cluster/crds/cert-manager.ts';
import {
  gatewayCondition,
  type GatewayShape,
  rawGateway,
  rawGatewayClass,
  rawRoute,
  type RouteShape,
} from '../../cluster/crds/gateway.ts';
import { rawAddressPool } from '../../cluster/crds/metallb.ts';
import { allSaid, asTold, firstFinding, type FindingRow } from './finding-rows.ts';
import { ago, findingsOf, pod } from './objects.ts';
import { service, slice } from './platform-objects.ts';
import { projected } from './upgrade-objects.ts';

const told = (type: string, status: string, reason: string, message = '', minutes = 30): object =>
  gatewayCondition(type, status, reason, ago(minutes), message);

const GOOD = [told('Accepted', 'True', 'Accepted'), told('Programmed', 'True', 'Programmed')];
const RESOLVED = [told('Accepted', 'True', 'Accepted'), told('ResolvedRefs', 'True', 'ResolvedRefs')];

const accepted = projected(rawGatewayClass([told('Accepted', 'True', 'Accepted')]));

const gateway = (shape: GatewayShape = {}, created = 24 * 60): AnyObject =>
  projected(rawGateway({ conditions: GOOD, listener: [...GOOD, ...RESOLVED], ...shape }), created);

const route = (shape: RouteShape = {}, created = 24 * 60): AnyObject =>
  projected(rawRoute({ told: { external: RESOLVED }, ...shape }), created);

const wiki = [service('wiki'), slice('wiki', 1), pod('wiki', { labels: { app: 'wiki' } })];

const GATEWAY = 'Gateway/network/external';
const ROUTE = 'HTTPRoute/apps/wiki';

const listenerRow = (
  type: string,
  status: string,
  reason: string,
  state: FindingRow['state'],
): FindingRow => ({
  source: `gateway-api apis/v1/gateway_types.go listener ${type} ${reason}`,
  objects: [accepted, gateway({ listener: [told(type, status, reason, `because of ${reason}`)] })],
  state,
  ref: GATEWAY,
  reason,
  says: new RegExp(`listener https: because of ${reason}`),
});

const routeRow = (type: string, reason: string): FindingRow => ({
  source: `gateway-api apis/v1/shared_types.go ${type} ${reason}`,
  objects: [
    accepted,
    gateway(),
    ...wiki,
    route({ told: { external: [told(type, 'False', reason, `because of ${reason}`)] } }),
  ],
  state: 'failed',
  ref: ROUTE,
  reason,
  says: new RegExp(`because of ${reason}`),
});

const ROWS: FindingRow[] = [
  {
    source: 'gateway-api apis/v1/gatewayclass_types.go Accepted=False',
    objects: [
      projected(rawGatewayClass([told('Accepted', 'False', 'InvalidParameters', 'no such parameters')])),
    ],
    state: 'failed',
    ref: 'GatewayClass/cilium',
    reason: 'InvalidParameters',
    says: /Accepted is False: no such parameters/,
  },
  {
    source: 'gateway-api apis/v1/gatewayclass_types.go Waiting',
    objects: [projected(rawGatewayClass([told('Accepted', 'Unknown', 'Pending', 'Waiting for controller')]))],
    state: 'failed',
    ref: 'GatewayClass/cilium',
    reason: 'GatewayClassNotAccepted',
    says: /io.cilium\/gateway-controller does not answer/,
  },
  {
    source: 'gateway-api apis/v1/gateway_types.go gatewayClassName of none',
    objects: [accepted, gateway({ className: 'nginx' })],
    state: 'failed',
    ref: GATEWAY,
    reason: 'GatewayClassMissing',
    says: /gateway class nginx does not exist/,
  },
  {
    source: 'gateway-api apis/v1/gateway_types.go Accepted=False',
    objects: [
      accepted,
      gateway({ conditions: [told('Accepted', 'False', 'ListenersNotValid', 'no listener is valid')] }),
    ],
    state: 'failed',
    ref: GATEWAY,
    reason: 'ListenersNotValid',
    says: /no listener is valid/,
  },
  {
    source: 'gateway-api apis/v1/gateway_types.go AddressNotAssigned',
    objects: [
      accepted,
      gateway({
        conditions: [
          told('Accepted', 'True', 'Accepted'),
          told('Programmed', 'False', 'AddressNotAssigned', 'no address'),
        ],
      }),
    ],
    state: 'failed',
    ref: GATEWAY,
    reason: 'AddressNotAssigned',
    says: /Programmed is False: no address/,
  },
  ...(
    [
      [1, 'progressing'],
      [3, 'degraded'],
      [7, 'failed'],
    ] as const
  ).map(([minutes, state]): FindingRow => ({
    source: `gateway-api apis/v1/gateway_types.go Pending for ${minutes} minutes`,
    objects: [
      accepted,
      gateway(
        {
          conditions: [told('Accepted', 'Unknown', 'Pending', 'Waiting for controller', minutes)],
          listener: [],
        },
        minutes,
      ),
    ],
    state,
    ref: GATEWAY,
    reason: 'GatewayNotAccepted',
    says: /no controller has taken it up: Waiting for controller/,
  })),
  listenerRow('Accepted', 'False', 'PortUnavailable', 'failed'),
  listenerRow('Conflicted', 'True', 'HostnameConflict', 'failed'),
  listenerRow('ResolvedRefs', 'False', 'InvalidCertificateRef', 'failed'),
  listenerRow('Programmed', 'False', 'Invalid', 'failed'),
  listenerRow('OverlappingTLSConfig', 'True', 'OverlappingCertificates', 'degraded'),
  {
    source: 'gateway-api apis/v1/gateway_types.go one listener of two is broken',
    objects: [
      accepted,
      gateway({ more: { other: [told('ResolvedRefs', 'False', 'RefNotPermitted', 'no ReferenceGrant')] } }),
    ],
    state: 'degraded',
    ref: GATEWAY,
    reason: 'RefNotPermitted',
    says: /listener other: no ReferenceGrant/,
  },
  {
    source: 'gateway-api apis/v1/gateway_types.go observedGeneration lags, Programmed=True',
    objects: [accepted, gateway({ generation: 4 })],
    state: 'stale',
    ref: GATEWAY,
    reason: 'GatewayNotObserved',
    says: /of generation 1, it is at 4/,
  },
  routeRow('Accepted', 'NoMatchingListenerHostname'),
  routeRow('Accepted', 'NotAllowedByListeners'),
  routeRow('ResolvedRefs', 'BackendNotFound'),
  routeRow('ResolvedRefs', 'RefNotPermitted'),
  {
    source: 'gateway-api apis/v1/shared_types.go Accepted by one Gateway of two',
    objects: [
      accepted,
      gateway(),
      gateway({ name: 'internal' }),
      ...wiki,
      route({
        parents: ['external', 'internal'],
        told: {
          external: RESOLVED,
          internal: [told('Accepted', 'False', 'NotAllowedByListeners', 'not from apps')],
        },
      }),
    ],
    state: 'degraded',
    ref: ROUTE,
    reason: 'NotAllowedByListeners',
    says: /Gateway\/network\/internal: not from apps/,
  },
  {
    source: 'gateway-api apis/v1/shared_types.go BackendNotFound, before a controller says so',
    objects: [accepted, gateway(), route()],
    state: 'failed',
    ref: ROUTE,
    reason: 'BackendMissing',
    says: /Service apps\/wiki does not exist/,
  },
  {
    source: 'gateway-api apis/v1/shared_types.go BackendNotFound: a port the Service lacks',
    objects: [accepted, gateway(), ...wiki, route({ backends: [{ name: 'wiki', port: 9000 }] })],
    state: 'failed',
    ref: ROUTE,
    reason: 'BackendMissing',
    says: /Service apps\/wiki has no port 9000/,
  },
  {
    source: 'gateway-api apis/v1/shared_types.go ParentReference of none',
    objects: [accepted, gateway(), ...wiki, route({ parents: ['gone'], told: {} })],
    state: 'failed',
    ref: ROUTE,
    reason: 'ParentMissing',
    says: /hangs on Gateway\/network\/gone, which does not exist/,
  },
  ...(
    [
      [1, 'progressing'],
      [3, 'degraded'],
      [7, 'failed'],
    ] as const
  ).map(([minutes, state]): FindingRow => ({
    source: `gateway-api apis/v1/shared_types.go no RouteParentStatus after ${minutes} minutes`,
    objects: [accepted, gateway(), ...wiki, route({ told: {} }, minutes)],
    state,
    ref: ROUTE,
    reason: 'RouteNotTakenUp',
    says: /Gateway\/network\/external has not taken it up/,
  })),
];

describe('the Gateway API', () => {
  it.each(ROWS)('$source is $state', async (row) => {
    expect(await firstFinding(row)).toMatchObject(asTold(row));
  });

  it.each<[string, AnyObject[]]>([
    ['everything is accepted, programmed and resolved', [accepted, gateway(), ...wiki, route()]],
    [
      'a route hangs on a Service of a mesh',
      [
        ...wiki,
        projected({ ...rawRoute({}), spec: { parentRefs: [{ group: '', kind: 'Service', name: 'wiki' }] } }),
      ],
    ],
    ...['GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'].map((kind): [string, AnyObject[]] => [
      `a ${kind} leads to its Service`,
      [accepted, gateway(), ...wiki, route({ kind })],
    ]),
  ])('says nothing where %s', async (_what, objects) => {
    expect(await allSaid(objects)).toEqual([]);
  });

  it('folds routes under the Gateway that is not set up, and that under the pool without addresses', async () => {
    const behind = service('cilium-gateway-external', {
      namespace: 'network',
      type: 'LoadBalancer',
      selector: {},
      labels: { 'gateway.networking.k8s.io/gateway-name': 'external' },
    });
    const unassigned = [
      told('Accepted', 'True', 'Accepted'),
      told('Programmed', 'False', 'AddressNotAssigned', 'no address'),
    ];

    const findings = await findingsOf([
      accepted,
      projected(rawAddressPool('lan', { assigned: 4, available: 0 })),
      behind,
      gateway({ conditions: unassigned }),
      ...wiki,
      route(),
    ]);

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([
      ['IPAddressPool/metallb-system/lan', 3],
    ]);
  });

  it('folds a Gateway and its routes under the certificate that was never issued', async () => {
    const certificate = projected(
      rawCertificate({ ready: ['False', 'DoesNotExist', 'Secret does not exist', ago(60)] }),
      60,
    );
    const invalidRef = [told('ResolvedRefs', 'False', 'InvalidCertificateRef', 'no such Secret')];

    const findings = await findingsOf(
      [accepted, certificate, gateway({ listener: invalidRef }), ...wiki, route()],
      { states: { ClusterIssuer: 'unknown' } },
    );

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([
      ['Certificate/apps/wiki', 2],
    ]);
  });

  it('tells of a certificate that has expired under a Gateway that says all is well', async () => {
    const certificate = projected(
      rawCertificate({
        notBefore: ago(100 * 24 * 60),
        notAfter: ago(60),
        ready: ['True', 'Ready', 'up to date', ago(100 * 24 * 60)],
      }),
    );

    const findings = await findingsOf([accepted, certificate, gateway()], {
      states: { ClusterIssuer: 'unknown' },
    });

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([
      ['Certificate/apps/wiki', 1],
    ]);
  });

  it('folds a route under its Service without endpoints', async () => {
    const findings = await findingsOf([accepted, gateway(), service('wiki'), slice('wiki', 0), route()]);

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([['Service/apps/wiki', 1]]);
  });

  it.each([
    ['Services', 'Service'],
    ['Gateways', 'Gateway'],
    ['classes', 'GatewayClass'],
  ])('takes nothing for missing where %s cannot be read', async (_what, kind) => {
    const findings = await findingsOf([gateway(), route()], {
      states: { Service: 'unknown', GatewayClass: 'unknown', [kind]: 'unknown' },
    });

    expect(findings).toEqual([]);
  });
});

describe('what is read of the Gateway API', () => {
  it('a Gateway with its listeners', () => {
    expect(gateway()).toMatchObject({
      className: 'cilium',
      addresses: ['192.0.2.10'],
      listeners: [
        {
          name: 'https',
          port: 443,
          attached: 1,
          secrets: [{ kind: 'Secret', name: 'wiki-tls', namespace: 'apps' }],
        },
      ],
    });
  });

  it('a route with its parents, backends and filters of authentication', () => {
    const filters = [
      {
        type: 'ExtensionRef',
        extensionRef: { group: 'traefik.io', kind: 'Middleware', name: 'forward-auth' },
      },
      {
        type: 'RequestHeaderModifier',
        requestHeaderModifier: { set: [{ name: 'X-Token', value: 'hunter2' }] },
      },
    ];
    const read = route({ filters });

    expect(read).toMatchObject({
      hostnames: ['wiki.example.test'],
      parents: [{ kind: 'Gateway', name: 'external', namespace: 'network' }],
      backends: [{ kind: 'Service', name: 'wiki', namespace: 'apps', port: 80 }],
      authFilters: ['Middleware forward-auth'],
      told: [{ controller: 'io.cilium/gateway-controller' }],
    });
    expect(JSON.stringify(read)).not.toContain('hunter2');
  });
});
