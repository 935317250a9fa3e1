import { afterEach, beforeEach, describe, expect, test } from 'vitest';

import type { FluxObject } from '#domain/objects/flux.ts';
import type { AnyObject } from '#domain/objects/index.ts';

import { createPlaceSource } from '../../src/adapters/places.ts';
import { crashing, deployed, unready } from '../domain/health/objects.ts';
import { flux, ready } from '../domain/flux/objects.ts';
import { fluxKustomization, kustomization, manifest } from '../domain/locate/files.ts';
import { type BenchSetup, type RepositoryBench, openRepositoryBench } from '../support/repository-bench.ts';

const RELEASE = 'clusters/main/wiki/app/release.yaml';

const FILES = {
  'clusters/main/flux.yaml': fluxKustomization('flux-system', './clusters/main'),
  'clusters/main/wiki/ks.yaml': fluxKustomization('wiki', './clusters/main/wiki/app'),
  'clusters/main/kustomization.yaml': kustomization(['flux.yaml', 'wiki/ks.yaml']),
  'clusters/main/wiki/app/kustomization.yaml': kustomization(
    ['release.yaml', 'gone.yaml'],
    'namespace: wiki\n',
  ),
  [RELEASE]: `${manifest('HelmRelease', 'wiki')}spec:\n  chart:\n    spec:\n      version: 1.2.3\n  values:\n    image:\n      repository: ghcr.io/home/wiki\n      tag: 3.2.0\n`,
};

function labels(prefix: string, name: string, namespace: string): Record<string, string> {
  return { [`${prefix}.toolkit.fluxcd.io/name`]: name, [`${prefix}.toolkit.fluxcd.io/namespace`]: namespace };
}

const SOURCE = { kind: 'GitRepository', name: 'flux-system', namespace: 'flux-system' };

/** A crashing Deployment of the release wiki, whose Kustomization cannot be built any more. */
function clusterOn(url: string, more: Partial<FluxObject> = {}): (AnyObject | FluxObject)[] {
  const root = { kind: 'Kustomization', name: 'flux-system', namespace: 'flux-system' };
  const byRoot = labels('kustomize', 'flux-system', 'flux-system');
  const broken = ready(
    'False',
    'BuildFailed',
    "accumulating resources from 'gone.yaml': open /tmp/kustomization-1/clusters/main/wiki/app/gone.yaml: no such file or directory",
  );
  return [
    flux('GitRepository/flux-system/flux-system', { url, branch: 'main', ...more }),
    flux('Kustomization/flux-system/flux-system', {
      path: './clusters/main',
      source: SOURCE,
      labels: byRoot,
      inventory: [{ ...root, group: 'kustomize.toolkit.fluxcd.io' }],
    }),
    flux('Kustomization/flux-system/wiki', {
      path: './clusters/main/wiki/app',
      source: SOURCE,
      labels: byRoot,
      conditions: [broken],
    }),
    flux('HelmRelease/wiki/wiki', {
      labels: labels('kustomize', 'wiki', 'flux-system'),
      conditions: [ready('False', 'UpgradeFailed', 'values do not meet the schema')],
    }),
    ...deployed(
      'wiki',
      1,
      (name) => unready(name, 20, { containers: [crashing({ image: 'ghcr.io/home/wiki:3.3.0' })] }),
      { namespace: 'wiki', labels: labels('helm', 'wiki', 'wiki') },
    ).map((one) => (one.kind === 'Pod' ? one : { ...one, apiVersion: 'apps/v1' })),
  ];
}

const opened: RepositoryBench[] = [];
afterEach(() => opened.splice(0).forEach((bench) => bench.close()));

/** A bench whose cluster follows its remote, unless told what else. */
async function benchOf(
  setup: Partial<BenchSetup> = {},
  source?: { url: string } & Partial<FluxObject>,
): Promise<RepositoryBench & { bumped: string }> {
  const objects: (AnyObject | FluxObject)[] = [];
  const bench = await openRepositoryBench({ files: FILES, cluster: { objects }, ...setup });
  opened.push(bench);
  const bumped = bench.publish('Bump the wiki', {
    [RELEASE]: FILES[RELEASE]?.replace('3.2.0', '3.3.0') ?? '',
  });
  const { url = `file://${bench.remote.path}`, ...more } = source ?? {};
  objects.push(...clusterOn(url, more));
  return { ...bench, bumped };
}

