import { describe, expect, test } from 'vitest';

import { fluxKustomization, found, kustomization, locatorOf, manifest } from './files.ts';

type Files = Record<string, string>;

const WIKI = { kind: 'HelmRelease', name: 'wiki', namespace: 'apps' };
const BY_WIKI = { name: 'wiki', namespace: 'flux-system' };

/** Where the HelmRelease apps/wiki of the Kustomization flux-system/wiki stands. */
const LAYOUTS: readonly (readonly [layout: string, files: Files, place: string | string[]])[] = [
  [
    'a directory with a kustomization',
    {
      'apps/wiki/kustomization.yaml': kustomization(['release.yaml']),
      'apps/wiki/release.yaml': manifest('HelmRelease', 'wiki', 'apps'),
      'apps/wiki/other.yaml': manifest('HelmRelease', 'wiki', 'apps'),
      'ks.yaml': fluxKustomization('wiki', './apps/wiki'),
    },
    'apps/wiki/release.yaml:1',
  ],
  [
    'a directory without one: every file below counts, but not those that another one builds',
    {
      'apps/wiki/deep/release.yaml': `# a comment\n---\n${manifest('ConfigMap', 'wiki')}---\n${manifest('HelmRelease', 'wiki')}`,
      'apps/wiki/built/kustomization.yaml': kustomization([]),
      'apps/wiki/built/unlisted.yaml': manifest('HelmRelease', 'wiki'),
      'ks.yaml': fluxKustomization('wiki', 'apps/wiki/'),
    },
    'apps/wiki/deep/release.yaml:8',
  ],
  [
    'a base outside the path',
    {
      'apps/wiki/kustomization.yaml': kustomization(['../../base/wiki'], 'namespace: apps\n'),
      'base/wiki/kustomization.yml': kustomization(['./release.yaml']),
      'base/wiki/release.yaml': manifest('HelmRelease', 'wiki', 'default'),
      'ks.yaml': fluxKustomization('wiki', './apps/wiki'),
    },
    'base/wiki/release.yaml:1',
  ],
  [
    'a component of the Flux Kustomization',
    {
      'apps/wiki/kustomization.yaml': kustomization([]),
      'components/wiki/kustomization.yaml': kustomization(['release.yaml']).replace(
        'Kustomization',
        'Component',
      ),
      'components/wiki/release.yaml': manifest('HelmRelease', 'wiki'),
      'ks.yaml': fluxKustomization('wiki', './apps/wiki', '  components: [../../components/wiki]'),
    },
    'components/wiki/release.yaml:1',
  ],
  [
    'a prefix of a kustomization and a namespace of the Flux Kustomization',
    {
      'apps/kustomization.yaml': kustomization(['release.yaml'], 'namePrefix: wi\nnamespace: elsewhere\n'),
      'apps/release.yaml': `${manifest('HelmRelease', 'ki')}---\n${manifest('HelmRelease', 'wiki')}`,
      'ks.yaml': fluxKustomization('wiki', './apps', '  targetNamespace: apps'),
    },
    'apps/release.yaml:1',
  ],
  [
    'a variable that the Flux Kustomization sets',
    {
      'template/release.yaml': manifest('HelmRelease', '${APP}'),
      'ks.yaml': fluxKustomization('wiki', './template', '  postBuild:\n    substitute: { APP: wiki }'),
    },
    'template/release.yaml:1',
  ],
  [
    'a default of a variable',
    {
      'template/release.yaml': manifest('HelmRelease', '${APP:=wiki}', 'apps'),
      'ks.yaml': fluxKustomization('wiki', './template'),
    },
    'template/release.yaml:1',
  ],
  [
    'a variable nobody knows, where only one can be it',
    {
      'template/release.yaml': `${manifest('HelmRelease', '${APP}')}---\n${manifest('HelmRelease', '${APP}-cache')}`,
      'ks.yaml': fluxKustomization('wiki', './template'),
    },
    'template/release.yaml:1',
  ],
  [
    'an exact name before one that a variable leaves open',
    {
      'template/release.yaml': `${manifest('HelmRelease', '${APP}')}---\n${manifest('HelmRelease', 'wiki')}`,
      'ks.yaml': fluxKustomization('wiki', './template'),
    },
    'template/release.yaml:6',
  ],
  [
    'two that could be it: both are named and none is chosen',
    {
      'template/release.yaml': `${manifest('HelmRelease', '${APP}')}---\n${manifest('HelmRelease', '${OTHER}')}`,
      'ks.yaml': fluxKustomization('wiki', './template'),
    },
    ['template/release.yaml:1', 'template/release.yaml:6'],
  ],
  [
    'a name that only a patch gives: what is of its kind there could be it',
    {
      'apps/kustomization.yaml': kustomization(['release.yaml']),
      'apps/release.yaml': manifest('HelmRelease', 'renamed'),
      'ks.yaml': fluxKustomization('wiki', './apps'),
    },
    ['apps/release.yaml:1'],
  ],
  [
    'an alias of an anchor in the same document',
    {
      'apps/release.yaml': [
        manifest('HelmRelease', '&app other'),
        'apiVersion: helm.toolkit.fluxcd.io/v2\nkind: HelmRelease\nx-app: &app "wiki"\nmetadata:\n  name: *app\n',
      ].join('---\n'),
      'ks.yaml': fluxKustomization('wiki', './apps'),
    },
    'apps/release.yaml:6',
  ],
  [
    'the same name in another namespace is another object',
    {
      'apps/a.yaml': manifest('HelmRelease', 'wiki', 'default'),
      'apps/b.yaml': manifest('HelmRelease', 'wiki', 'apps'),
      'ks.yaml': fluxKustomization('wiki', './apps'),
    },
    'apps/b.yaml:1',
  ],
  [
    'a patch of the same kind and name in another file is not the object',
    {
      'apps/kustomization.yaml': kustomization(['release.yaml'], 'patches:\n  - path: patch.yaml\n'),
      'apps/patch.yaml': manifest('HelmRelease', 'wiki', 'apps'),
      'apps/release.yaml': manifest('HelmRelease', 'wiki', 'apps'),
      'ks.yaml': fluxKustomization('wiki', './apps'),
    },
    'apps/release.yaml:1',
  ],
  [
    'kustomizations in a circle end',
    {
      'apps/kustomization.yaml': kustomization(['../other', 'release.yaml']),
      'apps/release.yaml': manifest('HelmRelease', 'wiki'),
      'other/kustomization.yaml': kustomization(['../apps']),
      'ks.yaml': fluxKustomization('wiki', './apps'),
    },
    'apps/release.yaml:1',
  ],
  [
    'nothing of that kind',
    { 'apps/a.yaml': manifest('ConfigMap', 'wiki'), 'ks.yaml': fluxKustomization('wiki', './apps') },
    'none',
  ],
  ['no such Kustomization', { 'apps/release.yaml': manifest('HelmRelease', 'wiki', 'apps') }, 'none'],
  [
    'a broken kustomization hides its own directory and nothing else',
    {
      'apps/kustomization.yaml': 'resources: [a.yaml\n',
      'base/release.yaml': manifest('HelmRelease', 'wiki'),
      'ks.yaml': fluxKustomization('wiki', './base'),
    },
    'base/release.yaml:1',
  ],
];

