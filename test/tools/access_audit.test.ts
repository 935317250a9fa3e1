import { describe, expect, it } from 'vitest';

import type { ClusterReader, ListingState } from '#domain/cluster.ts';
import type { AnyObject } from '#domain/objects/index.ts';
import type { Ingress, Service } from '#domain/objects/network.ts';
import type { TunnelRoute } from '#domain/objects/platform.ts';
import type { Permission } from '#domain/permissions.ts';
import type { Cell, Table } from '#domain/table.ts';
import { type ReadContext, ToolError, type z } from '#tool';

import tool from '../../tools/access_audit.ts';
import { rawCiliumPolicy } from '../cluster/crds/cilium.ts';
import { rawGateway, rawRoute } from '../cluster/crds/gateway.ts';
import {
  binding,
  clusterRole,
  fromNamespace,
  HOME,
  home,
  mcpServer,
  networkPolicy,
  talosAccount,
} from '../domain/access-audit/objects.ts';
import { container, meta, NOW, pod, workload } from '../domain/health/objects.ts';
import { ingress, service } from '../domain/health/platform-objects.ts';
import { projected } from '../domain/health/upgrade-objects.ts';
import { readContext } from '../support/context.ts';
import { memoryCluster } from '../support/memory-cluster.ts';

type Answer = z.output<typeof tool.output>;

interface Setup {
  objects: AnyObject[];
  states?: Record<string, ListingState>;
  input?: z.input<typeof tool.input>;
  permissions?: ClusterReader['permissions'];
  context?: Partial<ReadContext>;
}

async function ask({ objects, states, input = {}, permissions, context }: Setup): Promise<Answer> {
  const cluster = { ...memoryCluster({ objects, states }), ...(permissions && { permissions }) };
  return tool.output.parse(await tool.handler(tool.input.parse(input), readContext(cluster, NOW, context)));
}

function rowsOf({ columns, rows }: Pick<Table, 'columns' | 'rows'>): Record<string, Cell>[] {
  return rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])));
}

async function targetOf(setup: Setup): Promise<Record<string, Cell>> {
  const [first] = rowsOf((await ask(setup)).targets);
  return first ?? {};
}

const inside = service('mcp-grafana', { namespace: HOME });
const typed = (extra: Partial<Service>): Service => ({ ...inside, ...extra });

const behind = (extra: Partial<Ingress> = {}): AnyObject[] => [
  inside,
  ingress('mcp', 'mcp-grafana', { namespace: HOME, ...extra }),
];

/** A route to the server on a Gateway in `network`. */
const routed = (
  gateway: string,
  more: { filters?: object[]; annotations?: Record<string, string> } = {},
): AnyObject[] => {
  const { metadata, ...route } = rawRoute({
    parents: [gateway],
    backends: [{ name: 'mcp-grafana', port: 80 }],
    ...(more.filters && { filters: more.filters }),
  });
  return [
    inside,
    projected(rawGateway({ name: gateway })),
    projected({
      ...route,
      metadata: { ...metadata, namespace: HOME, ...(more.annotations && { annotations: more.annotations }) },
    }),
  ];
};

const cilium = (
  ingressRules: readonly object[],
  selector: object = { matchLabels: { app: 'mcp-grafana' } },
): AnyObject =>
  projected(
    rawCiliumPolicy(
      'around',
      { endpointSelector: selector, ingress: [...ingressRules] },
      { namespace: HOME },
    ),
  );

const AUTH = [{ type: 'ExtensionRef', extensionRef: { kind: 'Middleware', name: 'authelia' } }];
const tunnel = pod('cloudflared-0', {
  namespace: 'network',
  containers: [container({ image: 'docker.io/cloudflare/cloudflared:2026.1.0' })],
});
/** The agent of a network plugin. */
const plugin = (image: string): AnyObject =>
  pod('network-agent-x', { namespace: 'kube-system', containers: [container({ image })] });
const CILIUM = plugin('quay.io/cilium/cilium:v1.18.2@sha256:ab');
/** What cloudflared is told in a ConfigMap beside it. */
const routes = (...all: TunnelRoute[]): AnyObject => ({
  ...meta('ConfigMap', 'cloudflared', 'network'),
  kind: 'ConfigMap' as const,
  keys: ['config.yaml'],
  tunnelRoutes: all,
});
const route = (to: string, guarded = false): TunnelRoute => ({ host: '*.example.test', to, guarded });
/** The Service of a Gateway as its controller makes it. */
const gatewayService = service('envoy-internal-1a2b', {
  namespace: 'network',
  labels: { 'gateway.envoyproxy.io/owning-gateway-name': 'internal' },
});
/** A SecurityPolicy of Envoy Gateway as stored. */
const security = (name: string, spec: object, namespace = HOME): AnyObject =>
  projected({
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'SecurityPolicy',
    metadata: { name, namespace },
    spec: { ...spec },
  });
