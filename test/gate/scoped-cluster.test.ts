import { describe, expect, test } from 'vitest';

import { scopedCluster } from '../../src/gate/scoped-cluster.ts';
import { newTouched } from '../../src/gate/touched.ts';
import { memoryCluster, servedKind } from '../support/memory-cluster.ts';
import { event, object } from '../support/objects.ts';

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
const onlyApps = { everything: false, allows: (_kind: string, namespace: string | undefined) => namespace === 'apps' };

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

  test('answers a hidden object like one that does not exist', async () => {
    const scoped = scopedCluster(cluster, onlyApps, newTouched());

    const hidden = await messageOf(scoped.get(podKind, 'vault', 'vault-0', signal));
    const missing = await messageOf(scoped.get(podKind, 'vault', 'nothing-0', signal));

    expect(hidden.replace('vault-0', 'X')).toBe(missing.replace('nothing-0', 'X'));
  });

  test('reads no log of a hidden pod', async () => {
    const scoped = scopedCluster(cluster, onlyApps, newTouched());
    const query = { namespace: 'vault', pod: 'vault-0', previous: false, tailLines: 5, limitBytes: 1_000 };

    await expect(scoped.log(query, signal)).rejects.toMatchObject({ code: 'not_found' });
    await expect(scoped.log({ ...query, namespace: 'apps', pod: 'web' }, signal)).resolves.toEqual(['hello']);
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

async function messageOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => 'resolved',
    (error: Error) => error.message,
  );
}
