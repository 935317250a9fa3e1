import { describe, expect, test } from 'vitest';

import type { DriftReport, ObjectDrift } from '#domain/drift/report.ts';

import { seenDrift } from '../../src/gate/seen-drift.ts';
import { type Touched, newTouched } from '../../src/gate/touched.ts';
import { applier, drift, field, report } from '../domain/drift/objects.ts';

const { signal } = new AbortController();

/** Sees all but Secrets, the namespace vault, and what is under private/. */
const SIGHT = {
  allows: (kind: string, namespace: string | undefined) => kind !== 'Secret' && namespace !== 'vault',
  reaches: (namespace: string) => namespace !== 'vault',
  files: { allows: (path: string) => !path.startsWith('private/'), demand: () => undefined },
};

async function seen(made: DriftReport, touched: Touched = newTouched()): Promise<DriftReport> {
  return seenDrift(async () => ({ compare: async () => made }), SIGHT, touched).compare(
    { at: 'applied' },
    signal,
  );
}

function refsIn({ objects }: DriftReport): string[] {
  return objects.map(({ ref }) => ref);
}

test('objects of hidden kinds and namespaces, and of hidden appliers, are counted and not told', async () => {
  const touched = newTouched();
  const made = report([
    drift('Deployment/apps/wiki'),
    drift('Secret/apps/wiki'),
    drift('Deployment/vault/vault'),
    drift('Namespace//vault', { name: 'vault' }),
    drift('Deployment/apps/other', { by: 'Kustomization/vault/apps' }),
  ]);

  const shown = await seen(made, touched);

  expect(refsIn(shown)).toEqual(['Deployment/apps/wiki']);
  expect(Object.fromEntries(touched.hidden)).toEqual({ Secret: 1, Deployment: 2, Namespace: 1 });
  expect([...touched.hiddenNamespaces]).toEqual(['vault']);
  expect([...touched.seen.values()]).toEqual([{ kind: 'Deployment', namespace: 'apps' }]);
});

test('a hidden Kustomization is not among those that were rendered', async () => {
  const made = report([], [applier(), applier({ ref: 'Kustomization/vault/apps' })]);

  expect((await seen(made)).appliers.map(({ ref }) => ref)).toEqual(['Kustomization/flux-system/apps']);
});

describe('what stands in a file that the caller may not see', () => {
  const fields = [
    field('.data.mode', { live: '[not shown]', git: 'plain' }),
    field('.spec.replicas', { live: '5' }),
  ];
  const hidden: [string, Partial<ObjectDrift>][] = [
    ['a hidden path', { place: { file: 'private/wiki.yaml', line: 1 } }],
    ['key material', { place: { file: 'apps/age.key', line: 1 } }],
    [
      'an unknown file of a hidden Kustomization',
      { by: 'Kustomization/flux-system/private', place: undefined },
    ],
  ];

  test.each(hidden)('is neither named nor quoted: %s', async (_, more) => {
    const appliers = [
      applier(),
      applier({ ref: 'Kustomization/flux-system/private', files: ['private/kustomization.yaml'] }),
    ];

    const { objects } = await seen(report([drift('ConfigMap/apps/x', { fields, ...more })], appliers));

    expect(objects[0]).not.toHaveProperty('place');
    expect(objects[0]?.fields.map(({ live, git }) => [live, git])).toEqual([
      ['[not shown]', '[not shown]'],
      ['5', undefined],
    ]);
  });

  test('is told where the caller may see it', async () => {
    const object = drift('ConfigMap/apps/x', { fields });

    expect((await seen(report([object]))).objects).toEqual([object]);
  });

  test('is in no reason why a Kustomization could not be rendered', async () => {
    const reason = 'private/wiki.yaml: no such field hunter2';
    const failed = applier({
      status: 'failed',
      reason,
      files: ['apps/kustomization.yaml', 'private/wiki.yaml'],
    });

    const { appliers } = await seen(report([], [failed]));

    expect(appliers).toMatchObject([{ status: 'failed' }]);
    expect(JSON.stringify(appliers)).not.toContain('hunter2');
  });
});
