import { describe, expect, test } from 'vitest';

import type { NetworkPolicy } from '#domain/objects/access.ts';
import type { Gateway, Route } from '#domain/objects/gateway.ts';
import type { Pod } from '#domain/objects/workload.ts';

import type { MemoryClusterContent } from '../../support/memory-cluster.ts';
import { container, crashing, deployed, kustomization, meta, node, pod, unready } from '../health/objects.ts';
import {
  autoscaler,
  budget,
  claim,
  ingress,
  ingressClass,
  service,
  slice,
  storageClass,
  volume,
} from '../health/platform-objects.ts';
import { chainOf, explained } from './asking.ts';

type Objects = MemoryClusterContent['objects'];

const flux = (name: string): Record<string, string> => ({
  'kustomize.toolkit.fluxcd.io/name': name,
  'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
});

const policy: NetworkPolicy = {
  ...meta('NetworkPolicy', 'closed', 'apps'),
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  selector: [{ key: 'app', operator: 'In', values: ['web'] }],
  limitsIngress: true,
  ingress: [],
};

const gateway: Gateway = {
  ...meta('Gateway', 'edge', 'apps'),
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'Gateway',
  className: 'envoy',
  listeners: [],
  addresses: [],
};

const route: Route = {
  ...meta('HTTPRoute', 'web', 'apps'),
  apiVersion: 'gateway.networking.k8s.io/v1',
  kind: 'HTTPRoute',
  hostnames: [],
  parents: [{ kind: 'Gateway', name: 'edge' }],
  backends: [{ kind: 'Service', name: 'web', port: 80 }],
  told: [],
  authFilters: [],
};

const healthy = (extra: Partial<Pod> = {}) => deployed('web', 1, (name) => pod(name, extra));
const POD = 'Pod/apps/web-7d9f-0';
const web = (extra = {}) => service('web', { selector: { app: 'web' }, ...extra });

