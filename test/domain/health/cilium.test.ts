import { describe, expect, it } from 'vitest';

import type { CiliumPolicy } from '#domain/objects/cilium.ts';
import type { AnyObject } from '#domain/objects/index.ts';

import {
  rawCiliumEndpoint,
  rawCiliumNode,
  rawCiliumPolicy,
  rawCiliumPool,
} from '../../cluster/crds/cilium.ts';
import { allSaid, asTold, firstFinding, type FindingRow } from './finding-rows.ts';
import { ago, condition, findingsOf, node, pod, unready, workload } from './objects.ts';
import { projected } from './upgrade-objects.ts';

const endpoint = (state: string, minutes = 24 * 60): AnyObject =>
  projected(rawCiliumEndpoint('web', state), minutes);

const tainted = (created: string, since?: string): AnyObject =>
  node('worker-1', {
    created,
    taints: [{ key: 'node.cilium.io/agent-not-ready', effect: 'NoExecute', since }],
  });

const agents = (available: number): AnyObject =>
  workload('DaemonSet', 'cilium', { namespace: 'kube-system', desired: 3, available, ready: available });

const ROWS: FindingRow[] = [
  {
    source: 'cilium pkg/defaults AgentNotReadyNodeTaint, on a node that has just joined',
    objects: [tainted(ago(2))],
    state: 'progressing',
    ref: 'Node/worker-1',
    reason: 'CiliumAgentNotReady',
    says: /agent is not ready on it/,
  },
  {
    source: 'cilium pkg/defaults AgentNotReadyNodeTaint, for a while nobody knows',
    objects: [tainted(ago(600))],
    state: 'degraded',
    ref: 'Node/worker-1',
    reason: 'CiliumAgentNotReady',
    says: /new pods are kept away/,
  },
  {
    source: 'cilium pkg/defaults AgentNotReadyNodeTaint, for six minutes',
    objects: [tainted(ago(600), ago(6))],
    state: 'failed',
    ref: 'Node/worker-1',
    reason: 'CiliumAgentNotReady',
    says: /new pods are kept away/,
  },
  {
    source: 'cilium pkg/nodediscovery: a node without CiliumNode beside one that has it',
    objects: [node('worker-1'), node('worker-2'), projected(rawCiliumNode('worker-1'))],
    state: 'degraded',
    ref: 'Node/worker-2',
    reason: 'CiliumNodeMissing',
    says: /no Cilium agent has ever served it/,
  },
  {
    source: 'cilium api/v1/models/endpoint_state.go invalid',
    objects: [pod('web'), endpoint('invalid')],
    state: 'failed',
    ref: 'CiliumEndpoint/apps/web',
    reason: 'EndpointInvalid',
    says: /the pod has no network/,
  },
  ...['not-ready', 'waiting-for-identity'].flatMap((state): FindingRow[] => [
    {
      source: `cilium api/v1/models/endpoint_state.go ${state} for four minutes`,
      objects: [endpoint(state, 4)],
      state: 'progressing',
      ref: 'CiliumEndpoint/apps/web',
      reason: 'EndpointNotReady',
      says: new RegExp(state),
    },
    {
      source: `cilium api/v1/models/endpoint_state.go ${state} for six minutes`,
      objects: [endpoint(state, 6)],
      state: 'degraded',
      ref: 'CiliumEndpoint/apps/web',
      reason: 'EndpointNotReady',
      says: new RegExp(state),
    },
  ]),
  {
    source: 'cilium pkg/k8s/apis/cilium.io/v2 PolicyConditionValid',
    objects: [
      projected(
        rawCiliumPolicy(
          'allow',
          {},
          { valid: 'False', message: 'Invalid CiliumNetworkPolicy spec: bad port' },
        ),
      ),
    ],
    state: 'failed',
    ref: 'CiliumNetworkPolicy/apps/allow',
    reason: 'PolicyInvalid',
    says: /protects nothing: Invalid CiliumNetworkPolicy spec: bad port/,
  },
];

const clusterwide = (): AnyObject => {
  const { metadata, ...policy } = rawCiliumPolicy('all', {}, { valid: 'False', message: 'bad selector' });
  return projected({
    ...policy,
    kind: 'CiliumClusterwideNetworkPolicy',
    metadata: { name: metadata.name },
  });
};

