import { describe, expect, test } from 'vitest';

import { changesAnswer, commitChanges } from '#domain/changes/answer.ts';
import { clusterRoots } from '#domain/changes/commits.ts';
import type { RecentChange } from '#domain/changes/change.ts';
import { fluxChanges } from '#domain/changes/from-flux.ts';
import { eventChanges, nodeChanges, podRollouts, rollouts } from '#domain/changes/from-cluster.ts';
import { createEditReader } from '#domain/changes/hand-edits.ts';
import { sinceOf } from '#domain/changes/since.ts';
import type { JsonObject } from '#domain/desired/engine.ts';
import type { LiveObjects } from '#domain/desired/live.ts';

import { memoryCluster } from '../../support/memory-cluster.ts';
import { flux } from '../flux/objects.ts';

const NOW = Date.parse('2026-05-09T12:00:00Z');
const at = (time: string): string => `2026-05-09T${time}:00Z`;
const page = { since: NOW - 3_600_000, now: NOW, limit: 50, unchecked: [] };

function change(when: string, more: Partial<RecentChange> = {}): RecentChange {
  return { when: at(when), kind: 'rollout', object: 'Deployment/apps/wiki', what: 'rollout 2', ...more };
}

describe('the list', () => {
  test('is newest first, without what is older', () => {
    const { changes, summary } = changesAnswer(
      [change('11:10'), change('10:59', { what: 'old' }), change('11:50', { what: 'new' })],
      page,
    );

    expect(changes.rows.map(([when, , , what]) => [when, what])).toEqual([
      [at('11:50'), 'new'],
      [at('11:10'), 'rollout 2'],
    ]);
    expect(summary).toEqual(['2 rollout']);
  });

  test('folds what is repeated, and what many Kustomizations applied', () => {
    const applied = ['a', 'b', 'c'].map((name) =>
      change('11:30', { kind: 'flux', object: `Kustomization/flux-system/${name}`, what: 'applied main@1' }),
    );
    const backOff = [change('11:40', { what: 'back-off 10s' }), change('11:41', { what: 'back-off 20s' })];

    const { changes } = changesAnswer([...applied, ...backOff], page);

    expect(changes.rows.map(([when, , object, what]) => [when, object, what])).toEqual([
      [at('11:41'), 'Deployment/apps/wiki', 'back-off 20s (2 times)'],
      [at('11:30'), 'Kustomization/flux-system/a and 2 more', 'applied main@1'],
    ]);
  });

  test('of a namespace keeps commits and nodes', () => {
    const all = [
      change('11:10', { namespace: 'apps', what: 'mine' }),
      change('11:20', { namespace: 'other', what: 'theirs' }),
      ...commitChanges([
        { sha: 'c0ffee'.repeat(7).slice(0, 40), author: 'sam', when: at('11:30'), subject: 'Bump wiki' },
      ]),
    ];

    const { changes } = changesAnswer(all, { ...page, namespace: 'apps' });

    expect(changes.rows.map(([, , , what]) => what)).toEqual(['Bump wiki', 'mine']);
  });

  test('says when nothing has changed, and what was not looked at', () => {
    expect(changesAnswer([], { ...page, unchecked: ['commits: none'] }).summary).toEqual([
      'nothing that leaves a trace has changed',
      'not looked at: commits: none',
    ]);
  });
});

test('Flux tells revisions, upgrades and rollbacks', () => {
  const kustomization = flux('Kustomization/flux-system/apps', {
    history: [
      { first: at('11:30'), revision: `main@sha1:${'1'.repeat(40)}`, status: 'ReconciliationSucceeded' },
    ],
  });
  const release = flux('HelmRelease/apps/wiki', {
    history: [
      { first: at('11:40'), chartVersion: '2.0.0', status: 'failed' },
      { first: at('09:00'), chartVersion: '1.9.0', status: 'superseded' },
    ],
    conditions: [
      {
        type: 'Remediated',
        status: 'True',
        reason: 'RollbackSucceeded',
        message: 'to 1.9.0',
        since: at('11:45'),
      },
    ],
  });

  expect(fluxChanges([kustomization, release]).map(({ when, what }) => [when, what])).toEqual([
    [at('11:30'), 'applied main@11111111'],
    [at('11:40'), 'failed 1.9.0 -> 2.0.0'],
    [at('09:00'), 'superseded 1.9.0'],
    [at('11:45'), 'RollbackSucceeded: to 1.9.0'],
  ]);
});

test('an upgrade counts when it was deployed, not when the release was installed, and a return is one', () => {
  const installed = at('01:00');
  const release = flux('HelmRelease/apps/wiki', {
    history: [
      { first: installed, last: at('11:50'), chartVersion: '1.9.0', status: 'deployed' },
      { first: installed, last: at('11:40'), chartVersion: '2.0.0', status: 'failed' },
      { first: installed, last: installed, chartVersion: '1.9.0', status: 'superseded' },
    ],
  });

  expect(fluxChanges([release]).map(({ when, what }) => [when, what])).toEqual([
    [at('11:50'), 'rolled back 2.0.0 -> 1.9.0'],
    [at('11:40'), 'failed 1.9.0 -> 2.0.0'],
    [installed, 'superseded 1.9.0'],
  ]);
});

