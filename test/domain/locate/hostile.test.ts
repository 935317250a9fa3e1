import { describe, expect, test } from 'vitest';

import { fluxKustomization, found, kustomization, locatorOf, manifest } from './files.ts';

const WIKI = { kind: 'HelmRelease', name: 'wiki', namespace: 'apps' };
const BY = { name: 'wiki', namespace: 'flux-system' };
const KS = { 'ks.yaml': fluxKustomization('wiki', './0') };
const RELEASE = manifest('HelmRelease', 'wiki', 'apps');

function levels(count: number, resources: (next: number) => string[]): Record<string, string> {
  return Object.fromEntries(
    Array.from({ length: count }, (_, level) => [
      `${level}/kustomization.yaml`,
      kustomization(resources(level + 1)),
    ]),
  );
}

/** Repositories that would cost the reader everything, each with what still must be found. */
const REPOSITORIES: readonly (readonly [what: string, files: () => Record<string, string>, place: string])[] =
  [
    [
      'bases that name the next one twice, forty times over',
      () => ({
        ...KS,
        ...levels(40, (next) => ['release.yaml', `../${next}`, `../${next}/.`]),
        '0/release.yaml': RELEASE,
      }),
      '0/release.yaml:1',
    ],
    [
      'ten thousand bases in a row',
      () => ({
        ...KS,
        ...levels(10_000, (next) => ['release.yaml', `../${next}`]),
        '0/release.yaml': RELEASE,
      }),
      '0/release.yaml:1',
    ],
    [
      'a name that is an alias, before a megabyte of ampersands',
      () => ({
        ...KS,
        '0/a.yaml': `${manifest('HelmRelease', '*none')}x: ${'&'.repeat(700_000)}\n`,
        '0/release.yaml': RELEASE,
      }),
      '0/release.yaml:1',
    ],
    [
      'names of a megabyte that open a variable and never close it',
      () => ({
        ...KS,
        '0/a.yaml': manifest('HelmRelease', `\${a=${'b'.repeat(700_000)}`),
        '0/b.yaml': manifest('HelmRelease', '${a'.repeat(200_000)),
        '0/release.yaml': RELEASE,
      }),
      '0/release.yaml:1',
    ],
    [
      'a patch whose target is an expression that would never end',
      () => ({
        ...KS,
        '0/kustomization.yaml': kustomization(
          ['release.yaml'],
          `patches:\n  - target: { kind: HelmRelease, name: "(w+)+${'(i*)*'.repeat(30)}$" }\n    patch: "[]"\n`,
        ),
        '0/release.yaml': RELEASE,
      }),
      '0/release.yaml:1',
    ],
    [
      'a kustomization of half a megabyte, and aliases that multiply',
      () => ({
        'a/kustomization.yaml': `resources:\n${'  - x.yaml\n'.repeat(60_000)}`,
        'b/kustomization.yaml': `a: &a [x, x]\n${Array.from({ length: 40 }, (_, at) => `a${at}: &a${at} [*a${at === 0 ? '' : at - 1}, *a${at === 0 ? '' : at - 1}]`).join('\n')}\nresources: *a39\n`,
        ...KS,
        '0/release.yaml': RELEASE,
      }),
      '0/release.yaml:1',
    ],
    [
      'two hundred Kustomizations that apply each other',
      () => ({
        ...Object.fromEntries(
          Array.from({ length: 200 }, (_, at) => [`all/${at}.yaml`, fluxKustomization(`ks-${at}`, './all')]),
        ),
        ...KS,
        '0/release.yaml': RELEASE,
      }),
      '0/release.yaml:1',
    ],
  ];

describe('a hostile repository', () => {
  test.each(REPOSITORIES)('%s', async (_, files, place) => {
    const started = performance.now();
    const locator = await locatorOf(files());

    const located = locator.within(WIKI, BY);

    expect(found(located)).toContain(place);
    expect(performance.now() - started).toBeLessThan(8_000);
  });
});
