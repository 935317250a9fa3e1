import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { refIn } from '#domain/desired/manifest.ts';

import {
  type DesiredBench,
  type State,
  configMap,
  kustomization,
  listing,
  openDesiredBench,
} from '../desired-bench.ts';

let bench: DesiredBench;

beforeAll(() => {
  bench = openDesiredBench();
});

afterAll(() => bench.close());

async function rendered(files: Record<string, string>): Promise<State> {
  const state = await bench.of(bench.repository(files));
  return state.render();
}

/** One line for each: `name status objects parent`. */
function summary({ renderings }: State): string[] {
  return renderings.map(
    ({ name, status, unreached, objects, parent = '-' }) =>
      `${name}: ${unreached ? 'unreached' : status}, ${objects.length} objects, by ${parent.split('/').at(-1)}`,
  );
}

const app = (name: string): Record<string, string> => ({
  [`apps/${name}/app/kustomization.yaml`]: listing('map.yaml'),
  [`apps/${name}/app/map.yaml`]: configMap(name, '{A: b}'),
});

describe('where Flux begins', () => {
  const apps = { 'apps/wiki/ks.yaml': kustomization('wiki', './apps/wiki/app'), ...app('wiki') };
  const sync =
    'kind: GitRepository, url: https://git.example.test/home.git, ref: refs/heads/main, path: ./apps';

  test.each<[what: string, files: Record<string, string>, root: string]>([
    [
      'a FluxInstance',
      {
        'flux/instance.yaml': `apiVersion: fluxcd.controlplane.io/v1\nkind: FluxInstance\nmetadata: {name: flux, namespace: flux-system}\nspec:\n  sync: {${sync}}\n`,
      },
      'flux-system',
    ],
    [
      'the values of the release flux-instance',
      {
        'flux/release.yaml': `apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nmetadata: {name: flux-instance, namespace: flux-system}\nspec:\n  values:\n    instance:\n      sync: {${sync}}\n`,
      },
      'flux-system',
    ],
    ['gotk-sync.yaml', { 'main/flux-system/gotk-sync.yaml': kustomization('home', './apps') }, 'home'],
    ['a file of clusters/', { 'clusters/main/apps.yaml': kustomization('apps', './apps') }, 'apps'],
    ['flux/cluster/', { 'kubernetes/flux/cluster/ks.yaml': kustomization('cluster', './apps') }, 'cluster'],
    ['flux-entry', { 'main/flux-entry.yaml': kustomization('entry', './apps') }, 'entry'],
    ['one that applies itself', { 'apps/self/self.yaml': kustomization('self', './apps') }, 'self'],
    ['whatever none applies', { 'somewhere/else.yaml': kustomization('else', './apps') }, 'else'],
  ])('%s', async (_what, files, root) => {
    const state = await rendered({ ...apps, ...files });

    expect(state.of(root).status).toBe('generated');
    expect(state.of('wiki')).toMatchObject({
      parent: `Kustomization/flux-system/${root}`,
      status: 'ok',
      path: 'apps/wiki/app',
    });
    expect(state.of('wiki').objects.map(({ object }) => refIn(object))).toEqual(['ConfigMap/default/wiki']);
  });

  test('a child counts as its parent renders it, and only once', async () => {
    const patch = `  patches:
    - target: {kind: Kustomization}
      patch: |
        - {op: add, path: /spec/sourceRef, value: {kind: GitRepository, name: flux-system}}
        - {op: add, path: /spec/targetNamespace, value: media}
`;
    const state = await rendered({
      'clusters/main/root.yaml': kustomization('root', './clusters/main', patch),
      'clusters/main/wiki.yaml': kustomization('wiki', './apps/wiki/app').replace(/ {2}sourceRef.*\n/, ''),
      ...app('wiki'),
    });

    expect(summary(state)).toEqual(['root: generated, 2 objects, by -', 'wiki: ok, 1 objects, by root']);
    expect(state.object('ConfigMap/media/wiki').place).toEqual({ file: 'apps/wiki/app/map.yaml', line: 1 });
    expect(state.of('wiki').declared).toEqual({ file: 'clusters/main/wiki.yaml', line: 1 });
  });

  test('a path takes the variables of the parent', async () => {
    const state = await rendered({
      'clusters/main/root.yaml': kustomization('root', './root', '  postBuild: {substitute: {AREA: apps}}\n'),
      'root/ks.yaml': kustomization('wiki', './${AREA}/wiki/app'),
      'root/lost.yaml': kustomization('lost', './${NOWHERE:-apps}/lost'),
      ...app('wiki'),
    });

    expect(state.of('wiki')).toMatchObject({ path: 'apps/wiki/app', status: 'ok' });
    expect(state.of('lost')).toMatchObject({
      path: 'apps/lost',
      status: 'failed',
      reason: 'kustomization path not found',
    });
  });

  test('two that apply each other are walked once', async () => {
    const state = await rendered({
      'a/ks.yaml': kustomization('to-b', './b'),
      'b/ks.yaml': kustomization('to-a', './a'),
    });

    expect(summary(state)).toEqual([
      'to-b: generated, 1 objects, by -',
      'to-a: generated, 1 objects, by to-b',
    ]);
  });
});

