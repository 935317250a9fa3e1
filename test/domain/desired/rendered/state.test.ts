import { afterAll, beforeAll, expect, test } from 'vitest';

import { createDesiredState } from '#domain/desired/desired-state.ts';
import type { Engine } from '#domain/desired/engine.ts';
import { refIn } from '#domain/desired/manifest.ts';

import { createEngine } from '../../../../src/adapters/engine/host.ts';
import { open, problemOf } from '../../../adapters/git/opened.ts';
import {
  type DesiredBench,
  configMap,
  kustomization,
  listing,
  openDesiredBench,
  signal,
} from '../desired-bench.ts';

let bench: DesiredBench;

beforeAll(() => {
  bench = openDesiredBench();
});

afterAll(() => bench.close());

const FILES = {
  'clusters/main/root.yaml': kustomization('root', './root'),
  'root/kustomization.yaml': listing('wiki.yaml', 'maps.yaml'),
  'root/wiki.yaml': kustomization('wiki', './wiki'),
  'root/maps.yaml': kustomization('maps', './maps'),
  'wiki/map.yaml': configMap('wiki', '{A: b}'),
  'maps/map.yaml': configMap('maps', '{A: b}'),
};

/** The bench's engine, noting what it is asked to build. */
function noting(asked: string[]): Engine {
  return {
    predict: (request, own) => bench.engine.predict(request, own),
    build: (request, own) => {
      asked.push(request.name);
      return bench.engine.build(request, own);
    },
  };
}

test('what was built is not built again, also where two ask at once', async () => {
  const asked: string[] = [];
  const state = await bench.of(bench.repository(FILES), { engine: noting(asked) });

  const [one, other] = await Promise.all([state.render(), state.render()]);
  const again = await state.render();

  expect(asked.toSorted()).toEqual(['maps', 'root', 'wiki']);
  expect(other.renderings).toEqual(one.renderings);
  expect(again.renderings).toEqual(one.renderings);
});

test('a change that no build can see builds nothing anew', async () => {
  const asked: string[] = [];
  const repository = bench.repository({ ...FILES, '.sourceignore': '/docs\n' });
  const state = await bench.of(repository, { engine: noting(asked) });
  await state.render();
  asked.length = 0;
  repository.commit('Write', { 'docs/guide.md': 'text' });

  const { of } = await state.render();

  expect(of('wiki').commit).toBe(repository.git('rev-parse', 'HEAD'));
  expect(asked).toEqual([]);
});

test('files laid over a commit change what is built of it, and nothing else', async () => {
  const state = await bench.of(bench.repository(FILES));
  const overlay = new Map<string, Uint8Array | null>([
    ['root/kustomization.yaml', Buffer.from(listing('wiki.yaml', 'new.yaml'))],
    ['root/new.yaml', Buffer.from(kustomization('new', './new'))],
    ['new/map.yaml', Buffer.from(configMap('new', '{A: b}'))],
    ['root/maps.yaml', null],
    ['wiki/map.yaml', Buffer.from(configMap('wiki', '{A: c}'))],
  ]);

  const after = await state.render({ overlay });
  const before = await state.render();

  expect(after.renderings.map(({ name }) => name)).toEqual(['root', 'wiki', 'new']);
  expect(after.object('ConfigMap/default/wiki').object['data']).toEqual({ A: 'c' });
  expect(before.renderings.map(({ name }) => name)).toEqual(['root', 'wiki', 'maps']);
  expect(before.object('ConfigMap/default/wiki').object['data']).toEqual({ A: 'b' });
});

test('only what is asked for is answered', async () => {
  const state = await bench.of(bench.repository(FILES));

  const { renderings } = await state.render({ only: ['Kustomization/flux-system/wiki'] });

  expect(renderings.map(({ objects }) => objects.map(({ object }) => refIn(object)))).toEqual([
    ['ConfigMap/default/wiki'],
  ]);
});

test('one who leaves does not wait, and does not take the build from others', async () => {
  const { promise, resolve } = Promise.withResolvers<void>();
  const { promise: begun, resolve: begin } = Promise.withResolvers<void>();
  const engine: Engine = {
    predict: (request, own) => bench.engine.predict(request, own),
    build: async (request, own) => {
      begin();
      await promise;
      return bench.engine.build(request, own);
    },
  };
  const repository = bench.repository(FILES);
  const { reader, close } = await open({ repository: repository.path, cacheDir: bench.shop.folder('cache') });
  const state = createDesiredState({ repository: reader, engine });
  const at = { commit: repository.git('rev-parse', 'HEAD') };
  const leaving = new AbortController();
  const left = state.render({ at }, leaving.signal);
  const stays = state.render({ at }, signal);
  await begun;

  leaving.abort(new Error('gone'));

  await expect(left).rejects.toThrow('gone');
  resolve();
  const { renderings } = await stays;
  close();
  expect(renderings.map(({ status }) => status)).toEqual(['ok', 'generated', 'generated']);
});

test('without an engine it says so', async () => {
  const engine = createEngine({ wasm: ['/nowhere/engine.wasm'] });
  const state = await bench.of(bench.repository(FILES), { engine });

  const problem = await problemOf(state.render());

  expect(problem.code).toBe('unavailable');
  expect(problem.message).toBe('the rendering engine is not installed');
});
