import { describe, expect, test } from 'vitest';

import { judgeFlux, judgeFluxWithRoots } from '#domain/flux/judge.ts';
import type { FluxObject } from '#domain/objects/flux.ts';

import { blockedCondition, broken, flux, holds, NOW, ready, shuffled, waitingFor } from './objects.ts';

const judge = (objects: FluxObject[], more: { hiddenPossible?: boolean; unreadableKinds?: string[] } = {}) =>
  judgeFluxWithRoots({ objects, controllers: [], now: NOW, ...more });

/** `name: causes` of every verdict that has a cause, short. */
function causes(objects: FluxObject[]): Record<string, string[]> {
  const verdicts = judgeFlux({ objects, controllers: [], now: NOW }).filter(
    ({ causedBy }) => causedBy.length > 0,
  );
  return Object.fromEntries(verdicts.map(({ object, causedBy }) => [object.name, causedBy]));
}

const child = { kind: 'HelmRelease', namespace: 'a', name: 'app' };

describe('roots', () => {
  test('a chain of five leads to its one root', () => {
    const chain = [
      broken('Kustomization/a/one'),
      waitingFor('Kustomization/a/two', 'one'),
      waitingFor('Kustomization/a/three', 'two'),
      waitingFor('Kustomization/a/four', 'three'),
      waitingFor('Kustomization/a/five', 'four'),
    ];

    const found = causes(chain);

    const root = ['Kustomization/a/one'];
    expect(found).toEqual({ two: root, three: root, four: root, five: root });
  });

  test('a diamond names its root once, and two roots both', () => {
    const objects = [
      broken('Kustomization/a/root'),
      flux('Kustomization/a/other', { conditions: [holds('Stalled', 'AccessDenied')] }),
      waitingFor('Kustomization/a/left', 'root'),
      waitingFor('Kustomization/a/right', 'root', 'other'),
      waitingFor('Kustomization/a/top', 'left', 'right'),
    ];

    const found = causes(objects);

    expect(found['top']).toEqual(['Kustomization/a/other', 'Kustomization/a/root']);
    expect(found['left']).toEqual(['Kustomization/a/root']);
  });

  test('dependencies that are fine are no causes', () => {
    const objects = [
      flux('Kustomization/a/fine'),
      broken('Kustomization/a/bad'),
      waitingFor('Kustomization/a/top', 'fine', 'bad'),
    ];

    expect(causes(objects)).toEqual({ top: ['Kustomization/a/bad'] });
  });

  test.each<[string, Partial<FluxObject>]>([
    ['suspended', { suspended: true, conditions: [], generation: 2, observedGeneration: 1 }],
    [
      'suspended while Ready, its suspension unobserved',
      { suspended: true, generation: 2, observedGeneration: 1 },
    ],
    ['progressing', { conditions: [ready('Unknown', 'Progressing')] }],
    ['never reconciled', { conditions: [] }],
    ['at an unobserved generation', { generation: 2, observedGeneration: 1 }],
  ])('a dependency that is %s is a root', (_, more) => {
    const objects = [flux('Kustomization/a/base', more), waitingFor('Kustomization/a/top', 'base')];

    expect(causes(objects)).toEqual({ top: ['Kustomization/a/base'] });
  });

  test('a suspended root is suspended, not failed', () => {
    const { verdicts } = judge([
      flux('Kustomization/a/base', { suspended: true, conditions: [] }),
      waitingFor('Kustomization/a/top', 'base'),
    ]);

    expect(verdicts.map(({ state }) => state)).toEqual(['suspended', 'blocked']);
  });

  test('a dependency behind the common source is a root; one with another source is not', () => {
    const source = { kind: 'GitRepository', name: 'git' };
    const behind = { source, lastAppliedRevision: 'main@sha1:aa' };
    const objects = [
      flux('GitRepository/a/git', { artifact: { revision: 'main@sha1:bb' } }),
      flux('Kustomization/a/base', behind),
      { ...waitingFor('Kustomization/a/same', 'base'), source },
      { ...waitingFor('Kustomization/a/other', 'base'), source: { kind: 'OCIRepository', name: 'x' } },
    ];

    const found = causes(objects);

    expect(found['same']).toEqual(['Kustomization/a/base']);
    expect(found['other']).toEqual(['OCIRepository/a/x']);
  });

  test('a readyExpr is the cause only when no dependency fails', () => {
    const dependsOn = [
      { namespace: 'a', name: 'expression', readyExpr: 'dep.status.x == 1' },
      { namespace: 'a', name: 'plain' },
    ];
    const top = flux('Kustomization/a/top', { dependsOn, conditions: [blockedCondition] });
    const expression = flux('Kustomization/a/expression');

    const unmet = causes([top, expression, flux('Kustomization/a/plain')]);
    const failing = causes([top, expression, broken('Kustomization/a/plain')]);

    expect(unmet).toEqual({ top: ['Kustomization/a/expression'] });
    expect(failing).toEqual({ top: ['Kustomization/a/plain'] });
  });

  test('a HelmRelease depends on HelmReleases, not on a Kustomization of the same name', () => {
    const objects = [
      broken('Kustomization/a/db'),
      flux('HelmRelease/a/db', { conditions: [ready('False', 'InstallFailed')] }),
      waitingFor('HelmRelease/a/app', 'db'),
    ];

    expect(causes(objects)).toEqual({ app: ['HelmRelease/a/db'] });
  });

  test('a failed health check is caused by the Flux object that it waits for', () => {
    const failing = flux('HelmRelease/a/app', { conditions: [ready('False', 'UpgradeFailed')] });
    const unhealthy = { conditions: [ready('False', 'HealthCheckFailed')], inventory: [child] };

    const found = causes([
      failing,
      flux('Kustomization/a/waits', { ...unhealthy, wait: true }),
      flux('Kustomization/a/names', { ...unhealthy, healthChecks: [child] }),
      flux('Kustomization/a/neither', unhealthy),
      waitingFor('Kustomization/a/top', 'waits'),
    ]);

    const root = ['HelmRelease/a/app'];
    expect(found).toEqual({ waits: root, names: root, top: root });
  });
});