describe('an object that a Kustomization applies', () => {
  test.each(LAYOUTS)('%s', async (_, files, place) => {
    const locator = await locatorOf(files);

    expect(found(locator.within(WIKI, BY_WIKI))).toEqual(place);
  });

  test('the live path decides where files have moved on', async () => {
    const locator = await locatorOf({
      'old/release.yaml': manifest('HelmRelease', 'wiki'),
      'new/release.yaml': manifest('HelmRelease', 'wiki'),
      'ks.yaml': fluxKustomization('wiki', './new'),
    });

    expect(found(locator.within(WIKI, { ...BY_WIKI, path: './old' }))).toBe('old/release.yaml:1');
    expect(found(locator.within(WIKI, { ...BY_WIKI, path: './gone' }))).toBe('none');
  });

  test('the live target namespace decides: a patch of the parent may have set it', async () => {
    const locator = await locatorOf({
      'apps/a.yaml': manifest('HelmRelease', 'wiki', 'default'),
      'ks.yaml': fluxKustomization('wiki', './apps'),
    });
    const by = { ...BY_WIKI, path: './apps' };

    expect(found(locator.within(WIKI, { ...by, targetNamespace: 'apps' }))).toBe('apps/a.yaml:1');
    expect(locator.within(WIKI, { ...by, targetNamespace: 'media' }).found).not.toBe('one');
  });

  test('an artifact that begins deeper: the one directory that ends in the path', async () => {
    const locator = await locatorOf({ 'infra/controllers/release.yaml': manifest('HelmRelease', 'wiki') });
    const by = { ...BY_WIKI, path: './controllers' };

    expect(found(locator.within(WIKI, { ...by, source: { kind: 'ExternalArtifact' } }))).toBe(
      'infra/controllers/release.yaml:1',
    );
    expect(found(locator.within(WIKI, { ...by, source: { kind: 'GitRepository' } }))).toBe('none');
  });

  test('a generated ConfigMap is the entry that makes it, its hash passed over', async () => {
    const generators = 'configMapGenerator:\n  - name: settings\n    files: [a.ini]\n';
    const locator = await locatorOf({
      'apps/kustomization.yaml': kustomization([], generators),
      'ks.yaml': fluxKustomization('wiki', './apps'),
    });
    const named = (name: string): string | string[] =>
      found(locator.within({ kind: 'ConfigMap', name, namespace: 'apps' }, BY_WIKI));

    expect(named('settings-2h8d9f7k4m')).toBe('apps/kustomization.yaml:4');
    expect(named('settings')).toBe('apps/kustomization.yaml:4');
  });

  test('a Namespace is called what its kustomization says', async () => {
    const locator = await locatorOf({
      'apps/kustomization.yaml': kustomization(['namespace.yaml'], 'namespace: media\n'),
      'apps/namespace.yaml': manifest('Namespace', '_'),
      'ks.yaml': fluxKustomization('wiki', './apps'),
    });

    expect(found(locator.within({ kind: 'Namespace', name: 'media' }, BY_WIKI))).toBe(
      'apps/namespace.yaml:1',
    );
  });

  test('patches that name it are told with it, in whatever form', async () => {
    const patches = [
      'patches:',
      '  - path: all.yaml',
      '    target: { kind: HelmRelease }',
      '  - path: wiki.yaml',
      '  - target: { kind: HelmRelease, name: wi.* }',
      '    patch: "[]"',
      '  - target: { name: other }',
      '    patch: "[]"',
      'patchesStrategicMerge:',
      '  - merge.yaml',
      '',
    ];
    const locator = await locatorOf({
      'apps/kustomization.yaml': kustomization(['release.yaml'], patches.join('\n')),
      'apps/release.yaml': manifest('HelmRelease', 'wiki'),
      'apps/all.yaml': manifest('HelmRelease', 'any'),
      'apps/wiki.yaml': manifest('HelmRelease', 'wiki'),
      'apps/merge.yaml': `# note\n${manifest('HelmRelease', 'wiki')}`,
      'ks.yaml': fluxKustomization('wiki', './apps'),
    });

    const located = locator.within(WIKI, BY_WIKI);

    expect(located.found === 'one' && located.definition.patches).toEqual([
      { file: 'apps/wiki.yaml', line: 1 },
      { file: 'apps/kustomization.yaml', line: 10 },
      { file: 'apps/merge.yaml', line: 2 },
    ]);
  });
});

