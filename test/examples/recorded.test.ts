import { readFileSync } from 'node:fs';
import { join, posix } from 'node:path';

import { describe, expect, test } from 'vitest';
import { z } from 'zod';

import { parseDuration } from '#domain/duration.ts';

import { readHistory, treesOf } from '../../scripts/homelab/history.ts';

import { dependenciesOf, fluxKustomizations, ofKind, reachable, textAt, valueAt } from './manifests.ts';

const history = readHistory();
const broken = treesOf(history)[history.commits.findIndex(({ tag }) => tag === 'broken')] ?? new Map();

const Recorded = z.looseObject({
  kind: z.string(),
  name: z.string(),
  namespace: z.string(),
  uid: z.string(),
  interval: z.string().optional(),
  path: z.string().optional(),
  wait: z.boolean().optional(),
  dependsOn: z.array(z.looseObject({ name: z.string() })).default([]),
  source: z.looseObject({ kind: z.string(), name: z.string() }).optional(),
  chart: z.looseObject({ name: z.string(), version: z.string() }).optional(),
});
type Recorded = z.infer<typeof Recorded>;

const recorded = objectsIn(
  JSON.parse(readFileSync(join(import.meta.dirname, '../../examples/homelab/cluster.json'), 'utf8')),
);

function objectsIn(value: unknown): Recorded[] {
  if (Array.isArray(value)) return value.flatMap(objectsIn);
  if (typeof value !== 'object' || value === null) return [];
  const { data } = Recorded.safeParse(value);
  return data ? [data] : Object.values(value).flatMap(objectsIn);
}

const ofRecordedKind = (kind: string): Recorded[] => recorded.filter((each) => each.kind === kind);

describe('the recorded cluster is what the repository describes at the tag broken', () => {
  test('its Kustomizations: name, path, interval, dependencies, waiting, source', () => {
    const live = ofRecordedKind('Kustomization').map((each) => ({
      name: each.name,
      path: posix.normalize(each.path ?? ''),
      interval: parseDuration(each.interval ?? ''),
      dependsOn: each.dependsOn.map(({ name }) => name),
      wait: each.wait,
      source: `${each.source?.kind}/${each.source?.name}`,
    }));

    const inGit = fluxKustomizations(broken).map((each) => ({
      name: textAt(each, 'metadata', 'name'),
      path: posix.normalize(textAt(each, 'spec', 'path')),
      interval: parseDuration(textAt(each, 'spec', 'interval')),
      dependsOn: dependenciesOf(each),
      wait: valueAt(each, 'spec', 'wait'),
      source: `${textAt(each, 'spec', 'sourceRef', 'kind')}/${textAt(each, 'spec', 'sourceRef', 'name')}`,
    }));

    expect(byName(inGit)).toEqual(byName(live));
    expect(live).toHaveLength(21);
  });

  test('its releases: namespace, chart, version, interval, source', () => {
    const live = ofRecordedKind('HelmRelease').map((each) => ({
      name: each.name,
      namespace: each.namespace,
      chart: `${each.chart?.name} ${each.chart?.version}`,
      interval: parseDuration(each.interval ?? ''),
      source: each.source?.name,
    }));
    const applied = new Set(
      fluxKustomizations(broken).flatMap((each) =>
        reachable(broken, posix.normalize(textAt(each, 'spec', 'path'))),
      ),
    );

    const inGit = ofKind(broken, 'HelmRelease', 'helm.toolkit.fluxcd.io')
      .filter(({ file }) => applied.has(file))
      .map((each) => ({
        name: textAt(each, 'metadata', 'name'),
        namespace: textAt(each, 'metadata', 'namespace'),
        chart: `${textAt(each, 'spec', 'chart', 'spec', 'chart')} ${textAt(each, 'spec', 'chart', 'spec', 'version')}`,
        interval: parseDuration(textAt(each, 'spec', 'interval')),
        source: textAt(each, 'spec', 'chart', 'spec', 'sourceRef', 'name'),
      }));

    expect(byName(inGit)).toEqual(byName(live));
    expect(live).toHaveLength(14);
  });

  test('its sources and the image of the wiki', () => {
    const inGit = ['GitRepository', 'HelmRepository', 'OCIRepository'].flatMap((kind) =>
      ofKind(broken, kind, 'source.toolkit.fluxcd.io').map((each) => ({
        name: textAt(each, 'metadata', 'name'),
        interval: parseDuration(textAt(each, 'spec', 'interval')),
      })),
    );
    const [wiki] = ofKind(broken, 'HelmRelease', 'helm.toolkit.fluxcd.io').filter(
      (each) => textAt(each, 'metadata', 'name') === 'wiki',
    );

    const live = recorded.filter(({ kind }) => /^(Git|Helm|OCI)Repository$/.test(kind));
    const [deployment] = ofRecordedKind('Deployment').filter(({ name }) => name === 'wiki');

    expect(byName(inGit)).toEqual(
      byName(live.map(({ name, interval = '' }) => ({ name, interval: parseDuration(interval) }))),
    );
    const image =
      wiki && ['repository', 'tag'].map((key) => textAt(wiki, 'spec', 'values', 'image', key)).join(':');
    expect(deployment?.['images']).toEqual({ main: image });
  });
});

function byName<T extends { name: string }>(items: readonly T[]): T[] {
  return items.toSorted((one, other) => one.name.localeCompare(other.name));
}