test('what a Kustomization applied to another cluster is not sought in this one', () => {
  const failing = flux('HelmRelease/a/app', { conditions: [ready('False', 'UpgradeFailed')] });
  const remote = flux('Kustomization/a/far', {
    remote: true,
    wait: true,
    inventory: [child],
    conditions: [ready('False', 'HealthCheckFailed', 'timeout')],
  });

  const { verdicts } = judge([failing, remote]);

  expect(verdicts[1]).toMatchObject({ causedBy: [], message: 'timeout; it applies to another cluster' });
});

describe('cycles', () => {
  const cycle = [
    waitingFor('Kustomization/a/x', 'y'),
    waitingFor('Kustomization/a/y', 'z'),
    waitingFor('Kustomization/a/z', 'x'),
    waitingFor('Kustomization/a/after', 'z'),
  ];

  test('are one root, named by the first member', () => {
    const { verdicts } = judge(cycle);

    expect(verdicts.map(({ ref, reason, causedBy }) => [ref, reason, causedBy])).toEqual([
      ['Kustomization/a/after', 'DependencyNotReady', ['Kustomization/a/x']],
      ['Kustomization/a/x', 'DependencyCycle', []],
      ['Kustomization/a/y', 'DependencyNotReady', ['Kustomization/a/x']],
      ['Kustomization/a/z', 'DependencyNotReady', ['Kustomization/a/x']],
    ]);
    expect(verdicts[1]?.message).toBe(
      'each waits for the next: Kustomization/a/x → Kustomization/a/y → Kustomization/a/z → Kustomization/a/x',
    );
  });

  test('are found in an object that waits for itself', () => {
    const { verdicts } = judge([waitingFor('Kustomization/a/x', 'x')]);

    expect(verdicts).toMatchObject([{ reason: 'DependencyCycle', causedBy: [] }]);
  });

  test('keep a cause beyond them beside themselves', () => {
    const found = causes([
      broken('Kustomization/a/bad'),
      waitingFor('Kustomization/a/x', 'y', 'bad'),
      waitingFor('Kustomization/a/y', 'x'),
      waitingFor('Kustomization/a/after', 'y'),
    ]);

    expect(found).toEqual({
      x: ['Kustomization/a/bad'],
      y: ['Kustomization/a/bad', 'Kustomization/a/x'],
      after: ['Kustomization/a/bad', 'Kustomization/a/x'],
    });
  });

  test('are found between a parent that waits for its child and the child that depends on it', () => {
    const inventory = [{ kind: 'Kustomization', namespace: 'a', name: 'kid' }];
    const { verdicts } = judge([
      flux('Kustomization/a/parent', {
        wait: true,
        inventory,
        conditions: [ready('False', 'HealthCheckFailed')],
      }),
      waitingFor('Kustomization/a/kid', 'parent'),
    ]);

    expect(verdicts.map(({ reason, causedBy }) => [reason, causedBy])).toEqual([
      ['DependencyCycle', []],
      ['HealthCheckFailed', ['Kustomization/a/kid']],
    ]);
  });
});