async function gitByRef(bench: RepositoryBench): Promise<Record<string, unknown>> {
  const { data, text } = await bench.ask('health_summary');
  if (data === undefined) throw new Error(text);
  const findings = data['findings'] as { ref: string; git?: unknown }[];
  return Object.fromEntries(findings.map(({ ref, git }) => [ref, git]));
}

async function problems(bench: RepositoryBench): Promise<{ git: Record<string, unknown> }> {
  const { data, text } = await bench.ask('reconciliation_status');
  if (data === undefined) throw new Error(text);
  const { columns, rows } = data['problems'] as { columns: string[]; rows: unknown[][] };
  const at = columns.indexOf('git');
  return { git: Object.fromEntries(rows.map((row) => [String(row[0]), row[at]])) };
}

describe('a cluster that follows the repository', () => {
  let bench: RepositoryBench & { bumped: string };
  beforeEach(async () => {
    bench = await benchOf();
  });

  test('findings name the line to look at, and who touched its file last', async () => {
    const git = await gitByRef(bench);

    const last = { commit: bench.bumped.slice(0, 12), author: 'Sam Operator' };
    expect(git['Deployment/wiki/wiki']).toMatchObject({ file: RELEASE, line: 12, ...last });
    expect(git['HelmRelease/wiki/wiki']).toMatchObject({ file: RELEASE, line: 8, ...last });
    expect(git['Kustomization/flux-system/wiki']).toMatchObject({
      file: 'clusters/main/wiki/app/kustomization.yaml',
      line: 5,
    });
  });

  test('statuses say the same in one column', async () => {
    const { git } = await problems(bench);

    expect(git['HelmRelease/wiki/wiki']).toMatch(
      new RegExp(`^${RELEASE}:8 \\(${bench.bumped.slice(0, 12)} Sam Operator, 2026-03-01T[0-9:]{5}Z\\)$`),
    );
    expect(git['Kustomization/flux-system/wiki']).toMatch(
      /^clusters\/main\/wiki\/app\/kustomization.yaml:5 /,
    );
  });

  test('what is pushed is known with the next question', async () => {
    await gitByRef(bench);
    const moved = bench.publish('Note something', { [RELEASE]: `# note\n\n${FILES[RELEASE]}` });

    const git = await gitByRef(bench);

    expect(git['Deployment/wiki/wiki']).toMatchObject({ line: 14, commit: moved.slice(0, 12) });
  });
});

describe('a cluster that follows another', () => {
  test.each<[string, { url: string } & Partial<FluxObject>]>([
    ['repository', { url: 'https://git.example.test/else/where.git' }],
    [
      'repository, which has reached a commit that is not in this one',
      {
        url: 'https://git.example.test/else/where.git',
        artifact: { revision: `main@sha1:${'a'.repeat(40)}` },
      },
    ],
  ])('%s: no line is claimed', async (_, source) => {
    const bench = await benchOf({}, source);

    expect(Object.values(await gitByRef(bench)).filter(Boolean)).toEqual([]);
    expect(Object.values((await problems(bench)).git).filter(Boolean)).toEqual([]);
  });

  test('branch: no line is claimed', async () => {
    const bench = await benchOf();
    const other = await benchOf({}, { url: `file://${bench.remote.path}`, branch: 'next' });

    expect(Object.values(await gitByRef(other)).filter(Boolean)).toEqual([]);
  });

  test('place of the same repository, by the commit it has reached: lines are claimed and nothing is warned of', async () => {
    const objects: (AnyObject | FluxObject)[] = [];
    const bench = await benchOf({ cluster: { objects } });
    const revision = `main@sha1:${bench.bumped}`;
    objects.splice(
      0,
      objects.length,
      ...clusterOn('https://mirror.example.test/home.git', { artifact: { revision } }),
    );

    const { data } = await bench.ask('health_summary');

    expect(JSON.stringify(data)).toContain(`"file":"${RELEASE}"`);
    expect(data?.['cluster']).not.toHaveProperty('warning');
  });
});

