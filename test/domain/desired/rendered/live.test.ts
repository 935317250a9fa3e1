import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { JsonObject } from '#domain/desired/engine.ts';
import type { LiveCluster } from '#domain/desired/live-flux.ts';
import { NOT_RECORDED } from '#domain/desired/live.ts';
import { refIn, textAt } from '#domain/desired/manifest.ts';

import { projectorOf } from '../../../../src/adapters/kubernetes/project/index.ts';
import { textWith } from '../../../../src/adapters/kubernetes/project/meta.ts';
import { memoryCluster, servedKind } from '../../../support/memory-cluster.ts';
import type { TestRepository } from '../../../support/git-repository.ts';
import { type DesiredBench, configMap, kustomization, listing, openDesiredBench } from '../desired-bench.ts';

let bench: DesiredBench;

beforeAll(() => {
  bench = openDesiredBench();
});

afterAll(() => bench.close());

function served(object: JsonObject): ReturnType<typeof servedKind> {
  return servedKind(textAt(object, 'kind'), textAt(object, 'apiVersion'), true);
}

async function unasked(): Promise<never> {
  throw new Error('schemas are not asked for');
}

/** A cluster with these objects, whole for comparing and projected as the real adapter does. */
function clusterOf(objects: readonly JsonObject[]): LiveCluster {
  return {
    cluster: memoryCluster({
      objects: objects.map((object) =>
        projectorOf(
          served(object),
          textWith((text) => text),
        )(object),
      ) as never,
    }),
    live: {
      list: async ({ kind }) => ({
        kind,
        state: 'current',
        asOf: 0,
        items: objects.filter((object) => object['kind'] === kind),
      }),
      configMap: async (namespace, name) =>
        objects.find((object) => refIn(object) === `ConfigMap/${namespace}/${name}`)?.['data'] as
          | Record<string, string>
          | undefined,
      schemas: unasked,
    },
  };
}

interface Applied {
  path: string;
  revision?: string;
  by?: string;
  spec?: JsonObject;
}

function live(name: string, { path, revision, by, spec = {} }: Applied): JsonObject {
  const owner = {
    'kustomize.toolkit.fluxcd.io/name': by ?? '',
    'kustomize.toolkit.fluxcd.io/namespace': 'flux-system',
  };
  return {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name, namespace: 'flux-system', labels: by === undefined ? {} : owner },
    spec: { interval: '10m', prune: true, path, sourceRef: { kind: 'GitRepository', name: 'home' }, ...spec },
    status: revision === undefined ? {} : { lastAppliedRevision: `main@sha1:${revision}` },
  };
}

function source(url: string, revision: string, spec: JsonObject = {}): JsonObject {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'GitRepository',
    metadata: { name: 'home', namespace: 'flux-system' },
    spec: { interval: '1m', url, ...spec },
    status: { artifact: { revision: `main@sha1:${revision}` } },
  };
}

function controller(image: string, args: readonly string[] = []): JsonObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'kustomize-controller', namespace: 'flux-system' },
    spec: { template: { spec: { containers: [{ name: 'manager', image, args: [...args] }] } } },
  };
}

function liveMap(name: string, data: JsonObject): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'flux-system' }, data };
}

const FROM: JsonObject = { postBuild: { substituteFrom: [{ kind: 'ConfigMap', name: 'settings' }] } };

function fromNowhere(optional: boolean): JsonObject {
  return { postBuild: { substituteFrom: [{ kind: 'ConfigMap', name: 'nowhere', optional }] } };
}

function repositoryWith(map: string): TestRepository {
  return bench.repository({
    'root/kustomization.yaml': listing('ks.yaml', 'settings.yaml'),
    'root/ks.yaml': kustomization(
      'web',
      './web',
      '  postBuild: {substituteFrom: [{kind: ConfigMap, name: settings}]}\n',
    )
      .replace('flux-system}\n', 'home}\n')
      .replace('name: flux-system}', 'name: home}'),
    'root/settings.yaml': configMap('settings', '{HOST: web.example, PORT: "80"}', 'flux-system'),
    'web/map.yaml': map,
  });
}