function clusterOf(name: string): Record<string, string> {
  return {
    [`clusters/${name}/root.yaml`]: kustomization('cluster', `./clusters/${name}/tree`),
    [`clusters/${name}/tree/kustomization.yaml`]: listing('settings.yaml', '../../../apps/wiki/ks.yaml'),
    [`clusters/${name}/tree/settings.yaml`]: configMap(
      'settings',
      `{DOMAIN: ${name}.example}`,
      'flux-system',
    ),
  };
}

test('a Kustomization that applies ever new ones comes to an end', async () => {
  const next = '  postBuild: {substitute: {AGAIN: "${AGAIN}x"}}\n';
  const { renderings } = await rendered({
    'clusters/main/root.yaml': kustomization('root', './tree', '  postBuild: {substitute: {AGAIN: x}}\n'),
    'tree/ks.yaml': kustomization('to-${AGAIN}', './tree', next),
  });

  expect(renderings).toHaveLength(21);
  expect(renderings.at(-1)).toMatchObject({
    name: `to-${'x'.repeat(20)}`,
    status: 'failed',
    reason: 'it hangs deeper than 20 Kustomizations, or after 10000 others',
  });
});

test('clusters of one repository are kept apart, also where they share an app', async () => {
  const from = '  postBuild:\n    substituteFrom:\n      - {kind: ConfigMap, name: settings}\n';

  const { renderings } = await rendered({
    ...clusterOf('main'),
    ...clusterOf('test'),
    'apps/wiki/ks.yaml': kustomization('wiki', './apps/wiki/app', from),
    'apps/wiki/app/kustomization.yaml': listing('map.yaml'),
    'apps/wiki/app/map.yaml': configMap('wiki', '{HOST: "wiki.${DOMAIN}"}'),
  });

  const hosts = renderings
    .filter(({ name }) => name === 'wiki')
    .map(({ objects }) => objects[0]?.object['data']);
  expect(hosts).toEqual([{ HOST: 'wiki.main.example' }, { HOST: 'wiki.test.example' }]);
});

function source(kind: string, name: string, url: string): string {
  return `apiVersion: source.toolkit.fluxcd.io/v1\nkind: ${kind}\nmetadata: {name: ${name}, namespace: flux-system}\nspec: {interval: 1h, url: "${url}"}\n`;
}

