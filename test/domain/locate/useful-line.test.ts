import { describe, expect, test } from 'vitest';

import { usefulLine } from '#domain/locate/useful-line.ts';

import { fluxKustomization, kustomization, locatorOf, manifest } from './files.ts';

const FILES = {
  'flux/ks.yaml': fluxKustomization('apps', './clusters/main/apps'),
  'clusters/main/apps/kustomization.yaml': kustomization([
    'wiki',
    './blog/release.yaml',
    'gone.yaml',
    '../away',
  ]),
  'clusters/main/apps/wiki/kustomization.yaml': kustomization(['release.yaml', 'config.yaml']),
  'clusters/main/apps/wiki/release.yaml': `${manifest('HelmRelease', 'wiki', 'wiki')}spec:\n  chart:\n    spec:\n      version: 1.2.3\n  values:\n    image: wiki:3.3.0\n`,
  'clusters/main/apps/wiki/config.yaml': `# settings\n${manifest('ConfigMap', 'config', 'wiki')}`,
  'clusters/main/apps/blog/release.yaml': manifest('HelmRelease', 'blog', 'blog'),
};

const BY = { name: 'apps', namespace: 'flux-system', path: './clusters/main/apps' };

/** What kustomize-controller and Helm say, and the line to look at. */
const TROUBLES: readonly (readonly [trouble: string, reason: string, message: string, place: string])[] = [
  [
    'a file that is no YAML',
    'BuildFailed',
    "kustomize build failed: accumulating resources: accumulation err='accumulating resources from 'wiki': read /tmp/kustomization-123/clusters/main/apps/wiki: is a directory': recursed accumulation of path '/tmp/kustomization-123/clusters/main/apps/wiki': accumulating resources from 'config.yaml': MalformedYAMLError: yaml: line 7: could not find expected ':' in File: config.yaml",
    'clusters/main/apps/wiki/config.yaml:7',
  ],
  [
    'a file by its whole path',
    'BuildFailed',
    'failed to decode Kubernetes YAML from /tmp/kustomization-9/clusters/main/apps/blog/release.yaml: missing Resource metadata',
    'clusters/main/apps/blog/release.yaml:1',
  ],
  [
    'a file that is not there: the line that lists it',
    'BuildFailed',
    "kustomize build failed: accumulating resources: accumulation err='accumulating resources from 'gone.yaml': open /tmp/kustomization-1/clusters/main/apps/gone.yaml: no such file or directory'",
    'clusters/main/apps/kustomization.yaml:6',
  ],
  [
    'a directory that is not there',
    'BuildFailed',
    "accumulating resources from '../away': evalsymlink failure on '/tmp/kustomization-1/clusters/main/away' : lstat: no such file or directory",
    'clusters/main/apps/kustomization.yaml:7',
  ],
  ['a message without a file', 'BuildFailed', 'variable substitution failed', 'flux/ks.yaml:1'],
  [
    'an object the API server refuses',
    'ReconciliationFailed',
    'ConfigMap/wiki/config dry-run failed (Invalid): data: Invalid value',
    'clusters/main/apps/wiki/config.yaml:2',
  ],
  ['a health check', 'HealthCheckFailed', 'timeout waiting for HelmRelease/wiki/wiki', 'flux/ks.yaml:1'],
];

describe('of a Kustomization', () => {
  test.each(TROUBLES)('%s', async (_, reason, message, place) => {
    const locator = await locatorOf(FILES);
    const located = locator.anywhere({ kind: 'Kustomization', name: 'apps', namespace: 'flux-system' });
    if (located.found !== 'one') throw new Error(located.found);

    const { file, line } = usefulLine(
      { ref: 'Kustomization/flux-system/apps', reason, message, images: [], applier: BY },
      located.definition,
      locator,
    );

    expect(`${file}:${line}`).toBe(place);
  });
});

describe('of a HelmRelease', () => {
  test.each<[string, string, string, string[], number]>([
    ['an upgrade that failed: its chart', 'UpgradeFailed', 'timed out waiting for the condition', [], 9],
    [
      'an image that cannot be pulled',
      'ImagePullBackOff',
      'Back-off pulling image "wiki:3.3.0"',
      ['wiki:3.3.0'],
      11,
    ],
    ['an image nobody tells, but there is one', 'UpgradeFailed', 'container web: ErrImagePull', [], 11],
    ['an image it does not name: its chart', 'CrashLoopBackOff', 'exit 1', ['sidecar:1'], 9],
  ])('%s', async (_, reason, message, images, line) => {
    const locator = await locatorOf(FILES);
    const located = locator.within({ kind: 'HelmRelease', name: 'wiki', namespace: 'wiki' }, BY);
    if (located.found !== 'one') throw new Error(located.found);

    const place = usefulLine(
      { ref: 'HelmRelease/wiki/wiki', reason, message, images },
      located.definition,
      locator,
    );

    expect(place).toEqual({ file: 'clusters/main/apps/wiki/release.yaml', line });
  });
});