describe('what was applied', () => {
  test('is not built from a patch whose text was not recorded: it would be another', async () => {
    const repository = repositoryWith(configMap('web', '{A: old}'));
    const head = repository.git('rev-parse', 'HEAD');
    const patched = { patches: [{ target: { kind: 'ConfigMap' }, patch: NOT_RECORDED }] };
    const cluster = clusterOf([
      source(repository.path, head),
      live('root', { path: './root', revision: head }),
      live('web', { path: './web', revision: head, by: 'root', spec: patched }),
    ]);
    const state = await bench.of(repository, { cluster });

    const applied = await state.render({ at: 'applied' });

    expect(applied.of('root')).toMatchObject({ status: 'ok' });
    expect(applied.of('web')).toMatchObject({
      status: 'failed',
      reason: 'a patch of it was recorded without its text; ask the live cluster',
      objects: [],
    });
  });

  test('is each Kustomization as it runs, from the commit that it last applied', async () => {
    const repository = repositoryWith(configMap('web', '{A: old}'));
    const before = repository.git('rev-parse', 'HEAD');
    const head = repository.commit('Change', { 'web/map.yaml': configMap('web', '{A: new}') });
    const cluster = clusterOf([
      source(repository.path, head),
      live('root', { path: './root', revision: head }),
      live('web', { path: './web', revision: before, by: 'root', spec: { targetNamespace: 'edge' } }),
    ]);
    const state = await bench.of(repository, { cluster });

    const applied = await state.render({ at: 'applied' });
    const next = await state.render();

    expect(applied.of('root')).toMatchObject({ commit: head, status: 'ok' });
    expect(applied.of('web')).toMatchObject({
      commit: before,
      parent: 'Kustomization/flux-system/root',
      declared: { file: 'root/ks.yaml', line: 1 },
    });
    expect(applied.object('ConfigMap/edge/web').object['data']).toEqual({ A: 'old' });
    expect(next.object('ConfigMap/default/web').object['data']).toEqual({ A: 'new' });
  });

  test.each([
    ['new', 'HealthCheckFailed'],
    ['new', 'PruneFailed'],
    ['old', 'BuildFailed'],
    ['old', 'ReconciliationFailed'],
  ])('is %s after an attempt that ended in %s', async (value, reason) => {
    const repository = repositoryWith(configMap('web', '{A: old}'));
    const before = repository.git('rev-parse', 'HEAD');
    const head = repository.commit('Change', { 'web/map.yaml': configMap('web', '{A: new}') });
    const status = {
      lastAppliedRevision: `main@sha1:${before}`,
      lastAttemptedRevision: `main@sha1:${head}`,
      conditions: [{ type: 'Ready', status: 'False', reason, message: '' }],
    };
    const web = { ...live('web', { path: './web' }), status };
    const state = await bench.of(repository, { cluster: clusterOf([source(repository.path, head), web]) });

    const applied = await state.render({ at: 'applied' });

    expect(applied.object('ConfigMap/default/web').object['data']).toEqual({ A: value });
  });

  test('is only of what is asked for', async () => {
    const repository = repositoryWith(configMap('web', '{A: b}'));
    const head = repository.git('rev-parse', 'HEAD');
    const cluster = clusterOf([
      source(repository.path, head),
      live('root', { path: './root', revision: head }),
      live('web', { path: './web', revision: head, by: 'root' }),
    ]);

    const { renderings } = await (
      await bench.of(repository, { cluster })
    ).render({ at: 'applied', only: ['Kustomization/flux-system/web'] });

    expect(renderings.map(({ name }) => name)).toEqual(['web']);
  });
});