const LINKS: readonly (readonly [string, string, Objects, string])[] = [
  ['owner', POD, healthy(), 'up owned by ReplicaSet/apps/web-7d9f ok'],
  ['owner of the owner', POD, healthy(), 'up owned by Deployment/apps/web ok'],
  [
    'node that owns a static pod',
    'Pod/apps/static',
    [pod('static', { owner: { kind: 'Node', name: 'worker-1' } }), node('worker-1')],
    'up owned by Node/worker-1 ok',
  ],
  [
    'Kustomization',
    'Deployment/apps/web',
    [...deployed('web', 0, pod, { labels: flux('apps') }), kustomization('apps')],
    'up applied by Kustomization/flux-system/apps ok',
  ],
  ['pods of a Deployment', 'Deployment/apps/web', healthy(), `down owns ${POD} ok`],
  ['Service of a pod', POD, [...healthy(), web(), slice('web', 1)], 'up selected by Service/apps/web ok'],
  ['pods of a Service', 'Service/apps/web', [...healthy(), web(), slice('web', 1)], `down selects ${POD} ok`],
  [
    'Ingress of a Service',
    'Service/apps/web',
    [web(), ingress('site', 'web')],
    'up reached through Ingress/apps/site ',
  ],
  ['route of a Service', 'Service/apps/web', [web(), route], 'up reached through HTTPRoute/apps/web '],
  [
    'policy on a Service',
    'Service/apps/web',
    [...healthy(), web(), policy],
    'down limited by NetworkPolicy/apps/closed ',
  ],
  ['pods under a policy', 'NetworkPolicy/apps/closed', [...healthy(), policy], `down governs ${POD} ok`],
  [
    'Service of an Ingress',
    'Ingress/apps/site',
    [ingress('site', 'web'), web()],
    'down leads to Service/apps/web ',
  ],
  [
    'missing Service',
    'Ingress/apps/site',
    [ingress('site', 'gone')],
    'down leads to Service/apps/gone missing',
  ],
  [
    'pods behind an Ingress',
    'Ingress/apps/site',
    [...healthy(), web(), ingress('site', 'web'), ingressClass()],
    `down selects ${POD} ok`,
  ],
  ['Gateway of a route', 'HTTPRoute/apps/web', [route, gateway], 'down attached to Gateway/apps/edge '],
  ['routes of a Gateway', 'Gateway/apps/edge', [route, gateway], 'down routes HTTPRoute/apps/web '],
  [
    'claim of a pod',
    POD,
    [...healthy({ claims: ['db'] }), claim('db')],
    'down mounts PersistentVolumeClaim/apps/db ok',
  ],
  ['missing claim', POD, healthy({ claims: ['db'] }), 'down mounts PersistentVolumeClaim/apps/db missing'],
  [
    'volume behind a workload',
    'Deployment/apps/web',
    [...healthy({ claims: ['db'] }), claim('db', { volume: 'pv-1' }), volume('pv-1')],
    'down bound to PersistentVolume/pv-1 ok',
  ],
  [
    'node that a volume is tied to',
    'PersistentVolumeClaim/apps/db',
    [claim('db', { volume: 'pv-1' }), volume('pv-1', { nodes: ['worker-1'] }), node('worker-1')],
    'down tied to Node/worker-1 ok',
  ],
  [
    'storage class',
    'PersistentVolumeClaim/apps/db',
    [claim('db', { storageClass: 'fast' }), storageClass({ name: 'fast' })],
    'down of class StorageClass/fast ok',
  ],
  [
    'missing storage class',
    'PersistentVolumeClaim/apps/db',
    [claim('db', { storageClass: 'no' })],
    'down of class StorageClass/no missing',
  ],
  [
    'mounting pods',
    'PersistentVolumeClaim/apps/db',
    [claim('db'), ...healthy({ claims: ['db'] })],
    `down mounted by ${POD} ok`,
  ],
  [
    'configuration',
    POD,
    healthy({ configRefs: [{ kind: 'Secret', name: 'key' }] }),
    'down needs Secret/apps/key not looked at',
  ],
  ['node', POD, [...healthy(), node('worker-1')], 'down runs on Node/worker-1 ok'],
  ['pods of a node', 'Node/worker-1', [...healthy(), node('worker-1')], `down runs ${POD} ok`],
  [
    'scaled workload',
    'HorizontalPodAutoscaler/apps/web',
    [autoscaler({ name: 'web', target: { kind: 'Deployment', name: 'web' } }), ...healthy()],
    'down scales Deployment/apps/web ok',
  ],
  [
    'guarded pods',
    'PodDisruptionBudget/apps/web',
    [budget({ name: 'web', selector: { app: 'web' } }), ...healthy()],
    `down guards ${POD} ok`,
  ],
  [
    'inventory',
    'Kustomization/flux-system/apps',
    [
      kustomization('apps', { inventory: [{ kind: 'Deployment', namespace: 'apps', name: 'web' }] }),
      ...healthy(),
    ],
    'down applies Deployment/apps/web ok',
  ],
  [
    'dependency',
    'Kustomization/flux-system/apps',
    [
      kustomization('apps', { dependsOn: [{ namespace: 'flux-system', name: 'base' }] }),
      kustomization('base'),
    ],
    'up depends on Kustomization/flux-system/base ok',
  ],
];

describe('links', () => {
  test.for(LINKS)('%s', async ([, ref, objects, link]) => {
    const chain = await chainOf(ref, objects);

    expect(chain.map((one) => one.slice(0, link.length))).toContain(link);
  });

  test('another cluster’s inventory is not looked for here', async () => {
    const remote = kustomization('apps', {
      remote: true,
      inventory: [{ kind: 'Pod', namespace: 'x', name: 'y' }],
    });

    await expect(chainOf('Kustomization/flux-system/apps', [remote])).resolves.toEqual([]);
  });

  test('every object is told once, and a ring ends', async () => {
    const chain = await chainOf('Service/apps/web', [...healthy({ claims: ['db'] }), web(), claim('db')]);

    const refs = chain.map((link) => link.split(' ').at(-2));
    expect(new Set(refs).size).toBe(refs.length);
  });
});