const WIKI = { targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name: 'wiki' }] };
const EXTERNAL = { targetRefs: [{ group: 'gateway.networking.k8s.io', kind: 'Gateway', name: 'external' }] };
const OIDC = { oidc: { clientID: 'hunter2', clientSecret: { name: 'hunter2' } } };
const only = networkPolicy([fromNamespace('network')]);

type Case = [what: string, verdict: Answer['verdict'], why: RegExp, objects: AnyObject[]];

const CASES: Case[] = [
  ['no Service at all', 'internal', /only from inside the cluster; no network policy selects its pods/, []],
  [
    'a LoadBalancer of the same labels in another namespace',
    'internal',
    /only from inside the cluster/,
    [typed({ type: 'LoadBalancer', namespace: 'other' })],
  ],
  ['a ClusterIP Service', 'internal', /only from inside the cluster/, [inside]],
  ['a ClusterIP Service and a policy', 'internal', /only from network/, [inside, only]],
  [
    'a LoadBalancer',
    'exposed',
    /LoadBalancer Service mcp-grafana at 192.0.2.10; no network policy/,
    [typed({ type: 'LoadBalancer', addresses: ['192.0.2.10'] })],
  ],
  [
    'a LoadBalancer with source ranges',
    'guarded',
    /behind source ranges 192.0.2.0\/24/,
    [typed({ type: 'LoadBalancer', sourceRanges: ['192.0.2.0/24'] })],
  ],
  [
    'a LoadBalancer with a source range that everybody is in',
    'exposed',
    /no network policy/,
    [typed({ type: 'LoadBalancer', sourceRanges: ['192.0.2.0/24', '0.0.0.0/0'] })],
  ],
  [
    'a LoadBalancer, and Cilium takes in a group of networks',
    'exposed',
    /only from cidr-group:lan/,
    [typed({ type: 'LoadBalancer' }), cilium([{ fromCIDRSet: [{ cidrGroupRef: 'lan' }] }])],
  ],
  [
    'a LoadBalancer whose pods take in one namespace only',
    'guarded',
    /only from network/,
    [typed({ type: 'LoadBalancer' }), only],
  ],
  [
    'a LoadBalancer, and the policy selects other pods',
    'exposed',
    /no network policy selects its pods/,
    [typed({ type: 'LoadBalancer' }), networkPolicy([], { podSelector: { matchLabels: { app: 'other' } } })],
  ],
  [
    'a LoadBalancer, and the policy is about egress',
    'exposed',
    /no network policy selects its pods/,
    [typed({ type: 'LoadBalancer' }), networkPolicy([], { policyTypes: ['Egress'] })],
  ],
  [
    'a LoadBalancer, and the policy takes in everybody',
    'exposed',
    /NetworkPolicy\/tools\/around lets everybody in/,
    [typed({ type: 'LoadBalancer' }), networkPolicy([{}])],
  ],
  [
    'a LoadBalancer, and the policy takes in every address',
    'exposed',
    /lets everybody in/,
    [typed({ type: 'LoadBalancer' }), networkPolicy([{ from: [{ ipBlock: { cidr: '0.0.0.0/0' } }] }])],
  ],
  [
    'a LoadBalancer, and the policy takes in a network',
    'exposed',
    /only from 192.0.2.0\/24/,
    [typed({ type: 'LoadBalancer' }), networkPolicy([{ from: [{ ipBlock: { cidr: '192.0.2.0/24' } }] }])],
  ],
  [
    'a LoadBalancer of the tailnet',
    'internal',
    /LoadBalancer Service/,
    [typed({ type: 'LoadBalancer', loadBalancerClass: 'tailscale' })],
  ],
  [
    'a funnel of the tailnet',
    'exposed',
    /LoadBalancer Service/,
    [
      typed({
        type: 'LoadBalancer',
        loadBalancerClass: 'tailscale',
        annotations: { 'tailscale.com/funnel': 'true' },
      }),
    ],
  ],
  [
    'a NodePort',
    'exposed',
    /NodePort Service mcp-grafana at 30080/,
    [typed({ type: 'NodePort', ports: [{ port: 80, targetPort: '80', protocol: 'TCP', nodePort: 30080 }] })],
  ],
  [
    'external IPs',
    'exposed',
    /external IP of Service mcp-grafana: 192.0.2.77/,
    [typed({ externalAddresses: ['192.0.2.77'] })],
  ],
  [
    'a name in public DNS',
    'exposed',
    /external-dns publishes Service mcp-grafana as mcp.example.test/,
    [typed({ annotations: { 'external-dns.alpha.kubernetes.io/hostname': 'mcp.example.test' } })],
  ],
  [
    'an Ingress of an external class',
    'exposed',
    /class external as mcp.example.test; nothing asks who/,
    behind({ className: 'external' }),
  ],
  [
    'an Ingress of an external class with authentication alone',
    'exposed',
    /auth-url can be gone round: no network policy/,
    behind({ className: 'external', guards: ['nginx.ingress.kubernetes.io/auth-url'] }),
  ],
  [
    'an Ingress of an external class with authentication and a policy',
    'guarded',
    /behind auth-url, only from network/,
    [...behind({ className: 'external', guards: ['nginx.ingress.kubernetes.io/auth-url'] }), only],
  ],
  [
    'an Ingress of an external class with authentication and a policy that takes in every pod',
    'exposed',
    /lets every pod in/,
    [
      ...behind({ className: 'external', guards: ['nginx.ingress.kubernetes.io/auth-url'] }),
      networkPolicy([{ from: [{ namespaceSelector: {} }] }]),
    ],
  ],
  [
    'an Ingress of an external class and a policy alone',
    'exposed',
    /nothing asks who is there; only from network/,
    [...behind({ className: 'external' }), only],
  ],
  [
    'an Ingress of an external class, and the policy lets nobody in',
    'guarded',
    /policies let nobody in/,
    [...behind({ className: 'external' }), networkPolicy([])],
  ],
  ['an Ingress of an internal class', 'internal', /class internal/, behind()],
  [
    'an Ingress of a class that tells nothing',
    'unknown',
    /class nginx.*does not tell who can reach it/,
    behind({ className: 'nginx' }),
  ],
  [
    'an Ingress of a class that tells nothing, with a target in public DNS',
    'exposed',
    /class nginx/,
    behind({
      className: 'nginx',
      annotations: { 'external-dns.alpha.kubernetes.io/target': 'gate.example.test' },
    }),
  ],
  ['a route on an external Gateway', 'exposed', /HTTPRoute wiki on Gateway external/, routed('external')],
  [
    'a route on an external Gateway with authentication and a policy of Cilium',
    'guarded',
    /behind Middleware authelia, only from network, ingress/,
    [
      ...routed('external', { filters: AUTH }),
      cilium([
        { fromEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'network' } }] },
        { fromEntities: ['ingress'] },
      ]),
    ],
  ],
  [
    'a route on an external Gateway, and Cilium lets the world in',
    'exposed',
    /CiliumNetworkPolicy\/tools\/around lets everybody in/,
    [...routed('external', { filters: AUTH }), cilium([{ fromEntities: ['world'] }])],
  ],
  [
    'a route on an external Gateway, and the policy of Cilium is around other pods',
    'exposed',
    /no network policy/,
    [...routed('external', { filters: AUTH }), cilium([{}], { matchLabels: { app: 'other' } })],
  ],
  [
    'a route on an external Gateway behind a SecurityPolicy and a policy',
    'guarded',
    /behind oidc of SecurityPolicy login, only from network/,
    [...routed('external'), security('login', { ...WIKI, ...OIDC }), only],
  ],
  [
    'a route on an external Gateway with a SecurityPolicy alone',
    'exposed',
    /oidc of SecurityPolicy login can be gone round: no network policy/,
    [...routed('external'), security('login', { ...WIKI, ...OIDC })],
  ],
  [
    'a route whose Gateway has a SecurityPolicy',
    'guarded',
    /behind extAuth of SecurityPolicy all/,
    [...routed('external'), security('all', { ...EXTERNAL, extAuth: { http: {} } }, 'network'), only],
  ],
  [
    'a route whose own SecurityPolicy takes the place of the one of its Gateway',
    'exposed',
    /nothing asks who is there/,
    [
      ...routed('external'),
      security('all', { ...EXTERNAL, ...OIDC }, 'network'),
      security('cors', { ...WIKI, cors: { allowOrigins: ['*'] } }),
      only,
    ],
  ],
  [
    'a SecurityPolicy that selects all routes of its namespace',
    'guarded',
    /behind authorization of SecurityPolicy lan/,
    [
      ...routed('external'),
      security('lan', {
        targetSelectors: [{ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute' }],
        authorization: { defaultAction: 'Deny', rules: [] },
      }),
      only,
    ],
  ],
  ...(
    [
      ['of another namespace', security('login', { ...WIKI, ...OIDC }, 'other')],
      ['for another route', security('login', { targetRef: { kind: 'HTTPRoute', name: 'other' }, ...OIDC })],
      [
        'for a part of the route',
        security('login', { targetRef: { kind: 'HTTPRoute', name: 'wiki', sectionName: 'a' }, ...OIDC }),
      ],
      [
        'for other labels',
        security('login', { targetSelectors: [{ kind: 'HTTPRoute', matchLabels: { a: 'b' } }], ...OIDC }),
      ],
      ['whose token is optional', security('login', { ...WIKI, jwt: { optional: true, providers: [] } })],
      ['that allows by default', security('login', { ...WIKI, authorization: { defaultAction: 'Allow' } })],
    ] as const
  ).map(([what, policy]): Case => [
    `a SecurityPolicy ${what}`,
    'exposed',
    /nothing asks who is there/,
    [...routed('external'), policy, only],
  ]),
  [
    'a route on a ListenerSet, whose Gateway is not known',
    'unknown',
    /HTTPRoute set on ListenerSet apps; its name does not tell who can reach it/,
    [
      inside,
      projected({
        apiVersion: 'gateway.networking.k8s.io/v1',
        kind: 'HTTPRoute',
        metadata: { name: 'set', namespace: HOME },
        spec: {
          parentRefs: [{ group: 'gateway.networking.k8s.io', kind: 'ListenerSet', name: 'apps' }],
          rules: [{ backendRefs: [{ name: 'mcp-grafana', port: 80 }] }],
        },
      }),
    ],
  ],
  ['a route on an internal Gateway', 'internal', /on Gateway internal/, routed('internal')],
  [
    'a tunnel that may lead anywhere',
    'unknown',
    /tunnel cloudflared in network may lead to it/,
    [inside, tunnel],
  ],
  [
    'a tunnel that is kept out',
    'internal',
    /not from the tunnel in network; only from monitoring/,
    [inside, tunnel, networkPolicy([fromNamespace('monitoring')])],
  ],
  ['a tunnel that is let in', 'unknown', /tunnel cloudflared/, [inside, tunnel, only]],
  [
    'a tunnel whose configuration leads elsewhere',
    'internal',
    /only from inside the cluster/,
    [inside, tunnel, routes(route('envoy-external.network.svc.cluster.local'))],
  ],
  [
    'a tunnel whose configuration leads to it',
    'exposed',
    /tunnel cloudflared in network leads \*\.example\.test to Service mcp-grafana; nothing in its configuration asks/,
    [inside, tunnel, only, routes(route('other'), route('mcp-grafana.tools'))],
  ],
  [
    'a tunnel of the same name elsewhere',
    'internal',
    /only from inside the cluster/,
    [inside, tunnel, routes(route('mcp-grafana'), route('mcp-grafana.other.svc'))],
  ],
  [
    'a tunnel that leads to it behind Cloudflare Access',
    'guarded',
    /behind Cloudflare Access, no network policy/,
    [inside, tunnel, routes(route('mcp-grafana.tools.svc', true))],
  ],
  [
    'a tunnel that leads to it and is kept out',
    'internal',
    /not from the tunnel in network/,
    [inside, tunnel, routes(route('mcp-grafana.tools.svc')), networkPolicy([fromNamespace('monitoring')])],
  ],
  [
    'a route on an internal Gateway that a tunnel leads to',
    'exposed',
    /on Gateway internal.*, to which a tunnel leads; nothing asks who is there/,
    [...routed('internal'), tunnel, gatewayService, routes(route('envoy-internal-1a2b'))],
  ],
];

describe('who can reach it', () => {
  it.each(CASES)('%s is %s', async (_what, verdict, why, objects) => {
    const target = await targetOf({
      objects: [...mcpServer(), home(HOME), home('network'), CILIUM, ...objects],
    });

    expect(target).toMatchObject({
      target: 'Deployment/tools/mcp-grafana',
      verdict,
      why: expect.stringMatching(why) as string,
    });
  });

  it.each<[string, Parameters<typeof mcpServer>[0], RegExp]>([
    ["the node's network", { hostNetwork: true }, /on the node's network; policies do not hold there/],
    [
      'a host port',
      { reach: { privileged: false, hostPid: false, hostPaths: [], hostPorts: [8080], capabilities: [] } },
      /host port 8080/,
    ],
    [
      'a tunnel beside it',
      { containers: [container(), container({ name: 'tunnel', image: 'cloudflare/cloudflared:latest' })] },
      /a tunnel runs in its own pod/,
    ],
  ])('a pod with %s is exposed whatever policies say', async (_what, extra, why) => {
    const target = await targetOf({ objects: [...mcpServer(extra), networkPolicy([])] });

    expect(target).toMatchObject({ verdict: 'exposed', why: expect.stringMatching(why) as string });
  });

  it('judges a policy by labels of namespaces', async () => {
    const edge = networkPolicy([{ from: [{ namespaceSelector: { matchLabels: { tier: 'edge' } } }] }]);
    const target = await targetOf({
      objects: [...mcpServer(), CILIUM, home(HOME), home('network'), typed({ type: 'LoadBalancer' }), edge],
    });

    expect(target).toMatchObject({
      verdict: 'guarded',
      why: expect.stringMatching(/only from network$/) as string,
    });
  });

  it.each<[what: string, verdict: Answer['verdict'], why: RegExp, agents: AnyObject[]]>([
    ['Calico', 'guarded', /only from network$/, [plugin('docker.io/calico/node:v3.30.1')]],
    [
      'Cilium beside flannel',
      'guarded',
      /only from network$/,
      [CILIUM, plugin('ghcr.io/flannel-io/flannel:v0.27.0')],
    ],
    [
      'flannel alone',
      'exposed',
      /NetworkPolicy\/tools\/around holds nobody back: flannel does not hold network policies/,
      [plugin('ghcr.io/flannel-io/flannel:v0.27.0')],
    ],
    [
      'none that is seen',
      'unknown',
      /only from network, but no network plugin that holds policies is seen/,
      [],
    ],
  ])('takes policies for what the network plugin makes of them: %s', async (_what, verdict, why, agents) => {
    const objects = [...mcpServer(), home(HOME), home('network'), typed({ type: 'LoadBalancer' }), only];
    const answer = await ask({ objects: [...objects, ...agents] });

    expect(rowsOf(answer.targets)[0]).toMatchObject({ verdict, why: expect.stringMatching(why) as string });
    expect(answer.summary.some((line) => line.startsWith('network policies: '))).toBe(verdict !== 'guarded');
  });

  it('leaves policies of Cilium out where another plugin runs', async () => {
    const open = cilium([{ fromEntities: ['ingress'] }]);
    const target = await targetOf({
      objects: [
        ...mcpServer(),
        plugin('docker.io/calico/node:v3.30.1'),
        typed({ type: 'LoadBalancer' }),
        open,
      ],
    });

    expect(target).toMatchObject({ verdict: 'exposed' });
  });

  it.each(['Ingress', 'HTTPRoute', 'NetworkPolicy', 'Service'])(
    'does not call it internal where %s cannot be read',
    async (kind) => {
      const answer = await ask({ objects: [...mcpServer(), inside], states: { [kind]: 'unknown' } });

      expect(answer.verdict).toBe('unknown');
      expect(rowsOf(answer.targets)[0]?.['why']).toMatch(new RegExp(`^${kind} could not be read`));
    },
  );

  it('does not say that nobody asks where that could not be read', async () => {
    const objects = [...mcpServer(), CILIUM, home(HOME), home('network'), ...routed('external'), only];
    const answer = await ask({ objects, states: { SecurityPolicy: 'unknown' } });

    expect(rowsOf(answer.targets)[0]).toMatchObject({
      verdict: 'unknown',
      why: expect.stringMatching(/SecurityPolicy could not be read; only from network/) as string,
    });
  });

  it('does not call it internal where the policy hides objects', async () => {
    const answer = await ask({ objects: [...mcpServer(), inside], context: { scoped: true } });

    expect(answer.verdict).toBe('unknown');
  });

  it('stays exposed whatever else cannot be read', async () => {
    const objects = [...mcpServer(), typed({ type: 'LoadBalancer' })];

    expect((await ask({ objects, states: { Ingress: 'unknown' } })).verdict).toBe('exposed');
  });
});

describe('what is looked at', () => {
  const others = [
    workload('StatefulSet', 'code-server', { namespace: 'dev' }),
    workload('Deployment', 'daytwo', { namespace: 'dev' }),
    workload('Deployment', 'editor', {
      namespace: 'dev',
      images: { app: 'ghcr.io/linuxserver/code-server:4@sha256:ab' },
    }),
    workload('Deployment', 'grafana', { namespace: 'dev' }),
    pod('mcp-once', { namespace: 'dev' }),
  ];

  it('is found by names and images, exposed ones first', async () => {
    const answer = await ask({ objects: [...others, ...mcpServer(), typed({ type: 'LoadBalancer' })] });

    expect(rowsOf(answer.targets).map(({ target, verdict }) => `${target} ${verdict}`)).toEqual([
      'Deployment/tools/mcp-grafana exposed',
      'Deployment/dev/daytwo internal',
      'Deployment/dev/editor internal',
      'Pod/dev/mcp-once internal',
      'StatefulSet/dev/code-server internal',
    ]);
    expect(answer.summary[0]).toBe('5 looked at: 1 exposed, 4 internal');
    expect(answer.summary[1]).toMatch(/^first: Deployment\/tools\/mcp-grafana: LoadBalancer/);
  });

  it('is what the configuration or the question names', async () => {
    const configured = await ask({ objects: others, context: { accessTargets: ['editor'] } });
    const asked = await ask({ objects: others, input: { name: '*Grafana*' } });
    const narrowed = await ask({ objects: [...others, ...mcpServer()], input: { namespace: HOME } });

    expect(configured.targets.rows.map(([ref]) => ref)).toEqual(['Deployment/dev/editor']);
    expect(asked.targets.rows.map(([ref]) => ref)).toEqual(['Deployment/dev/grafana']);
    expect(narrowed.targets.rows.map(([ref]) => ref)).toEqual(['Deployment/tools/mcp-grafana']);
  });

  it('may be nothing', async () => {
    const answer = await ask({ objects: [] });

    expect(answer).toMatchObject({ verdict: 'internal', targets: { total: 0 } });
    expect(answer.summary[0]).toBe('nothing here is named like *mcp*, *code-server*, *daytwo*');
    expect((await ask({ objects: [], states: { Deployment: 'unknown' } })).verdict).toBe('unknown');
  });
});

const rule = (apiGroups: string[], resources: string[], verbs: string[]) => ({
  apiGroups,
  resources,
  verbs,
});

describe('what its account may do', () => {
  it.each<[string, RegExp, Record<string, unknown>]>([
    ['everything', /^mcp: cluster-admin \(ClusterRoleBinding\/give-r\)$/, rule(['*'], ['*'], ['*'])],
    ['everything of a group', /^mcp: wildcards /, rule(['example.test'], ['*'], ['*'])],
    ['secrets', /^mcp: secrets /, rule([''], ['secrets', 'pods'], ['list'])],
    ['exec', /^mcp: exec /, rule([''], ['pods/exec'], ['create'])],
    ['exec by a wildcard of subresources', /^mcp: exec /, rule([''], ['*/exec'], ['get'])],
    ['the kubelet', /^mcp: nodes\/proxy /, rule([''], ['nodes/proxy'], ['get'])],
    ['other users', /^mcp: impersonate /, rule([''], ['users'], ['impersonate'])],
    ['more rights', /^mcp: escalate /, rule(['rbac.authorization.k8s.io'], ['clusterroles'], ['bind'])],
    ['tokens', /^mcp: tokens /, rule([''], ['serviceaccounts/token'], ['create'])],
    ['the Talos API', /^mcp: talos /, rule(['talos.dev'], ['serviceaccounts'], ['create'])],
    ['workloads', /^mcp: write workloads /, rule(['apps'], ['deployments'], ['patch'])],
    ['Jobs', /^mcp: write workloads /, rule(['batch'], ['cronjobs'], ['create'])],
    ['a debug container', /^mcp: exec /, rule([''], ['pods/ephemeralcontainers'], ['patch'])],
    [
      'what the API server asks',
      /^mcp: webhooks /,
      rule(['*'], ['mutatingwebhookconfigurations'], ['update']),
    ],
    [
      'to become one mighty group',
      /^mcp: impersonate /,
      { ...rule([''], ['groups'], ['impersonate']), resourceNames: ['system:masters'] },
    ],
    [
      'to bind one mighty role',
      /^mcp: escalate /,
      {
        ...rule(['rbac.authorization.k8s.io'], ['clusterroles'], ['bind']),
        resourceNames: ['cluster-admin'],
      },
    ],
  ])('%s', async (_what, may, one) => {
    const target = await targetOf({ objects: [...mcpServer(), clusterRole('r', one), binding('r')] });

    expect(target['may']).toMatch(may);
  });

  it.each<[string, AnyObject[]]>([
    [
      'it only reads',
      [clusterRole('r', rule(['', 'apps'], ['pods', 'deployments'], ['get', 'list', 'watch'])), binding('r')],
    ],
    [
      'it reads one Secret by name',
      [clusterRole('r', { ...rule([''], ['secrets'], ['get']), resourceNames: ['own'] }), binding('r')],
    ],
    [
      'another account is bound',
      [
        clusterRole('r', rule(['*'], ['*'], ['*'])),
        binding('r', [{ kind: 'ServiceAccount', namespace: 'other', name: 'mcp' }]),
      ],
    ],
  ])('is nothing worth a word where %s', async (_what, objects) => {
    expect((await targetOf({ objects: [...mcpServer(), ...objects] }))['may']).toBeNull();
  });

  it('is also what its user name is given', async () => {
    const user = [{ kind: 'User', name: 'system:serviceaccount:tools:mcp' }];
    const objects = [...mcpServer(), binding('cluster-admin', user)];

    expect((await targetOf({ objects }))['may']).toMatch(/^mcp: cluster-admin /);
  });

  it('is no more in a namespace than what is in one', async () => {
    const objects = [
      ...mcpServer(),
      clusterRole('r', rule([''], ['nodes/proxy', 'secrets'], ['get'])),
      binding('r', undefined, 'vault'),
    ];

    expect((await targetOf({ objects }))['may']).toBe('mcp: secrets in vault (RoleBinding/vault/give-r)');
  });

  it('is that of its template while it has no pods', async () => {
    const [server] = mcpServer();
    const objects = [{ ...server, desired: 0, serviceAccount: 'mcp' }, binding('cluster-admin')];

    expect((await targetOf({ objects }))['may']).toMatch(/^mcp: cluster-admin /);
  });

  it.each([
    ['may', 'ClusterRoleBinding', 'not known: ClusterRoleBinding could not be read'],
    ['pods', 'Pod', 'not known: Pod could not be read'],
  ])('is not taken for nothing where it cannot be read: %s', async (column, kind, text) => {
    expect((await targetOf({ objects: mcpServer(), states: { [kind]: 'unknown' } }))[column]).toBe(text);
  });

  it('counts what its groups are given, and says where', async () => {
    const everyone = [{ kind: 'Group', name: 'system:serviceaccounts' }];
    const objects = [
      ...mcpServer(),
      clusterRole('r', rule([''], ['secrets'], ['get'])),
      binding('r', everyone, 'vault'),
      binding('cluster-admin', [{ kind: 'Group', name: 'system:authenticated' }]),
    ];

    expect((await targetOf({ objects }))['may']).toBe(
      'mcp: cluster-admin, secrets in vault (ClusterRoleBinding/give-cluster-admin)',
    );
  });

  it('tells which accounts hold most of the cluster, without those of Kubernetes itself', async () => {
    const answer = await ask({
      objects: [
        binding('cluster-admin', [
          { kind: 'ServiceAccount', namespace: 'flux-system', name: 'kustomize-controller' },
          { kind: 'Group', name: 'system:masters' },
        ]),
        clusterRole('system:controller', rule(['*'], ['*'], ['*'])),
        binding('system:controller', [{ kind: 'ServiceAccount', namespace: 'kube-system', name: 'gc' }]),
        clusterRole('reader', rule([''], ['secrets'], ['get'])),
        binding('reader'),
      ],
    });

    expect(answer.powerful?.rows).toEqual([
      ['cluster-admin', 'flux-system/kustomize-controller'],
      ['secrets', 'tools/mcp'],
    ]);
  });
});

describe('what reaches past its own bounds', () => {
  const reach = {
    privileged: true,
    hostPid: true,
    hostPaths: ['/'],
    hostPorts: [],
    capabilities: ['CAP_SYS_ADMIN', 'CHOWN'],
  };

  it('pods, by workload, worst first', async () => {
    const owner = { kind: 'ReplicaSet', name: 'agent-5f', namespace: 'apps' };
    const labels = { 'pod-template-hash': '5f' };
    const answer = await ask({
      objects: [
        pod('plain'),
        pod('net', { hostNetwork: true }),
        pod('agent-5f-1', { owner, labels, reach }),
        pod('agent-5f-2', { owner, labels, reach }),
        pod('done', { phase: 'Succeeded', reach }),
      ],
    });

    expect(answer.privileged?.rows).toEqual([
      ['Deployment/apps/agent', 'SYS_ADMIN, hostPID, hostPath / and 1 more'],
      ['Pod/apps/net', 'hostNetwork'],
    ]);
  });

  it('its own pods', async () => {
    expect((await targetOf({ objects: mcpServer({ reach }) }))['pods']).toBe(
      'SYS_ADMIN, hostPID, hostPath / and 1 more',
    );
  });

  it('accounts of the Talos API', async () => {
    const answer = await ask({
      objects: [talosAccount('talosctl', ['os:admin']), talosAccount('backup', ['os:etcd:backup'])],
    });

    expect(answer.talos?.rows).toEqual([
      ['tools/talosctl', 'os:admin'],
      ['tools/backup', 'os:etcd:backup'],
    ]);
  });
});

const allowing =
  (allowed: (permission: Permission) => boolean): ClusterReader['permissions'] =>
  async (asked) =>
    asked.map((permission) => ({ ...permission, allowed: allowed(permission) }));

const isRead = ({ verb, resource, subresource }: Permission): boolean =>
  ['get', 'list', 'watch'].includes(verb) && resource !== 'secrets' && subresource === undefined;

describe("this server's own permissions", () => {
  it.each<[string, ClusterReader['permissions'], string, RegExp]>([
    [
      'are what they should be',
      allowing(isRead),
      'exact',
      /^may read all \d+ kinds it needs, and none of \d+ it should not have$/,
    ],
    [
      'include Secrets',
      allowing((one) => isRead(one) || one.resource === 'secrets'),
      'too wide',
      /^may get,list,watch secrets$/,
    ],
    [
      'lack pods and include exec',
      allowing((one) => (isRead(one) && one.resource !== 'pods') || one.subresource === 'exec'),
      'too wide',
      /^may get,create pods\/exec; lacks 1 of \d+ kinds$/,
    ],
    [
      'lack namespaces',
      allowing((one) => isRead(one) && one.resource !== 'namespaces'),
      'too narrow',
      /^lacks 1 of \d+ kinds: list namespaces$/,
    ],
    ['cannot be asked of a recording', undefined, 'unchecked', /recorded cluster/],
    [
      'cannot be read',
      async () => {
        throw new ToolError('unavailable', 'the API server does not answer', 'Wait.');
      },
      'unchecked',
      /does not answer/,
    ],
  ])('%s', async (_what, permissions, verdict, detail) => {
    const { own, summary } = await ask({ objects: [], ...(permissions && { permissions }) });

    expect(own).toEqual({ verdict, detail: expect.stringMatching(detail) as string });
    expect(summary.at(-1)).toBe(`permissions of this server: ${verdict}`);
  });
});

describe('size', () => {
  it('stays under 4 KB however much is open', async () => {
    const many = Array.from({ length: 40 }, (_, index): AnyObject[] => {
      const name = `mcp-server-with-a-long-name-${index}`;
      const labels = { app: name };
      return [
        workload('Deployment', name, { namespace: HOME, selector: labels, podLabels: labels }),
        pod(`${name}-0`, { namespace: HOME, labels, serviceAccount: name, hostNetwork: true }),
        service(name, { namespace: HOME, type: 'LoadBalancer', addresses: ['192.0.2.10'], selector: labels }),
        binding('cluster-admin', [{ kind: 'ServiceAccount', namespace: HOME, name }]),
        talosAccount(name, ['os:admin', 'os:reader']),
      ];
    }).flat();

    const answer = await ask({ objects: many });

    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(4_096);
    expect(answer.targets).toMatchObject({
      total: 40,
      cut: expect.stringMatching(/^\d+ of 40 shown$/) as string,
    });
  });
});