describe('sources', () => {
  test('another repository is foreign, and so is an artifact of somebody else', async () => {
    const state = await rendered({
      'clusters/main/root.yaml': kustomization('root', './root'),
      'root/git.yaml': kustomization('git', './', '  sourceRef: {kind: GitRepository, name: other}\n'),
      'root/oci.yaml': kustomization('oci', './', '  sourceRef: {kind: OCIRepository, name: manifests}\n'),
      'root/other.yaml': source('GitRepository', 'other', 'https://git.example.test/other'),
      'root/manifests.yaml': source('OCIRepository', 'manifests', 'oci://ghcr.io/fluxcd/flux-manifests'),
    });

    expect(state.of('git')).toMatchObject({
      status: 'foreign source',
      reason: 'follows GitRepository/flux-system/other, which is not this repository',
    });
    expect(state.of('oci').status).toBe('foreign source');
    expect(state.of('root').objects).toHaveLength(4);
  });

  test('an artifact made of a directory has it for its root', async () => {
    const own = '  sourceRef: {kind: OCIRepository, name: flux-system}\n';
    const instance = `apiVersion: fluxcd.controlplane.io/v1\nkind: FluxInstance\nmetadata: {name: flux, namespace: flux-system}\nspec:\n  sync: {kind: OCIRepository, url: "oci://registry.example.test/home", path: clusters/main}\n`;
    const state = await rendered({
      'bootstrap/instance.yaml': instance,
      'kubernetes/clusters/main/ks.yaml': kustomization('wiki', './apps/wiki/app', own),
      'kubernetes/apps/wiki/app/kustomization.yaml': listing('map.yaml'),
      'kubernetes/apps/wiki/app/map.yaml': configMap('wiki', '{A: b}'),
    });

    expect(summary(state)).toEqual([
      'flux-system: generated, 1 objects, by -',
      'wiki: ok, 1 objects, by flux-system',
    ]);
    expect(state.object('ConfigMap/default/wiki').place?.file).toBe('kubernetes/apps/wiki/app/map.yaml');
    expect(state.of('wiki').declared?.file).toBe('kubernetes/clusters/main/ks.yaml');
  });

  test('what the source leaves out is not there, and no link is followed', async () => {
    const repository = bench.repository({
      'clusters/main/flux-system/gotk-sync.yaml': `apiVersion: source.toolkit.fluxcd.io/v1
kind: GitRepository
metadata: {name: flux-system, namespace: flux-system}
spec:
  url: https://git.example.test/home
  ignore: |
    /apps/loose/secret-*
---
${kustomization('flux-system', './apps')}`,
      'apps/loose/map.yaml': configMap('one', '{A: b}'),
      'apps/loose/secret-map.yaml': configMap('two', '{A: b}'),
    });
    repository.git(
      'update-index',
      '--add',
      '--cacheinfo',
      `120000,${repository.git('rev-parse', 'HEAD:apps/loose/map.yaml')},apps/loose/link.yaml`,
    );
    repository.git('commit', '--quiet', '-m', 'Add a link');

    const state = await (await bench.of(repository)).render();

    expect(state.of('flux-system').objects.map(({ object }) => refIn(object))).toEqual([
      'ConfigMap/default/one',
    ]);
  });
});

describe('nothing is lost', () => {
  test('what no Kustomization applies is said to be so, and applies nothing', async () => {
    const state = await rendered({
      'clusters/main/root.yaml': kustomization('root', './root'),
      'root/kustomization.yaml': `${listing('wiki.yaml')}  # - old.yaml\n`,
      'root/wiki.yaml': kustomization('wiki', './apps/wiki/app'),
      'root/old.yaml': `${kustomization('old', './apps/wiki/app')}---\n${kustomization('older', './gone')}`,
      ...app('wiki'),
    });

    expect(summary(state)).toEqual([
      'root: ok, 1 objects, by -',
      'wiki: ok, 1 objects, by root',
      'old: unreached, 0 objects, by -',
      'older: unreached, 0 objects, by -',
    ]);
    expect(state.of('older')).toMatchObject({
      reason: 'no Kustomization applies it',
      declared: { file: 'root/old.yaml', line: 12 },
    });
  });

  test('below one that cannot be built nothing is called unreached', async () => {
    const state = await rendered({
      'clusters/main/root.yaml': kustomization('root', './root'),
      'root/kustomization.yaml': listing('../apps/wiki/ks.yaml', 'gone.yaml'),
      'apps/wiki/ks.yaml': kustomization('wiki', './apps/wiki/app'),
      'apps/other/ks.yaml': kustomization('other', './apps/wiki/app'),
      ...app('wiki'),
    });

    expect(state.of('root')).toMatchObject({
      status: 'failed',
      failure: { file: 'root/kustomization.yaml' },
    });
    expect(state.of('wiki')).toMatchObject({
      status: 'failed',
      reason: 'Kustomization/flux-system/root, which applies it, cannot be built',
      failure: { file: 'root/kustomization.yaml' },
    });
    expect(state.of('wiki')).not.toHaveProperty('unreached');
    expect(state.of('other').unreached).toBe(true);
  });

  test('a broken file fails its own Kustomization, with file and line, and stops no other', async () => {
    const state = await rendered({
      'clusters/main/root.yaml': kustomization('root', './root'),
      'root/broken.yaml': kustomization('broken', './apps/broken'),
      'root/remote.yaml': kustomization('remote', './apps/remote'),
      'root/wiki.yaml': kustomization('wiki', './apps/wiki/app'),
      'apps/broken/kustomization.yaml': listing('web.yaml'),
      'apps/broken/web.yaml': 'apiVersion: v1\nkind: Service\nmetadata:\n  name: web\n  labels: [\n',
      'apps/remote/kustomization.yaml': listing('https://example.test/crds.yaml'),
      'charts/web/templates/service.yaml': 'kind: Service\n{{- if .Values.on }}\nspec: {}\n{{- end }}\n',
      ...app('wiki'),
    });

    expect(state.of('broken')).toMatchObject({ status: 'failed', failure: { file: 'apps/broken/web.yaml' } });
    expect(state.of('broken').failure?.line).toBeGreaterThanOrEqual(5);
    expect(state.of('remote')).toMatchObject({
      status: 'remote base',
      failure: { file: 'apps/remote/kustomization.yaml' },
    });
    expect(state.of('wiki').status).toBe('ok');
    expect(state.unread).toEqual([
      expect.stringMatching(/^apps\/broken\/web\.yaml:\d: /),
      'charts/web/templates/service.yaml:2: a template ({{ }}), not plain YAML',
    ]);
  });
});