describe('the first link that fails', () => {
  const crash = deployed('web', 1, (name) => unready(name, 30, { containers: [crashing()] }));

  test.for([
    ['a Service', 'Service/apps/web', [...crash, web(), slice('web', 0, 1)]],
    [
      'an Ingress',
      'Ingress/apps/site',
      [...crash, web(), slice('web', 0, 1), ingress('site', 'web'), ingressClass()],
    ],
    ['a pod', POD, crash],
    ['a ReplicaSet', 'ReplicaSet/apps/web-7d9f', crash],
    [
      'an autoscaler',
      'HorizontalPodAutoscaler/apps/web',
      [autoscaler({ name: 'web', target: { kind: 'Deployment', name: 'web' } }), ...crash],
    ],
  ] as const)('%s leads to the workload', async ([, ref, objects]) => {
    const { cause } = await explained(ref, objects);

    expect(cause?.ref).toBe('Deployment/apps/web');
  });

  test('missing only where the kind is seen', async () => {
    const objects = [...healthy({ claims: ['db'] }), node('worker-1')];

    const unread = await explained(POD, objects, { states: { PersistentVolumeClaim: 'unknown' } });
    const seen = await explained(POD, objects);

    expect([seen.failing?.ref, unread.failing]).toEqual(['PersistentVolumeClaim/apps/db', undefined]);
  });

  test('an unseen object of another namespace keeps its name under a scope', async () => {
    const objects = deployed('web', 0, pod, { labels: flux('hidden') });

    const chain = await chainOf('Deployment/apps/web', objects, { scoped: true });

    expect(chain).toContain('up applied by Kustomization (not seen) not looked at');
    expect(chain.join()).not.toContain('hidden');
  });

  test('an object of a kind without rules exists, and says itself when it is not well', async () => {
    const widget = { ...meta('Widget', 'one', 'apps'), apiVersion: 'example.test/v1' };
    const bad = { ...widget, conditions: [{ type: 'Ready', status: 'False', message: 'no oil' } as const] };

    const states = await Promise.all([
      explained('Widget/apps/one', [widget]),
      explained('Widget/apps/one', [bad]),
    ]);

    expect(states.map(({ state, why }) => [state, why])).toEqual([
      ['exists', 'no rule judges a Widget'],
      ['degraded', 'Ready is False: no oil'],
    ]);
  });
});

const declared = (port: number, name?: string) =>
  healthy({ containers: [container({ ports: [{ port, protocol: 'TCP', ...(name && { name }) }] })] });
const to = (targetPort: string) => web({ ports: [{ name: 'http', port: 80, targetPort, protocol: 'TCP' }] });

const REMARKS: readonly (readonly [string, string, Objects, string[]])[] = [
  [
    'the label that differs',
    'Service/apps/web',
    [...healthy(), service('web', { selector: { app: 'web', tier: 'front' } })],
    ['Service/apps/web selects app=web, tier=front and no pod; the nearest: Deployment/apps/web lacks tier'],
  ],
  [
    'a port that no container declares',
    'Service/apps/web',
    [...declared(8080, 'http'), to('8081')],
    ['Service/apps/web sends to port 8081; its pods declare http:8080'],
  ],
  ['a declared number', 'Service/apps/web', [...declared(8080), to('8080')], []],
  ['a declared name', 'Service/apps/web', [...declared(8080, 'http'), to('http')], []],
  ['nothing declared', 'Service/apps/web', [...healthy(), to('8080')], []],
  [
    'a port that the Service lacks',
    'HTTPRoute/apps/web',
    [{ ...route, backends: [{ kind: 'Service', name: 'web', port: 81 }] }, to('8080')],
    ['HTTPRoute/apps/web leads to port 81 of Service/apps/web, which has http:80'],
  ],
  [
    'a claim that no pod mounts',
    'PersistentVolumeClaim/apps/db',
    [
      claim('db', { phase: 'Pending', volume: undefined, storageClass: 'fast' }),
      storageClass({ name: 'fast', waitsForConsumer: true }),
    ],
    ['PersistentVolumeClaim/apps/db is bound when a pod mounts it (WaitForFirstConsumer), and no pod does'],
  ],
];

test.for(REMARKS)('remarks on %s', async ([, ref, objects, expected]) => {
  const { remarks } = await explained(ref, objects);

  expect(remarks).toEqual(expected);
});
