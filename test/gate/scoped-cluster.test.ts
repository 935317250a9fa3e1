import { describe, expect, test } from 'vitest';

import type { Permission } from '#domain/permissions.ts';

import { ToolError } from '../../src/errors.ts';
import { type Visibility, scopedCluster } from '../../src/gate/scoped-cluster.ts';
import { newTouched } from '../../src/gate/touched.ts';
import { memoryCluster, servedKind } from '../support/memory-cluster.ts';
import { event, object } from '../support/objects.ts';

const logQuery = { previous: false, tailLines: 5, limitBytes: 1_000 };
const signal = new AbortController().signal;
const podKind = servedKind('Pod', 'v1', true);
const cluster = memoryCluster({
  objects: [
    object('Namespace', undefined, 'apps'),
    object('Namespace', undefined, 'vault'),
    object('Node', undefined, 'worker-1'),
    object('Pod', 'apps', 'web'),
    object('Pod', 'vault', 'vault-0'),
    event({ kind: 'Pod', namespace: 'apps', name: 'web' }, { namespace: 'apps' }),
    event({ kind: 'Pod', namespace: 'vault', name: 'vault-0' }, { namespace: 'vault' }),
  ],
  logs: { 'vault/vault-0': ['unsealed'], 'apps/web': ['hello'] },
});
const onlyApps: Visibility = {
  everything: false,
  allows: (_kind, namespace) => namespace === 'apps',
  reaches: (namespace) => namespace === 'apps',
  demand: (_kind, namespace, clusterScoped) => {
    if (clusterScoped || (namespace !== undefined && namespace !== 'apps')) {
      throw new ToolError('denied', 'denied by a rule', 'no');
    }
  },
};

describe('a cluster scoped to one namespace', () => {
  test.each([
    ['known kinds', async (scoped: typeof cluster) => scoped.list('Pod', signal)],
    ['any kind', async (scoped: typeof cluster) => scoped.listAny(podKind, undefined, signal)],
    ['namespaces by their own name', async (scoped: typeof cluster) => scoped.list('Namespace', signal)],
    ['events', async (scoped: typeof cluster) => scoped.events({}, signal)],
  ])('lists only what is visible: %s', async (_name, read) => {
    const touched = newTouched();

    const { items } = await read(scopedCluster(cluster, onlyApps, touched));

    expect(items.map(({ namespace, name }) => namespace ?? name)).toEqual(['apps']);
    expect([...touched.hidden.values()]).toEqual([1]);
    expect([...touched.hiddenNamespaces]).toEqual(['vault']);
  });

  test('hides cluster-scoped objects and counts them', async () => {
    const touched = newTouched();

    const { items } = await scopedCluster(cluster, onlyApps, touched).list('Node', signal);

    expect(items).toEqual([]);
    expect(touched.hidden.get('Node')).toBe(1);
  });

  test('hides an event about a cluster-scoped object, wherever it lies', async () => {
    const touched = newTouched();
    const regarding = { kind: 'Node', name: 'worker-1' };
    const aboutNode = { ...event(regarding), namespace: 'apps', regarding };
    const odd = memoryCluster({ objects: [aboutNode] });

    const { items } = await scopedCluster(odd, onlyApps, touched).list('Event', signal);

    expect(items).toEqual([]);
    expect(touched.hidden.get('Event')).toBe(1);
  });

  test('takes hidden names out of free text before anybody can cut it', async () => {
    const message = 'pods "vault-0" is forbidden in the namespace "vault"';
    const talkative = memoryCluster({
      objects: [
        object('Pod', 'apps', 'web', { conditions: [{ type: 'Ready', status: 'False' as const, message }] }),
      ],
      logs: { 'apps/web': [message] },
    });
    const scoped = scopedCluster(
      talkative,
      onlyApps,
      newTouched(),
      async () => (text) => text.replaceAll(/"vault[^"]*"/g, '…'),
    );

    const { items } = await scoped.list('Pod', signal);
    const lines = await scoped.log({ ...logQuery, namespace: 'apps', pod: 'web' }, signal);

    expect(items[0]?.conditions[0]?.message).toBe('pods … is forbidden in the namespace …');
    expect(lines).toEqual(['pods … is forbidden in the namespace …']);
    expect(items[0]?.name).toBe('web');
  });

  test.each([
    ['an object', (scoped: typeof cluster) => scoped.get(podKind, 'vault', 'vault-0', signal)],
    [
      'one that does not exist',
      (scoped: typeof cluster) => scoped.get(podKind, 'vault', 'nothing-0', signal),
    ],
    ['a list', (scoped: typeof cluster) => scoped.listAny(podKind, 'vault', signal)],
    [
      'a cluster-scoped kind',
      (scoped: typeof cluster) => scoped.listAny(servedKind('Node', 'v1', false), undefined, signal),
    ],
    [
      'a hidden Namespace',
      (scoped: typeof cluster) =>
        scoped.get(servedKind('Namespace', 'v1', false), undefined, 'vault', signal),
    ],
    ['events', (scoped: typeof cluster) => scoped.events({ namespace: 'vault' }, signal)],
    [
      'a log',
      (scoped: typeof cluster) => scoped.log({ ...logQuery, namespace: 'vault', pod: 'vault-0' }, signal),
    ],
  ])('denies what is asked for by name before it is read: %s', async (_name, read) => {
    const touched = newTouched();

    await expect(read(scopedCluster(cluster, onlyApps, touched))).rejects.toMatchObject({
      message: 'denied by a rule',
    });

    expect(touched.listings.size + touched.seen.size).toBe(0);
  });

  test('reads what is allowed: an object, its Namespace and its log', async () => {
    const touched = newTouched();
    const scoped = scopedCluster(cluster, onlyApps, touched);

    await scoped.get(podKind, 'apps', 'web', signal);
    await scoped.get(servedKind('Namespace', 'v1', false), undefined, 'apps', signal);
    const lines = await scoped.log({ ...logQuery, namespace: 'apps', pod: 'web' }, signal);

    expect(lines).toEqual(['hello']);
    expect([...touched.seen.values()]).toEqual([
      { kind: 'Pod', namespace: 'apps' },
      { kind: 'Namespace', namespace: 'apps' },
    ]);
  });

  test('hands on what the server itself may do, and what it cannot ask stays absent', async () => {
    const asked = [{ verb: 'list', group: '', resource: 'pods' }];
    const live = {
      ...cluster,
      permissions: async (all: readonly Permission[]) => all.map((one) => ({ ...one, allowed: true })),
    };

    const told = await scopedCluster(live, onlyApps, newTouched()).permissions?.(asked, signal);

    expect(told).toEqual([{ verb: 'list', group: '', resource: 'pods', allowed: true }]);
    expect(scopedCluster(cluster, onlyApps, newTouched())).not.toHaveProperty('permissions');
  });

  test('records what reached the tool, and the worst state of a listing', async () => {
    const touched = newTouched();
    const broken = memoryCluster({ objects: [object('Pod', 'apps', 'web')], states: { Pod: 'stale' } });

    await scopedCluster(cluster, onlyApps, touched).list('Pod', signal);
    await scopedCluster(broken, onlyApps, touched).list('Pod', signal);
    await scopedCluster(cluster, onlyApps, touched).list('Pod', signal);

    expect(touched.listings.get('Pod')).toMatchObject({ state: 'stale' });
    expect([...touched.seen.values()]).toEqual([{ kind: 'Pod', namespace: 'apps' }]);
  });
});