test('a revision of a StatefulSet or DaemonSet began with its first pod', () => {
  const pod = (name: string, revision: string, created: string, kind = 'StatefulSet') => ({
    name,
    namespace: 'apps',
    created: at(created),
    owner: { kind, name: 'db' },
    labels: { 'controller-revision-hash': revision },
  });
  const pods = [
    pod('db-0', 'db-2', '11:45'),
    pod('db-1', 'db-2', '11:40'),
    pod('db-2', 'db-1', '09:00'),
    pod('web-x', '', '11:50', 'ReplicaSet'),
  ];

  expect(podRollouts(pods as never).map(({ when, object, what }) => [when, object, what])).toEqual([
    [at('11:40'), 'StatefulSet/apps/db', 'first pod of revision db-2 started: db-1'],
    [at('09:00'), 'StatefulSet/apps/db', 'first pod of revision db-1 started: db-2'],
  ]);
});

test.each([
  [
    ['./clusters/main/kubernetes', './clusters/main/kubernetes/apps/wiki', './repositories'],
    ['clusters/main', 'repositories'],
  ],
  [['./kubernetes/flux/cluster', 'kubernetes/apps/'], ['kubernetes']],
  [['./kubernetes', './'], []],
])('the directories of a cluster with %j are %j', (paths, roots) => {
  const source = { kind: 'GitRepository', name: 'cluster', namespace: 'flux-system' };
  const own = paths.map((path, index) => flux(`Kustomization/flux-system/k${index}`, { path, source }));
  const foreign = flux('Kustomization/flux-system/flux', {
    path: './',
    source: { ...source, kind: 'OCIRepository' },
  });

  expect(clusterRoots([...own, foreign])).toEqual(roots);
});

test('rollouts, nodes and telling events', () => {
  const set = {
    created: at('11:00'),
    owner: { kind: 'Deployment', name: 'wiki' },
    namespace: 'apps',
    annotations: { 'deployment.kubernetes.io/revision': '3' },
    images: { app: 'wiki:3' },
  };
  const node = {
    kind: 'Node',
    name: 'worker-1',
    created: at('08:00'),
    taints: [{ key: 'node.kubernetes.io/unschedulable', effect: 'NoSchedule', since: at('11:20') }],
    conditions: [{ type: 'Ready', status: 'False', reason: 'KubeletNotReady', since: at('11:30') }],
  };
  const event = (reason: string) => ({
    reason,
    message: 'm',
    last: at('11:50'),
    count: 2,
    regarding: { kind: 'Node', name: 'worker-1' },
  });

  expect(rollouts([set as never])).toEqual([
    expect.objectContaining({ object: 'Deployment/apps/wiki', what: 'rollout 3: wiki:3' }),
  ]);
  expect(nodeChanges([node as never]).map(({ what }) => what)).toEqual([
    'joined',
    'cordoned',
    'NotReady: KubeletNotReady',
  ]);
  expect(eventChanges([event('Rebooted'), event('Pulled')] as never).map(({ what }) => what)).toEqual([
    'Rebooted (×2): m',
  ]);
});

test('what a hand changed is told by field and tool, what controllers and creation did is not', async () => {
  const entry = (manager: string, time: string, more: object = {}): object => ({
    manager,
    operation: 'Update',
    time: at(time),
    fieldsV1: { 'f:spec': { 'f:replicas': {} } },
    ...more,
  });
  const object = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'wiki',
      namespace: 'apps',
      managedFields: [
        entry('kubectl-edit', '11:30'),
        entry('kube-controller-manager', '11:40'),
        entry('kubectl-edit', '10:00'),
        entry('k9s', '11:35', { subresource: 'status' }),
      ],
    },
  } as unknown as JsonObject;
  const live: LiveObjects = {
    list: async ({ kind }) =>
      kind === 'Deployment'
        ? { kind, state: 'current', items: [object], asOf: 0 }
        : { kind, state: 'unknown', items: [], asOf: 0, why: 'no' },
    configMap: async () => undefined,
    schemas: async () => new Map(),
  };

  const { edits, unread } = await createEditReader(memoryCluster({ objects: [] }), live).since(
    NOW - 3_600_000,
    AbortSignal.timeout(1_000),
  );

  expect(edits.map(({ ref, by, fields, when }) => [ref, by, fields, when])).toEqual([
    ['Deployment/apps/wiki', 'kubectl edit', '.spec.replicas', at('11:30')],
  ]);
  expect(unread).toContain('StatefulSet');
});

describe('since', () => {
  test.each([
    ['90m', NOW - 90 * 60_000],
    ['24h', NOW - 24 * 3_600_000],
    ['2026-05-09T10:00:00Z', Date.parse('2026-05-09T10:00:00Z')],
  ])('%s', (text, time) => {
    expect(sinceOf(text, NOW)).toBe(time);
  });

  test.each(['yesterday', '-1h', '0s', ''])('%j is refused with what may be written', (text) => {
    expect(() => sinceOf(text, NOW)).toThrow(/no duration and no time/);
  });
});