describe('values of live ConfigMaps', () => {
  const map = configMap(
    'web',
    '\n  A: "https://${HOST}"\n  B: "${PORT}"\n  C: ${PORT}\n  D: "${OTHER}"\n  E: "${HOST:0:3}"',
  );

  async function holesWith(data: JsonObject): Promise<{ data: unknown; holes: Record<string, string> }> {
    const repository = repositoryWith(map);
    const head = repository.git('rev-parse', 'HEAD');
    const cluster = clusterOf([
      source(repository.path, head),
      live('root', { path: './root', revision: head }),
      live('web', { path: './web', revision: head, by: 'root', spec: FROM }),
      liveMap('settings', data),
    ]);
    const applied = await (await bench.of(repository, { cluster })).render({ at: 'applied' });
    const { object, holes } = applied.object('ConfigMap/default/web');
    return { data: object['data'], holes: Object.fromEntries(holes) };
  }

  test('are plain where Git has the same, and secret where it has not', async () => {
    const { data, holes } = await holesWith({ HOST: 'web.example', PORT: '443', OTHER: 'hidden' });

    expect(data).toMatchObject({ A: 'https://web.example', B: 443, D: 'hidden', E: 'web' });
    expect(holes).toEqual({ '.data.B': '${PORT}', '.data.C': '${PORT}', '.data.D': '${OTHER}' });
  });

  test('that are cut make a hole too', async () => {
    const { holes } = await holesWith({ HOST: 'hidden.example', PORT: '80', OTHER: 'x' });

    expect(holes).toMatchObject({ '.data.A': 'https://${HOST}', '.data.E': expect.any(String) });
    expect(holes).not.toHaveProperty('.data.B');
  });

  test('that a build needs and that are nowhere fail it, unless they are optional', async () => {
    const repository = repositoryWith(configMap('web', '{A: b}'));
    const head = repository.git('rev-parse', 'HEAD');
    const cluster = clusterOf([
      source(repository.path, head),
      live('web', { path: './web', revision: head, spec: fromNowhere(false) }),
      live('free', { path: './web', revision: head, spec: fromNowhere(true) }),
    ]);

    const applied = await (await bench.of(repository, { cluster })).render({ at: 'applied' });

    expect(applied.of('web')).toMatchObject({
      status: 'failed',
      reason: 'ConfigMap flux-system/nowhere does not exist, and the build needs it',
    });
    expect(applied.of('free').status).toBe('generated');
  });

  test('give way to what Git will make of them, where a state of Git is asked for', async () => {
    const repository = repositoryWith(configMap('web', '{A: "${HOST}", B: "${NEW}"}'));
    const head = repository.git('rev-parse', 'HEAD');
    const added = configMap('settings', '{HOST: next.example, NEW: added}', 'flux-system');
    const cluster = clusterOf([
      source(repository.path, head),
      live('root', { path: './root', revision: head }),
      liveMap('settings', { HOST: 'web.example', PORT: '80' }),
    ]);

    const next = await (
      await bench.of(repository, { cluster })
    ).render({
      overlay: new Map([['root/settings.yaml', Buffer.from(added)]]),
    });

    expect(next.object('ConfigMap/default/web').object['data']).toEqual({ A: 'next.example', B: 'added' });
  });

  test('never stand in the reason of a failure', async () => {
    const repository = repositoryWith(
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: web, namespace: default}\ndata: {A: ${HOST}}\n',
    );
    const head = repository.git('rev-parse', 'HEAD');
    const cluster = clusterOf([
      source(repository.path, head),
      live('web', { path: './web', revision: head, spec: FROM }),
      liveMap('settings', { HOST: '"hidden' }),
    ]);

    const applied = await (await bench.of(repository, { cluster })).render({ at: 'applied' });

    expect(applied.of('web')).toMatchObject({ status: 'failed', failure: { file: 'web/map.yaml' } });
    expect(JSON.stringify(applied.renderings)).not.toContain('hidden');
  });
});

