import { describe, expect, test } from 'vitest';

import type { ClusterReader, ServedKind } from '#domain/cluster.ts';
import type { DesiredObject, DesiredState, Rendering } from '#domain/desired/desired.ts';
import type { Engine, JsonObject, Pair, Prediction } from '#domain/desired/engine.ts';
import type { LiveObjects } from '#domain/desired/live.ts';
import { createDrift } from '#domain/drift/drift.ts';
import type { DriftQuestion, DriftReport, ObjectDrift } from '#domain/drift/report.ts';
import type { FluxObject } from '#domain/objects/flux.ts';
import type { ObjectRef } from '#domain/objects/meta.ts';
import type { RepositoryReader } from '#domain/repository/port.ts';

import { memoryCluster } from '../../support/memory-cluster.ts';
import { NOW, controller, flux } from '../flux/objects.ts';
import { FLUX, change, desired, live, manifest, owner, rendering } from './objects.ts';

const signal = new AbortController().signal;
const WIKI = 'Deployment/apps/wiki';
const [APPLIED, HEAD] = ['a'.repeat(40), 'b'.repeat(40)];

interface World {
  /** Objects that Git had at the applied revision; at the head, those of `head`. */
  git: readonly DesiredObject[];
  head?: readonly DesiredObject[];
  there: readonly JsonObject[];
  inventory?: readonly ObjectRef[];
  predictions?: Readonly<Record<string, Prediction>>;
  more?: Partial<Rendering>;
  flux?: readonly FluxObject[];
  /** Kinds that cannot be read or were cut, with why. */
  unread?: Readonly<Record<string, { state: 'current' | 'unknown'; why: string }>>;
}

const SAME: Prediction = { ok: true, changes: [], kept: [] };

class Bench {
  readonly compared: Pair[][] = [];
  readonly listed: string[] = [];
  readonly #drift;

  constructor(world: World) {
    const apps = flux('Kustomization/flux-system/apps', { inventory: [...(world.inventory ?? [])] });
    const controllers = ['source', 'kustomize', 'helm'].map((name) => controller(`${name}-controller`));
    const cluster: ClusterReader = memoryCluster({
      objects: [apps, ...controllers, ...(world.flux ?? [])],
      served: SERVED,
    });
    this.#drift = createDrift({
      desired: desiredState(world),
      engine: this.#engine(world),
      cluster,
      live: this.#live(world),
      repository: { head: headCommit },
      now: () => NOW,
    });
  }

  compare(question: DriftQuestion = { at: 'applied' }): Promise<DriftReport> {
    return this.#drift.compare(question, signal);
  }

  #engine({ predictions = {} }: World): Engine {
    return {
      build: () => Promise.reject(new Error('nothing is built here')),
      predict: async ({ pairs }) => {
        this.compared.push([...pairs]);
        return pairs.map(({ desired: object }) => predictions[nameOf(object)] ?? SAME);
      },
    };
  }

  #live({ there, unread = {} }: World): LiveObjects {
    return {
      list: async (kind) => {
        this.listed.push(kind.kind);
        const items = there.filter((object) => object['kind'] === kind.kind);
        return { kind: kind.kind, state: 'current', items, asOf: NOW, ...unread[kind.kind] };
      },
      configMap: async () => undefined,
      schemas: async () => new Map(),
    };
  }
}

const SERVED: readonly ServedKind[] = [
  {
    kind: 'Deployment',
    group: 'apps',
    version: 'v1',
    plural: 'deployments',
    namespaced: true,
    listable: true,
  },
  { kind: 'ConfigMap', group: '', version: 'v1', plural: 'configmaps', namespaced: true, listable: true },
  { kind: 'Secret', group: '', version: 'v1', plural: 'secrets', namespaced: true, listable: true },
];

async function headCommit(): ReturnType<RepositoryReader['head']> {
  return { commit: { sha: HEAD } } as Awaited<ReturnType<RepositoryReader['head']>>;
}

function nameOf(object: JsonObject): string {
  return (object['metadata'] as JsonObject)['name'] as string;
}

function desiredState({ git, head = git, more = {} }: World): DesiredState {
  return {
    render: async ({ at }) => {
      const isHead = at !== 'applied' && at.commit === HEAD;
      const commit = isHead ? HEAD : APPLIED;
      return { renderings: [rendering(isHead ? head : git, { commit, ...more })], unread: [] };
    },
  };
}