describe('what is not there', () => {
  test('files that the policy hides are not named, and counted', async () => {
    const rules = [
      '{id: all, effect: allow, reason: r}',
      '{id: hide, effect: deny, paths: ["clusters/main/wiki/app/release.yaml"], reason: r}',
    ].join(', ');
    const bench = await benchOf({ rules });

    const { data } = await bench.ask('health_summary');

    expect(JSON.stringify(data)).not.toContain(RELEASE);
    expect(JSON.stringify(data)).toContain('clusters/main/wiki/app/kustomization.yaml');
    expect(data?.['hidden']).toMatchObject({ File: expect.any(Number) as number });
  });

  test('a mirror that does not answer costs a moment, and is told once', async () => {
    const places = createPlaceSource({
      openRepository: () => new Promise(() => undefined),
      patience: 30,
    });
    const bench = await benchOf({ places });

    const { data } = await bench.ask('health_summary');

    expect(Object.values(await gitByRef(bench)).filter(Boolean)).toEqual([]);
    expect(data?.['unchecked']).toEqual([
      { what: 'files and lines in Git', why: 'the repository is still being read: ask again in a moment' },
    ]);
  });

  test('a repository that cannot be read fails no answer', async () => {
    const places = createPlaceSource({
      openRepository: async () => {
        throw new Error('the disk is full of /private/things');
      },
    });
    const bench = await benchOf({ places });

    const { data, failed } = await bench.ask('reconciliation_status');

    expect(failed).toBeUndefined();
    expect(JSON.stringify(data?.['unchecked'])).toContain('files and lines in Git');
    expect(JSON.stringify(data)).not.toContain('/private');
  });
});

async function history(
  bench: RepositoryBench,
  input: object,
): Promise<{ files: unknown; subjects: unknown[] } | string> {
  const { data, text } = await bench.ask('repo_history', input);
  if (data === undefined) return text;
  const { rows } = data['commits'] as { rows: unknown[][] };
  return { files: data['files'], subjects: rows.map((row) => row[4]) };
}

describe('the history of an object', () => {
  test.each<[string, object]>([
    ['a HelmRelease', { kind: 'HelmRelease', namespace: 'wiki', name: 'wiki' }],
    ['a Deployment, by the release it belongs to', { kind: 'deploy', namespace: 'wiki', name: 'wiki' }],
    ['a Pod, by its owners', { kind: 'Pod', namespace: 'wiki', name: 'wiki-7d9f-0' }],
    ['one without a namespace, by its name alone', { kind: 'hr', name: 'wiki' }],
  ])('%s', async (_, input) => {
    const bench = await benchOf();

    expect(await history(bench, input)).toEqual({
      files: [`${RELEASE}:1`],
      subjects: ['Bump the wiki', 'Start'],
    });
  });

  test('without a cluster that follows it, names in the repository decide', async () => {
    const bench = await benchOf({}, { url: 'https://git.example.test/else/where.git' });

    expect(await history(bench, { kind: 'helmrelease', namespace: 'wiki', name: 'wiki' })).toMatchObject({
      files: [`${RELEASE}:1`],
    });
    expect(await history(bench, { kind: 'Deployment', namespace: 'wiki', name: 'wiki' })).toMatch(
      /^not_found: /,
    );
  });

  test('several files that could be it are named, and none is chosen', async () => {
    const bench = await benchOf({
      files: {
        'a/ks.yaml': fluxKustomization('one', './one'),
        'one/release.yaml': manifest('HelmRelease', 'blog', 'blog'),
        'b/ks.yaml': fluxKustomization('two', './two'),
        'two/release.yaml': manifest('HelmRelease', 'blog', 'blog'),
      },
    });

    expect(await history(bench, { kind: 'HelmRelease', namespace: 'blog', name: 'blog' })).toMatch(
      /^invalid_input: HelmRelease\/blog\/blog could be declared in one\/release.yaml:1, two\/release.yaml:1\n/,
    );
  });

  test.each<[string, object, RegExp]>([
    [
      'an object that Git does not have',
      { kind: 'HelmRelease', namespace: 'wiki', name: 'gone' },
      /^not_found: no file in Git/,
    ],
    ['a kind without a name', { kind: 'HelmRelease' }, /^invalid_input: an object needs kind and name/],
  ])('%s', async (_, input, wanted) => {
    const bench = await benchOf();

    expect(await history(bench, input)).toMatch(wanted);
  });
});
