import { describe, expect, test } from 'vitest';

import type { Locator } from '#domain/locate/locator.ts';
import { chartLine, imageLine } from '#domain/locate/pins.ts';
import type { Definition } from '#domain/locate/resolve.ts';

import { fluxKustomization, kustomization, locatorOf, manifest } from './files.ts';

const KS = {
  'ks.yaml': fluxKustomization(
    'wiki',
    './apps',
    '  postBuild:\n    substitute:\n      TAG: 3.3.0\n      HOST: ghcr.io',
  ),
};

async function release(
  body: string,
  more: Record<string, string> = {},
): Promise<{ locator: Locator; definition: Definition }> {
  const locator = await locatorOf({
    ...KS,
    'apps/release.yaml': manifest('HelmRelease', 'wiki', 'apps') + body,
    ...more,
  });
  const located = locator.within({ kind: 'HelmRelease', name: 'wiki' }, { name: 'wiki' });
  if (located.found !== 'one') throw new Error(`the release is found ${located.found}`);
  return { locator, definition: located.definition };
}

/** The manifest's own five lines come before each body; the images run, and the line is in apps/release.yaml if it is a number. */
const IMAGES: readonly (readonly [
  shape: string,
  body: string,
  running: string[],
  line: number | string | undefined,
])[] = [
  ['a whole reference', 'spec:\n  image: ghcr.io/home/wiki:3.3.0\n', ['ghcr.io/home/wiki:3.3.0'], 7],
  [
    'repository and tag',
    'spec:\n  values:\n    image:\n      repository: ghcr.io/home/wiki\n      tag: 3.3.0@sha256:0123\n',
    ['ghcr.io/home/wiki:3.3.0@sha256:0123'],
    10,
  ],
  [
    'registry, repository and digest',
    'spec:\n  values:\n    image:\n      registry: ghcr.io\n      repository: home/wiki\n      digest: sha256:0123\n',
    ['ghcr.io/home/wiki@sha256:0123'],
    11,
  ],
  ['a tag alone', 'spec:\n  values:\n    image:\n      tag: 3.3.0\n', ['ghcr.io/home/wiki:3.3.0'], 9],
  [
    'a map of one line',
    'spec:\n  values:\n    image: { repository: ghcr.io/home/wiki, tag: 3.3.0 }\n',
    ['ghcr.io/home/wiki:3.3.0'],
    8,
  ],
  [
    'an alias: the line of its anchor',
    'spec:\n  values:\n    version: &tag 3.3.0\n    image:\n      repository: ghcr.io/home/wiki\n      tag: *tag\n',
    ['ghcr.io/home/wiki:3.3.0'],
    8,
  ],
  [
    'an alias of a whole map: where the map is',
    'spec:\n  values:\n    image: &image\n      repository: ghcr.io/home/wiki\n      tag: 3.3.0\n    worker:\n      image: *image\n',
    ['ghcr.io/home/wiki:3.3.0'],
    10,
  ],
  [
    'a variable: the line that sets it',
    'spec:\n  values:\n    image:\n      repository: ${HOST}/home/wiki\n      tag: ${TAG}\n',
    ['ghcr.io/home/wiki:3.3.0'],
    'ks.yaml:9',
  ],
  [
    'a variable that nothing plain sets: the line that uses it',
    'spec:\n  values:\n    image:\n      repository: ghcr.io/home/wiki\n      tag: ${UNKNOWN}\n',
    ['ghcr.io/home/wiki:3.3.0'],
    10,
  ],
  [
    'one of several, by its repository',
    'spec:\n  image: ghcr.io/home/sidecar:1\n  other:\n    image: docker.io/library/wiki:3.3.0\n',
    ['wiki:3.3.0'],
    9,
  ],
  [
    'one repository twice, by its tag',
    'spec:\n  old:\n    image: wiki:3.2.0\n  new:\n    image: wiki:3.3.0\n',
    ['wiki:3.3.0'],
    10,
  ],
  [
    'several, and it is not told which: none is guessed',
    'spec:\n  image: ghcr.io/home/sidecar:1\n  other:\n    image: wiki:3.3.0\n',
    [],
    undefined,
  ],
  ['the only one, when it is not told which', 'spec:\n  image: wiki:3.3.0\n', [], 7],
  [
    'another image runs than any that is named',
    'spec:\n  image: wiki:3.3.0\n',
    ['ghcr.io/home/else:1'],
    undefined,
  ],
  ['a chart that names none', 'spec:\n  values:\n    replicas: 2\n', ['wiki:3.3.0'], undefined],
  [
    'a repository of charts or of Git is no image',
    'spec:\n  values:\n    source:\n      repository: https://git.example.test/wiki\n      tag: v1\n',
    [],
    undefined,
  ],
];