async function only(world: World, question?: DriftQuestion): Promise<ObjectDrift> {
  const { objects } = await new Bench(world).compare(question);
  expect(objects).toHaveLength(1);
  return objects[0] as ObjectDrift;
}

const wiki = desired(manifest(WIKI));
const edited: Prediction = { ok: true, changes: [change('.spec.replicas', { owners: [1] })], kept: [] };
const EDIT = owner('kubectl-edit', { time: '2026-05-09T11:30:00Z' });

describe('an object of Git beside the cluster', () => {
  test.each<[string, string | undefined, World]>([
    ['clean', undefined, { git: [wiki], there: [live(WIKI)] }],
    ['drifted', undefined, { git: [wiki], there: [live(WIKI, [FLUX, EDIT])], predictions: { wiki: edited } }],
    ['missing', undefined, { git: [wiki], there: [] }],
    ['deleted', undefined, { git: [wiki], there: [], inventory: [refTo('Deployment', 'apps')] }],
    [
      'unverifiable',
      'forbidden',
      { git: [wiki], there: [], unread: { Deployment: { state: 'unknown', why: 'forbidden' } } },
    ],
    [
      'unverifiable',
      'only the first 2 were read',
      {
        git: [wiki],
        there: [],
        unread: { Deployment: { state: 'current', why: 'only the first 2 were read' } },
      },
    ],
    [
      'clean',
      undefined,
      {
        git: [wiki],
        there: [live(WIKI)],
        unread: { Deployment: { state: 'current', why: 'only the first 2 were read' } },
      },
    ],
    [
      'unverifiable',
      'the cluster does not serve its kind',
      { git: [desired(manifest('Gadget/apps/wiki'))], there: [] },
    ],
    [
      'unverifiable',
      'Secrets are never read',
      { git: [desired(manifest('Secret/apps/wiki'))], there: [live('Secret/apps/wiki')] },
    ],
    ['unverifiable', 'SOPS', { git: [{ ...wiki, unverifiable: 'SOPS' }], there: [live(WIKI)] }],
    [
      'unverifiable',
      'does not fit',
      { git: [wiki], there: [live(WIKI)], predictions: { wiki: { ok: false, message: 'does not fit' } } },
    ],
    [
      'unverifiable',
      'it is applied to another cluster (spec.kubeConfig)',
      { git: [wiki], there: [live(WIKI)], more: { spec: { kubeConfig: {} } } },
    ],
  ])('is %s (%s)', async (state, why, world) => {
    const object = await only(world);

    expect(object.state).toBe(state);
    expect(object.why).toBe(why);
  });

  test('is drifted, not pending, where a hand was on it before Git', async () => {
    const mixed: Prediction = {
      ok: true,
      changes: [change('.spec.replicas', { owners: [1] }), change('.spec.paused', { owners: [0] })],
      kept: [],
    };

    const object = await only({
      git: [wiki],
      there: [live(WIKI, [FLUX, EDIT])],
      predictions: { wiki: mixed },
    });

    expect(object.state).toBe('drifted');
    expect(object.fields.map(({ path, isPending }) => [path, isPending])).toEqual([
      ['.spec.replicas', false],
      ['.spec.paused', true],
    ]);
  });

  test('is well or not by its own status', async () => {
    const status =
      'status: {conditions: [{type: Available, status: "False", reason: MinimumReplicasUnavailable}]}';

    const object = await only({ git: [wiki], there: [live(WIKI, [FLUX], status)] });

    expect(object).toMatchObject({ state: 'clean', health: 'Available=False (MinimumReplicasUnavailable)' });
  });
});

describe('an object that Flux applied and Git has no more', () => {
  const gone = { git: [], inventory: [refTo('Deployment', 'apps')] };

  test('is too many, and will be pruned', async () => {
    const object = await only({ ...gone, there: [live(WIKI)] });

    expect(object).toMatchObject({ ref: WIKI, state: 'extra', told: { fate: 'pruned' } });
  });

  test.each<[string, World]>([
    ['it is not there', { ...gone, there: [] }],
    ['the rendering failed', { ...gone, there: [live(WIKI)], more: { status: 'failed' } }],
    [
      'another Kustomization has taken it over',
      { ...gone, there: [live(WIKI, [FLUX], '{}', { labels: labelsOf('other') })] },
    ],
  ])('says nothing where %s', async (_, world) => {
    const { objects } = await new Bench(world).compare();

    expect(objects).toEqual([]);
  });

  test('cannot be verified where its kind cannot be read', async () => {
    const object = await only({ git: [], inventory: [refTo('Secret', '')], there: [] });

    expect(object).toMatchObject({
      state: 'unverifiable',
      why: 'Git does not have it any more; Secrets are never read',
    });
  });
});

