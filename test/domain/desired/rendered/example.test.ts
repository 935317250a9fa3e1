import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { refIn } from '#domain/desired/manifest.ts';

import { after, readHistory, treesOf } from '../../../../scripts/homelab/history.ts';
import { type DesiredBench, type State, openDesiredBench } from '../desired-bench.ts';

let bench: DesiredBench;

beforeAll(() => {
  bench = openDesiredBench();
});

afterAll(() => bench.close());

const history = readHistory();
const final = treesOf(history).at(-1) ?? new Map<string, string>();

/** The example repository, as one of its branches has it. */
async function example(branch?: string): Promise<State> {
  const change = history.cases.find((each) => each.branch === branch);
  const tree = change ? after(final, change) : final;
  return (await bench.of(bench.repository(Object.fromEntries(tree)))).render();
}

describe('the example repository', () => {
  let state: State;

  beforeAll(async () => {
    state = await example();
  });

  test('has every Kustomization accounted for', () => {
    const written = [...final]
      .filter(([path]) => path.endsWith('.yaml'))
      .flatMap(([, text]) => text.match(/^apiVersion: kustomize\.toolkit\.fluxcd\.io\//gm) ?? []);
    const statuses = Map.groupBy(state.renderings, ({ status, unreached }) =>
      unreached ? 'unreached' : status,
    );
    const counts = Object.fromEntries([...statuses].map(([status, of]) => [status, of.length]));

    expect(written).toHaveLength(23);
    expect(counts).toEqual({ ok: 20, 'foreign source': 1, unreached: 2 });
    expect(state.unread).toEqual([]);
  });

  test('begins with its entry, which applies itself', () => {
    const [root] = state.renderings;

    expect(root).toMatchObject({
      ref: 'Kustomization/flux-system/flux-entry',
      status: 'ok',
      path: 'clusters/main/kubernetes',
      declared: { file: 'clusters/main/kubernetes/flux-entry.yaml', line: 2 },
    });
    expect(root?.objects.map(({ object }) => refIn(object))).toContain(
      'Kustomization/flux-system/flux-entry',
    );
    expect(state.of('wiki').parent).toBe('Kustomization/flux-system/flux-entry');
  });

  test('has its disabled services unreached', () => {
    const unreached = state.renderings
      .filter((one) => one.unreached)
      .map(({ name, declared }) => `${name} ${declared?.file}`);

    expect(unreached).toEqual([
      'recipes clusters/main/kubernetes/apps/recipes/ks.yaml',
      'dns-sinkhole clusters/main/kubernetes/network/dns-sinkhole/ks.yaml',
    ]);
  });

  test('shows variables of encrypted files by their names', () => {
    const { holes, place } = state.object('HelmRelease/wiki/wiki');

    expect([...holes.values()]).toEqual(['https://wiki.${DOMAIN_0}']);
    expect(place).toEqual({ file: 'clusters/main/kubernetes/apps/wiki/app/helm-release.yaml', line: 1 });
  });

  test('fills in what is plain', () => {
    const plan = state.renderings.find(({ name }) => name === 'system-upgrade-controller-plans');
    const versions = plan?.objects
      .map(({ object }) => object['spec'])
      .map((spec) => JSON.stringify(spec).includes('${'));

    expect(plan?.unresolved).toEqual([]);
    expect(new Set(versions)).toEqual(new Set([false]));
  });

  test('has encrypted objects of which only the existence is known', () => {
    const unverifiable = state.renderings.flatMap(({ objects }) =>
      objects.flatMap((one) =>
        one.unverifiable === undefined ? [] : [`${refIn(one.object)} ${one.unverifiable}`],
      ),
    );

    expect(unverifiable).toEqual([
      'ConfigMap/flux-system/cluster-config encrypted by SOPS',
      'Secret/flux-system/cluster-secrets encrypted by SOPS',
    ]);
  });
});

describe('a branch of it', () => {
  test('that uses a variable which nothing defines', async () => {
    const state = await example('case/undefined-variable');

    expect(state.of('wiki')).toMatchObject({
      status: 'unresolved variables',
      reason: 'nothing defines ${DOMAIN_1}',
      failure: { file: 'clusters/main/kubernetes/apps/wiki/app/helm-release.yaml' },
    });
    expect(
      final.get('clusters/main/kubernetes/apps/wiki/app/helm-release.yaml')?.split('\n')[
        (state.of('wiki').failure?.line ?? 0) - 1
      ],
    ).toContain('WIKI_URL');
  });

  test('that empties a kustomization', async () => {
    const state = await example('case/empty-root');

    expect(state.of('flux-entry')).toMatchObject({
      status: 'failed',
      failure: { file: 'clusters/main/kubernetes/network/kustomization.yaml' },
    });
    expect(state.of('wiki')).toMatchObject({
      status: 'failed',
      blockedBy: 'Kustomization/flux-system/flux-entry',
      reason: 'Kustomization/flux-system/flux-entry, which applies it, cannot be built',
    });
  });

  test('that commits a Secret in plain text', async () => {
    const state = await example('case/plaintext-secret');

    expect(state.object('Secret/code-server/code-server')).not.toHaveProperty('unverifiable');
  });
});