describe('Kustomizations of a repository', () => {
  test('a child has the name, namespace and path that its parent gives it', async () => {
    const child = fluxKustomization('wiki', './apps/${CLUSTER}/wiki').replace(', namespace: flux-system', '');
    const locator = await locatorOf({
      'flux/main.yaml': fluxKustomization(
        'main',
        './list',
        '  postBuild:\n    substitute: { CLUSTER: home }',
      ),
      'list/kustomization.yaml': kustomization(['ks.yaml'], 'namespace: media\n'),
      'list/ks.yaml': child,
      'apps/home/wiki/release.yaml': manifest('HelmRelease', 'wiki'),
    });

    const known = locator.instances.map(({ name, namespace, path }) => [name, namespace, path]);

    expect(known).toEqual([
      ['main', 'flux-system', 'list'],
      ['wiki', 'media', 'apps/home/wiki'],
    ]);
  });

  test('one that applies itself is there once', async () => {
    const locator = await locatorOf({ 'flux/entry.yaml': fluxKustomization('entry', './flux') });

    expect(locator.instances.map(({ name }) => name)).toEqual(['entry']);
  });

  test('one of another source gives nothing of this repository', async () => {
    const foreign = fluxKustomization('flux', './').replace(
      '{ kind: GitRepository, name: flux-system }',
      '{ kind: OCIRepository, name: flux-manifests }',
    );
    const locator = await locatorOf({
      'ks.yaml': `${fluxKustomization('wiki', './apps')}\n---\n${foreign}`,
      'apps/release.yaml': manifest('HelmRelease', 'wiki'),
    });

    expect(locator.instances.map(({ name }) => name)).toEqual(['wiki']);
  });

  test('an object of two clusters has two files, unless it is known which Kustomization applies it', async () => {
    const locator = await locatorOf({
      'clusters/a/ks.yaml': fluxKustomization('wiki', './a'),
      'clusters/b/ks.yaml': fluxKustomization('wiki', './b'),
      'a/release.yaml': manifest('HelmRelease', 'wiki', 'apps'),
      'b/release.yaml': manifest('HelmRelease', 'wiki', 'apps'),
    });

    expect(found(locator.anywhere(WIKI))).toEqual(['a/release.yaml:1', 'b/release.yaml:1']);
    expect(found(locator.within(WIKI, BY_WIKI))).toEqual(['a/release.yaml:1', 'b/release.yaml:1']);
    expect(found(locator.within(WIKI, { ...BY_WIKI, path: './b' }))).toBe('b/release.yaml:1');
  });
});