describe('Cilium', () => {
  it.each(ROWS)('$source is $state', async (row) => {
    expect(await firstFinding(row)).toMatchObject(asTold(row));
  });

  it.each<[string, AnyObject[]]>([
    ['every node has its CiliumNode', [node('worker-1'), projected(rawCiliumNode('worker-1'))]],
    ['no node has one: Cilium keeps none, or is not there', [node('worker-1'), node('worker-2')]],
    ['endpoints are ready', [pod('web'), endpoint('ready')]],
    [
      'an endpoint is regenerated under a ready pod, as with every change of policy',
      [pod('web'), endpoint('regenerating')],
    ],
    ['no pod has an endpoint: they are in slices', [pod('web')]],
    ['a policy is valid', [projected(rawCiliumPolicy('allow', { ingress: [{}] }))]],
  ])('says nothing where %s', async (_what, objects) => {
    expect(await allSaid(objects)).toEqual([]);
  });

  it.each(['regenerating', 'waiting-to-regenerate', 'restoring'])(
    'tells of an endpoint that is %s when its pod has not been ready for long, and folds the pod',
    async (state) => {
      const findings = await findingsOf([unready('web', 6), endpoint(state)]);

      expect(findings.map(({ ref, reason, consequences }) => [ref, reason, consequences])).toEqual([
        ['CiliumEndpoint/apps/web', 'EndpointNotReady', 1],
      ]);
    },
  );

  it('folds a pod that is not ready under its endpoint that is invalid', async () => {
    const findings = await findingsOf([unready('web', 20), endpoint('invalid')]);

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([
      ['CiliumEndpoint/apps/web', 1],
    ]);
  });

  it('tells of a policy for the whole cluster that is refused', async () => {
    expect(await findingsOf([clusterwide()])).toMatchObject([
      { ref: 'CiliumClusterwideNetworkPolicy/all', reason: 'PolicyInvalid', state: 'failed' },
    ]);
  });

  it('blames the agents for the nodes they left', async () => {
    const findings = await findingsOf([agents(2), tainted(ago(600), ago(20)), endpoint('not-ready')]);

    expect(findings.map(({ ref, consequences }) => [ref, consequences])).toEqual([
      ['DaemonSet/kube-system/cilium', 2],
    ]);
  });
});

const policy = (spec: Record<string, unknown>): CiliumPolicy =>
  projected(
    rawCiliumPolicy('p', { endpointSelector: { matchLabels: { 'k8s:app': 'web' } }, ...spec }),
  ) as CiliumPolicy;

describe('what is read of Cilium', () => {
  it.each<[string, Record<string, unknown>, object]>([
    [
      'endpoints without a namespace are of its own',
      { ingress: [{ fromEndpoints: [{ matchLabels: { app: 'proxy' } }] }] },
      { namespaces: ['apps'], anyNamespace: false, entities: [], cidrs: [] },
    ],
    [
      'endpoints of a named namespace',
      { ingress: [{ fromEndpoints: [{ matchLabels: { 'k8s:io.kubernetes.pod.namespace': 'network' } }] }] },
      { namespaces: ['network'], anyNamespace: false },
    ],
    [
      'endpoints of any namespace',
      {
        ingress: [
          {
            fromEndpoints: [
              { matchExpressions: [{ key: 'io.kubernetes.pod.namespace', operator: 'Exists' }] },
            ],
          },
        ],
      },
      { namespaces: [], anyNamespace: true },
    ],
    ['entities', { ingress: [{ fromEntities: ['world'] }] }, { entities: ['world'] }],
    ['networks', { ingress: [{ fromCIDRSet: [{ cidr: '192.0.2.0/24' }] }] }, { cidrs: ['192.0.2.0/24'] }],
    [
      'ports alone, from everybody',
      { ingress: [{ toPorts: [{ ports: [{ port: '80' }] }] }] },
      { entities: ['all'] },
    ],
  ])('%s', (_what, spec, peers) => {
    const [rule] = policy(spec).rules;

    expect(rule).toMatchObject({
      selector: [{ key: 'app', operator: 'In', values: ['web'] }],
      limitsIngress: true,
      ingress: [peers],
    });
  });

  it('an empty rule lets nobody in, and no section limits nothing', () => {
    expect(policy({ ingress: [{}] }).rules).toMatchObject([{ limitsIngress: true, ingress: [] }]);
    expect(policy({ egress: [{}] }).rules).toMatchObject([{ limitsIngress: false, ingress: [] }]);
  });

  it('the counts of a pool stand in messages', () => {
    const pool = projected(rawCiliumPool('lan', { total: 20, available: 3 }));

    expect(pool).toMatchObject({
      total: 20,
      available: 3,
      blocks: ['192.0.2.10-192.0.2.29'],
      disabled: false,
    });
  });

  it('a condition that has stood for long is no count', () => {
    const pool = {
      ...rawCiliumPool('lan'),
      status: { conditions: [condition('cilium.io/IPsTotal', 'Unknown', 'x', 'many')] },
    };

    expect(projected(pool)).toMatchObject({ total: undefined, available: undefined });
  });
});