async function withApp(files: Record<string, string>): Promise<State> {
  return rendered({
    'clusters/main/root.yaml': kustomization('root', './root'),
    'root/app.yaml': kustomization('app', './app'),
    ...files,
  });
}

describe('what only a download could give', () => {
  const crds = 'https://example.test/crds.yaml';

  test.each([
    crds,
    'github.com/example/base//config?ref=v1',
    'git@github.com:example/base.git',
    'https://github.com/example/base//config?ref=v1',
  ])('%s is left out, and the rest is there', async (remote) => {
    const state = await withApp({
      'app/kustomization.yaml': listing('base', 'map.yaml'),
      'app/base/kustomization.yaml': listing(remote, 'inner.yaml'),
      'app/base/inner.yaml': configMap('inner', '{A: b}'),
      'app/map.yaml': configMap('outer', '{A: b}'),
    });

    expect(state.of('app')).toMatchObject({
      status: 'remote base',
      failure: { file: 'app/base/kustomization.yaml' },
    });
    expect(state.of('app').objects.map(({ object }) => refIn(object))).toEqual([
      'ConfigMap/default/inner',
      'ConfigMap/default/outer',
    ]);
  });

  test('in a generator leaves its object unknown, and what refers to it', async () => {
    const pod =
      'apiVersion: v1\nkind: Pod\nmetadata: {name: web, namespace: default}\nspec:\n  containers: [{name: web, image: web, envFrom: [{configMapRef: {name: board}}]}]\n';
    const state = await withApp({
      'app/kustomization.yaml': `${listing('pod.yaml')}configMapGenerator: [{name: board, files: [board.json=https://example.test/board.json]}]\n`,
      'app/pod.yaml': pod,
    });

    const [web, board] = state.of('app').objects;
    expect([...(web?.holes.keys() ?? [])]).toEqual([
      '.spec.containers[name="web"].envFrom[0].configMapRef.name',
    ]);
    expect(board?.unverifiable).toMatch(/^its name depends on what is not known here/);
  });

  test('where nothing else is there, nothing is built', async () => {
    const state = await withApp({ 'app/kustomization.yaml': listing(crds) });

    expect(state.of('app')).toMatchObject({
      status: 'remote base',
      objects: [],
      failure: { file: 'app/kustomization.yaml' },
    });
  });

  test('hides no other failure', async () => {
    const state = await withApp({ 'app/kustomization.yaml': listing(crds, 'gone.yaml') });

    expect(state.of('app')).toMatchObject({ status: 'remote base', objects: [] });
    expect(state.of('app').reason).toMatch(/; without it: .*gone\.yaml/);
  });
});