describe('with Git ahead of what was applied', () => {
  const paused = desired(manifest(WIKI, 'spec: {paused: true}'));
  const adds: Prediction = {
    ok: true,
    changes: [change('.spec.paused', { does: 'adds', live: undefined, desired: true })],
    kept: [],
  };
  const world: World = { git: [wiki], head: [paused], there: [live(WIKI, [FLUX, EDIT])] };

  test('an object that is as it was applied is clean, and ahead', async () => {
    const object = await only(world);

    expect(object).toMatchObject({ state: 'clean', isPending: true });
  });

  test('what the head adds is pending there, and no hand has taken it away', async () => {
    const object = await only({ ...world, predictions: { wiki: adds } }, { at: { commit: HEAD } });

    expect(object).toMatchObject({
      state: 'pending',
      isPending: true,
      fields: [{ path: '.spec.paused', git: 'true', isPending: true, told: { fate: 'applied' } }],
    });
  });

  test('what the applied revision had already was taken away', async () => {
    const object = await only(
      { ...world, git: [paused], predictions: { wiki: adds } },
      { at: { commit: HEAD } },
    );

    expect(object).toMatchObject({ state: 'drifted', fields: [{ who: 'perhaps kubectl edit' }] });
  });

  test('what the head removes is ahead, not left over', async () => {
    const object = await only(
      { ...world, head: [], inventory: [refTo('Deployment', 'apps')] },
      { at: { commit: HEAD } },
    );

    expect(object).toMatchObject({ state: 'extra', isPending: true, told: { fate: 'pruned' } });
  });
});

describe('a repeated question', () => {
  test('compares nothing anew, but what has changed since', async () => {
    const there = [live(WIKI), live('ConfigMap/apps/x')];
    const world = { git: [wiki, desired(manifest('ConfigMap/apps/x'))], there };
    const bench = new Bench(world);

    await bench.compare();
    await bench.compare();
    there[1] = live('ConfigMap/apps/x', [FLUX], '{}', { resourceVersion: '2' });
    await bench.compare();

    expect(bench.compared.map((pairs) => pairs.map((pair) => nameOf(pair.live)))).toEqual([
      ['wiki', 'x'],
      ['x'],
    ]);
  });

  test('reads each kind once a comparison', async () => {
    const names = ['wiki', 'blog', 'shop'];
    const bench = new Bench({
      git: names.map((name) => desired(manifest(`Deployment/apps/${name}`))),
      there: [],
    });

    await bench.compare();

    expect(bench.listed).toEqual(['Deployment']);
  });

  test('asks again after a pair that could not be compared', async () => {
    const bench = new Bench({
      git: [wiki],
      there: [live(WIKI)],
      predictions: { wiki: { ok: false, message: 'timeout' } },
    });

    await bench.compare();
    await bench.compare();

    expect(bench.compared).toHaveLength(2);
  });
});

test('a release of Git is looked through by its inventory', async () => {
  const ref = { kind: 'Deployment', group: 'apps', namespace: 'apps', name: 'charted' };
  const release = flux('HelmRelease/apps/charted', { inventory: [ref] });
  const git = [desired({ ...manifest('HelmRelease/apps/charted'), apiVersion: 'helm.toolkit.fluxcd.io/v2' })];

  const { objects } = await new Bench({ git, there: [], flux: [release] }).compare();

  expect(objects.find(({ kind }) => kind === 'Deployment')).toMatchObject({
    by: 'HelmRelease/apps/charted',
    state: 'deleted',
  });
});

function refTo(kind: string, group: string): ObjectRef {
  return { kind, group, namespace: 'apps', name: 'wiki' };
}

function labelsOf(name: string): JsonObject {
  return { 'kustomize.toolkit.fluxcd.io/name': name, 'kustomize.toolkit.fluxcd.io/namespace': 'flux-system' };
}