describe('what is not there', () => {
  test('a missing dependency is a root', () => {
    const { outerRoots } = judge([
      waitingFor('Kustomization/a/top', 'gone'),
      waitingFor('Kustomization/a/up', 'top'),
    ]);

    expect(outerRoots).toEqual([
      {
        ref: 'Kustomization/a/gone',
        state: 'failed',
        reason: 'DependencyMissing',
        message: 'does not exist',
      },
    ]);
    expect(
      causes([waitingFor('Kustomization/a/top', 'gone'), waitingFor('Kustomization/a/up', 'top')]),
    ).toEqual({
      top: ['Kustomization/a/gone'],
      up: ['Kustomization/a/gone'],
    });
  });

  test('a failed parent may explain it, or an inventory that once held it', () => {
    const labels = {
      'kustomize.toolkit.fluxcd.io/name': 'parent',
      'kustomize.toolkit.fluxcd.io/namespace': 'a',
    };
    const top = { ...waitingFor('Kustomization/a/top', 'gone'), labels };
    const inventory = [{ kind: 'Kustomization', namespace: 'a', name: 'gone' }];

    const messages = [
      broken('Kustomization/a/parent'),
      flux('Kustomization/a/parent'),
      flux('Kustomization/a/elsewhere', { inventory }),
    ].map((other) => judge([top, other]).outerRoots[0]?.message);

    expect(messages).toEqual([
      'does not exist; Kustomization/a/parent, which may have to create it, is not ready',
      'does not exist',
      'does not exist, though Kustomization/a/elsewhere once applied it',
    ]);
  });

  test('a missing source is the root of all that take from it', () => {
    const source = { kind: 'GitRepository', namespace: 'flux-system', name: 'cluster' };
    const conditions = [ready('False', 'ArtifactFailed', 'source not found')];

    const { verdicts, outerRoots } = judge([
      flux('Kustomization/a/x', { source, conditions }),
      flux('Kustomization/a/y', { source, conditions }),
    ]);

    expect(outerRoots).toMatchObject([{ ref: 'GitRepository/flux-system/cluster', reason: 'SourceMissing' }]);
    expect(verdicts.map(({ state, causedBy }) => [state, causedBy])).toEqual([
      ['blocked', ['GitRepository/flux-system/cluster']],
      ['blocked', ['GitRepository/flux-system/cluster']],
    ]);
  });

  test('a release without a chart leads through its HelmChart to the repository', () => {
    const repository = { kind: 'HelmRepository', namespace: 's', name: 'charts' };
    const conditions = [ready('False', 'SourceNotReady')];

    const found = causes([
      flux('HelmRepository/s/charts', { conditions: [ready('False', 'Failed', 'no such host')] }),
      flux('HelmChart/s/a-app', { source: repository, conditions }),
      flux('HelmRelease/a/app', { source: repository, chart: { name: 'app' }, conditions }),
    ]);

    expect(found).toEqual({ 'a-app': ['HelmRepository/s/charts'], app: ['HelmRepository/s/charts'] });
  });

  test('a chart that is not found is the root of its release, its repository being fine', () => {
    const repository = { kind: 'HelmRepository', namespace: 's', name: 'charts' };

    const found = causes([
      flux('HelmRepository/s/charts', { type: 'oci', conditions: [] }),
      flux('HelmChart/s/a-app', {
        source: repository,
        conditions: [ready('False', 'InvalidChartReference')],
      }),
      flux('HelmRelease/a/app', {
        source: repository,
        chart: { name: 'app' },
        conditions: [ready('False', 'SourceNotReady')],
      }),
    ]);

    expect(found).toEqual({ app: ['HelmChart/s/a-app'] });
  });

  test('with a policy that may hide, nothing of an unseen namespace is told', () => {
    const elsewhere = { namespace: 'secret-place', name: 'database' };
    const objects = [flux('Kustomization/a/top', { dependsOn: [elsewhere], conditions: [blockedCondition] })];

    const { verdicts, outerRoots } = judge(objects, { hiddenPossible: true });

    expect(verdicts[0]?.causedBy).toEqual(['Kustomization/hidden']);
    expect(outerRoots).toEqual([
      {
        ref: 'Kustomization/hidden',
        state: 'unknown',
        reason: 'HiddenOrMissing',
        message: 'hidden by policy or missing',
      },
    ]);
    expect(JSON.stringify(outerRoots)).not.toContain('secret-place');
  });

  test('in a namespace that the policy shows, missing is missing', () => {
    const { outerRoots } = judge([waitingFor('Kustomization/a/top', 'gone')], { hiddenPossible: true });

    expect(outerRoots).toMatchObject([{ ref: 'Kustomization/a/gone', reason: 'DependencyMissing' }]);
  });

  test('of a kind that could not be read, nothing is called missing', () => {
    const source = { kind: 'GitRepository', name: 'git' };
    const objects = [
      flux('Kustomization/a/x', { source, conditions: [ready('False', 'BuildFailed')] }),
      waitingFor('HelmRelease/a/top', 'db'),
    ];

    const { verdicts, outerRoots } = judge(objects, { unreadableKinds: ['GitRepository', 'HelmRelease'] });

    expect(verdicts.map(({ state, causedBy }) => [state, causedBy])).toEqual([
      ['blocked', ['HelmRelease/a/db']],
      ['failed', []],
    ]);
    expect(outerRoots).toMatchObject([{ ref: 'HelmRelease/a/db', state: 'unknown', reason: 'NotReadable' }]);
  });
});

test('the order of the input changes nothing', () => {
  const objects = [
    broken('Kustomization/a/bad'),
    flux('Kustomization/a/idle', { suspended: true, conditions: [] }),
    waitingFor('Kustomization/a/x', 'y', 'bad'),
    waitingFor('Kustomization/a/y', 'x', 'gone'),
    waitingFor('Kustomization/a/after', 'y', 'idle'),
    ...Array.from({ length: 30 }, (_, index) =>
      waitingFor(`Kustomization/a/n${index}`, `n${(index * 7 + 3) % 40}`, index % 3 === 0 ? 'after' : 'idle'),
    ),
  ];
  const expected = judge(objects);

  const results = Array.from({ length: 50 }, (_, seed) => judge(shuffled(objects, seed)));

  expect(new Set(shuffled(objects, 1).map(({ name }) => name))).toEqual(
    new Set(objects.map(({ name }) => name)),
  );
  for (const result of results) expect(result).toEqual(expected);
});