test('an inline value is plain only where a file has it just so', async () => {
  const repository = bench.repository({
    'root/ks.yaml': kustomization('web', './web', '  postBuild: {substitute: {A: written, B: written}}\n'),
    'web/map.yaml': configMap('web', '{A: "${A}", B: "${B}"}'),
  });
  const head = repository.git('rev-parse', 'HEAD');
  const cluster = clusterOf([
    source(repository.path, head),
    live('web', {
      path: './web',
      revision: head,
      spec: { postBuild: { substitute: { A: 'written', B: 'by hand' } } },
    }),
  ]);

  const applied = await (await bench.of(repository, { cluster })).render({ at: 'applied' });

  expect(Object.fromEntries(applied.object('ConfigMap/default/web').holes)).toEqual({ '.data.B': '${B}' });
});

test.each<[image: string, args: string[], status: string]>([
  ['ghcr.io/fluxcd/kustomize-controller:v1.9.4', [], 'unresolved variables'],
  [
    'ghcr.io/fluxcd/kustomize-controller:v1.9.4',
    ['--feature-gates=StrictPostBuildSubstitutions=false'],
    'generated',
  ],
  ['ghcr.io/fluxcd/kustomize-controller:v1.8.2', [], 'generated'],
  [
    'ghcr.io/fluxcd/kustomize-controller:v1.8.2',
    ['--feature-gates=StrictPostBuildSubstitutions=true'],
    'unresolved variables',
  ],
  ['registry.example.test/kustomize-controller@sha256:00', [], 'unresolved variables'],
])('an undefined variable under %s %s: %s', async (image, args, status) => {
  const repository = repositoryWith(configMap('web', '{A: "x${NOWHERE}"}'));
  const head = repository.git('rev-parse', 'HEAD');
  const spec: JsonObject = { postBuild: { substitute: { A: 'b' } } };
  const cluster = clusterOf([
    source(repository.path, head),
    live('web', { path: './web', revision: head, spec }),
    controller(image, args),
  ]);

  const applied = await (await bench.of(repository, { cluster })).render({ at: 'applied' });

  expect(applied.of('web').status).toBe(status);
});

describe('whose repository it is', () => {
  const elsewhere = 'https://git.example.test/home.git';

  test('is told by a commit that the cluster has fetched, where the place has another name', async () => {
    const repository = repositoryWith(configMap('web', '{A: b}'));
    const head = repository.git('rev-parse', 'HEAD');
    const cluster = clusterOf([
      source(elsewhere, head, { ignore: '/root/ks.yaml\n' }),
      live('root', { path: './root', revision: head }),
    ]);

    const applied = await (await bench.of(repository, { cluster })).render({ at: 'applied' });

    expect(applied.of('root')).toMatchObject({
      status: 'failed',
      failure: { file: 'root/kustomization.yaml' },
    });
  });

  test('is another one where it is not', async () => {
    const repository = repositoryWith(configMap('web', '{A: b}'));
    const cluster = clusterOf([
      source(elsewhere, '0'.repeat(40)),
      live('root', { path: './root', revision: '0'.repeat(40) }),
    ]);

    const applied = await (await bench.of(repository, { cluster })).render({ at: 'applied' });

    expect(applied.of('root').status).toBe('foreign source');
  });
});

test('below a Kustomization that a commit breaks, the cluster knows what it applies', async () => {
  const repository = repositoryWith(configMap('web', '{A: b}'));
  const head = repository.git('rev-parse', 'HEAD');
  const broken = repository.commit('Break', { 'root/kustomization.yaml': listing('ks.yaml', 'gone.yaml') });
  const cluster = clusterOf([
    source(repository.path, head),
    live('root', { path: './root', revision: head }),
    live('web', { path: './web', revision: head, by: 'root' }),
  ]);

  const next = await (await bench.of(repository, { cluster })).render({ at: { commit: broken } });

  expect(next.renderings.map(({ name, status, unreached }) => [name, status, unreached])).toEqual([
    ['root', 'failed', undefined],
    ['web', 'generated', undefined],
  ]);
});