describe('the line of an image', () => {
  test.each(IMAGES)('%s', async (_, body, running, line) => {
    const { locator, definition } = await release(body);

    const place = imageLine(locator, definition, running);

    const wanted = typeof line === 'number' ? `apps/release.yaml:${line}` : line;
    expect(place && `${place.file}:${place.line}`).toBe(wanted);
  });

  test('a kustomization that replaces the image has the last word', async () => {
    const images = 'images:\n  - name: wiki\n    newName: ghcr.io/home/wiki\n    newTag: 3.3.0\n';
    const { locator, definition } = await release('spec:\n  image: wiki:1\n', {
      'apps/kustomization.yaml': kustomization(['release.yaml'], images),
    });

    expect(imageLine(locator, definition, ['ghcr.io/home/wiki:3.3.0'])).toEqual({
      file: 'apps/kustomization.yaml',
      line: 8,
    });
  });

  test('a patch in a file comes before the manifest', async () => {
    const { locator, definition } = await release('spec:\n  image: wiki:1\n', {
      'apps/kustomization.yaml': kustomization(['release.yaml'], 'patches:\n  - path: patch.yaml\n'),
      'apps/patch.yaml': `${manifest('HelmRelease', 'wiki')}spec:\n  image: wiki:2\n`,
    });

    expect(imageLine(locator, definition, ['wiki:2'])).toEqual({ file: 'apps/patch.yaml', line: 6 });
  });

  test('a variable of a plain ConfigMap that Kustomizations take variables from', async () => {
    const settings = `${manifest('ConfigMap', 'settings')}data:\n  WIKI_TAG: 3.3.0\n`;
    const { locator, definition } = await release('spec:\n  image: wiki:${WIKI_TAG}\n', {
      'flux/settings.yaml': settings,
      'flux/ks.yaml': fluxKustomization(
        'other',
        './other',
        '  postBuild:\n    substituteFrom: [{ kind: ConfigMap, name: settings }]',
      ),
    });

    expect(imageLine(locator, definition, ['wiki:3.3.0'])).toEqual({ file: 'flux/settings.yaml', line: 6 });
  });
});

const SOURCE = [
  'apiVersion: source.toolkit.fluxcd.io/v1',
  'kind: OCIRepository',
  'metadata:',
  '  name: wiki',
  'spec:',
  '  url: oci://ghcr.io/charts/wiki',
  '  ref:',
  '    tag: 4.1.0',
  '',
].join('\n');

describe('the line that pins a chart', () => {
  test.each([
    [
      'its version',
      'spec:\n  chart:\n    spec:\n      chart: wiki\n      version: 1.2.3\n',
      'apps/release.yaml:10',
    ],
    [
      'the tag of the OCIRepository it names',
      'spec:\n  chartRef:\n    kind: OCIRepository\n    name: wiki\n',
      'apps/source.yaml:8',
    ],
    [
      'a name by variable',
      'spec:\n  chartRef:\n    kind: OCIRepository\n    name: ${NAME:-wiki}\n',
      'apps/source.yaml:8',
    ],
    ['no version at all', 'spec:\n  chart:\n    spec:\n      chart: wiki\n', undefined],
    [
      'a source that is not there',
      'spec:\n  chartRef:\n    kind: OCIRepository\n    name: gone\n',
      undefined,
    ],
  ])('%s', async (_, body, wanted) => {
    const { locator, definition } = await release(body, { 'apps/source.yaml': SOURCE });

    const place = chartLine(locator, definition);

    expect(place && `${place.file}:${place.line}`).toBe(wanted);
  });

  test('a source that the parent gives, when another cluster has one of that name too', async () => {
    const locator = await locatorOf({
      'main/flux.yaml': fluxKustomization('main', './main/list'),
      'main/list/ks.yaml': fluxKustomization('wiki', './main/wiki'),
      'main/list/source.yaml': SOURCE,
      'main/wiki/release.yaml': `${manifest('HelmRelease', 'wiki')}spec:\n  chartRef:\n    kind: OCIRepository\n    name: wiki\n`,
      'other/flux.yaml': fluxKustomization('other', './other/list'),
      'other/list/source.yaml': SOURCE,
    });
    const located = locator.within({ kind: 'HelmRelease', name: 'wiki' }, { name: 'wiki' });

    const place = located.found === 'one' ? chartLine(locator, located.definition) : undefined;

    expect(place).toEqual({ file: 'main/list/source.yaml', line: 8 });
  });
});
