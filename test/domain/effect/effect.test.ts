import { describe, expect, test } from 'vitest';

import type { DesiredObject, Rendering } from '#domain/desired/desired.ts';
import type { JsonObject } from '#domain/desired/engine.ts';
import { effectOf } from '#domain/effect/effect.ts';

const DIGEST = `@sha256:${'a1'.repeat(32)}`;

const desired = (object: JsonObject, holes: Record<string, string> = {}): DesiredObject => ({
  object,
  holes: new Map(Object.entries(holes)),
});

function manifest(kind: string, name: string, more: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind, ...more, metadata: { name, namespace: 'apps' } };
}

function deployment(name: string, { image = 'a:1', replicas = 1 } = {}): DesiredObject {
  return desired({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace: 'apps' },
    spec: { replicas, template: { spec: { containers: [{ name: 'app', image }] } } },
  });
}

function rendering(objects: readonly DesiredObject[], more: Partial<Rendering> = {}): Rendering {
  return {
    ref: 'Kustomization/flux-system/apps',
    namespace: 'flux-system',
    name: 'apps',
    path: 'apps',
    spec: { prune: true },
    status: 'ok',
    unresolved: [],
    objects,
    commit: 'c0ffee',
    ...more,
  };
}

describe('what becomes of objects', () => {
  test('a changed field is told with both sides', () => {
    const { effect, refusals } = effectOf(
      [rendering([deployment('wiki', { image: 'wiki:1' })])],
      [rendering([deployment('wiki', { image: 'wiki:2' })])],
    );

    expect(refusals).toEqual([]);
    expect(effect).toMatchObject({ summary: 'objects: 1 changed', warnings: [], unchecked: [] });
    expect(effect.changes.rows).toEqual([
      [
        'changes',
        'Deployment/apps/wiki',
        '.spec.template.spec.containers[name="app"].image',
        'wiki:1',
        'wiki:2',
      ],
    ]);
  });

  test('a created, a pruned and a moved object', () => {
    const before = [
      rendering([deployment('old'), deployment('moved')]),
      rendering([], { ref: 'Kustomization/flux-system/other' }),
    ];
    const after = [
      rendering([deployment('fresh')]),
      rendering([deployment('moved')], { ref: 'Kustomization/flux-system/other' }),
    ];

    const { effect } = effectOf(before, after);

    expect(effect.changes.rows.map(([does, ref]) => [does, ref])).toEqual([
      ['creates', 'Deployment/apps/fresh'],
      ['prunes', 'Deployment/apps/old'],
    ]);
  });

  test.each<{ what: string; spec: JsonObject; metadata?: JsonObject; does: string }>([
    { what: 'without prune', spec: {}, does: 'leaves' },
    { what: 'with prune', spec: { prune: true }, does: 'prunes' },
    {
      what: 'with prune, where the object says no',
      spec: { prune: true },
      metadata: { annotations: { 'kustomize.toolkit.fluxcd.io/prune': 'Disabled' } },
      does: 'leaves',
    },
  ])('what leaves Git $what', ({ spec, metadata, does }) => {
    const gone = desired({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', ...metadata } });

    const { effect } = effectOf([rendering([gone], { spec })], [rendering([], { spec })]);

    expect(effect.changes.rows[0]?.[0]).toBe(does);
  });

  test('nothing, where both sides are equal', () => {
    const { effect } = effectOf([rendering([deployment('a')])], [rendering([deployment('a')])]);

    expect(effect).toMatchObject({ summary: 'no object in the cluster changes', warnings: [] });
  });
});

const secret = (password: string): DesiredObject =>
  desired(manifest('Secret', 'db', { stringData: { password } }));

const ingress = (host: string, extra: string): DesiredObject =>
  desired(manifest('Ingress', 'wiki', { spec: { host, hosts: [host, extra] } }), {
    '.spec.host': '${HOST}',
    '.spec.hosts[0]': '${HOST}',
  });

describe('what is shown', () => {
  test('a Secret shows its keys and no value', () => {
    const judged = effectOf([rendering([secret('first-1234')])], [rendering([secret('other-5678')])]);

    expect(JSON.stringify(judged)).not.toMatch(/first-1234|other-5678/);
    expect(judged.effect.changes.rows[0]?.slice(2)).toEqual([
      '.stringData.password',
      '[not shown]',
      '[not shown]',
    ]);
  });

  test('a variable that is not plain in Git is told by its name, also within a list', () => {
    const judged = effectOf(
      [rendering([ingress('hidden.test', 'a')])],
      [rendering([ingress('hidden.example', 'b')])],
    );

    expect(JSON.stringify(judged)).not.toMatch(/hidden/);
    expect(judged.effect.changes.rows.map((row) => row.slice(2))).toEqual([
      ['.spec.host', '${HOST}', '${HOST}'],
      ['.spec.hosts', '[holds a variable]', '[holds a variable]'],
    ]);
  });
});

describe('dangers', () => {
  const claim = desired(manifest('PersistentVolumeClaim', 'books'));
  const release = desired(manifest('HelmRelease', 'wiki'));
  const suspended = (suspend: boolean): DesiredObject =>
    desired(manifest('HelmRelease', 'wiki', { spec: { suspend } }));
  const selecting = (app: string): DesiredObject =>
    desired({
      ...manifest('Deployment', 'wiki', { spec: { selector: { matchLabels: { app } } } }),
    });

  test.each<{
    what: string;
    before: DesiredObject[];
    after: DesiredObject[];
    refused: string[];
    warned: string[];
  }>([
    {
      what: 'a claim that would be pruned is refused',
      before: [claim],
      after: [],
      refused: ['PersistentVolumeClaim/apps/books would be pruned: its data may be gone with it'],
      warned: [],
    },
    {
      what: 'a release that would be pruned is told',
      before: [release],
      after: [],
      refused: [],
      warned: ['HelmRelease/apps/wiki would be pruned: its release is uninstalled'],
    },
    {
      what: 'a suspension',
      before: [suspended(false)],
      after: [suspended(true)],
      refused: [],
      warned: ['HelmRelease/apps/wiki is suspended by this'],
    },
    {
      what: 'the end of a suspension',
      before: [suspended(true)],
      after: [suspended(false)],
      refused: [],
      warned: ['HelmRelease/apps/wiki goes on by this'],
    },
    {
      what: 'replicas to zero',
      before: [deployment('wiki')],
      after: [deployment('wiki', { replicas: 0 })],
      refused: [],
      warned: ['Deployment/apps/wiki is scaled to zero'],
    },
    {
      what: 'an immutable field',
      before: [selecting('a')],
      after: [selecting('b')],
      refused: [],
      warned: ['Deployment/apps/wiki cannot be updated so: .spec.selector.matchLabels.app is immutable'],
    },
    {
      what: 'an image that loses its digest',
      before: [deployment('wiki', { image: `wiki:1${DIGEST}` })],
      after: [deployment('wiki', { image: 'wiki:2' })],
      refused: [],
      warned: ['Deployment/apps/wiki: wiki:2 has no digest, where its neighbours pin one'],
    },
    {
      what: 'an image without digest among pinned ones',
      before: [deployment('a', { image: `a:1${DIGEST}` })],
      after: [deployment('a', { image: `a:1${DIGEST}` }), deployment('b', { image: 'b:1' })],
      refused: [],
      warned: ['Deployment/apps/b: b:1 has no digest, where its neighbours pin one'],
    },
    {
      what: 'an image without digest where nobody pins one is no danger',
      before: [deployment('a')],
      after: [deployment('a'), deployment('b')],
      refused: [],
      warned: [],
    },
  ])('$what', ({ before, after, refused, warned }) => {
    const { refusals, effect } = effectOf([rendering(before)], [rendering(after)]);

    expect(refusals).toEqual(refused);
    expect(effect.warnings).toEqual(warned);
  });
});

describe('what cannot be built', () => {
  const failed = {
    status: 'failed',
    reason: 'no such file',
    failure: { file: 'apps/a.yaml', line: 3 },
  } as const;

  test('is refused when the change breaks it, and nothing of it is called pruned', () => {
    const { refusals, effect } = effectOf([rendering([deployment('a')])], [rendering([], failed)]);

    expect(refusals).toEqual([
      'Kustomization/flux-system/apps could not be built: no such file (apps/a.yaml:3)',
    ]);
    expect(effect.changes.rows).toEqual([]);
  });

  test('is refused once for all that it applies', () => {
    const child = { ref: 'Kustomization/flux-system/wiki', blockedBy: 'Kustomization/flux-system/apps' };
    const before = [rendering([deployment('a')]), rendering([deployment('b')], child)];
    const after = [rendering([], failed), rendering([], { ...failed, ...child })];

    const { refusals, effect } = effectOf(before, after);

    expect(refusals).toEqual([
      'Kustomization/flux-system/apps could not be built: no such file (apps/a.yaml:3)',
    ]);
    expect(effect.changes.rows).toEqual([]);
  });

  test('is unchecked when it was so before', () => {
    const { refusals, effect } = effectOf([rendering([], failed)], [rendering([], failed)]);

    expect(refusals).toEqual([]);
    expect(effect.unchecked).toEqual([
      'Kustomization/flux-system/apps: failed, no such file; so it was before',
    ]);
  });

  test('an undefined variable is refused, one without a known value is told', () => {
    const unresolved = ['HOST'];
    const strict = rendering([], { status: 'unresolved variables', unresolved });
    const open = rendering([deployment('a')], { unresolved });

    expect(effectOf([rendering([deployment('a')])], [strict]).refusals).toEqual([
      'Kustomization/flux-system/apps uses HOST, which nothing defines: the build would fail',
    ]);
    expect(effectOf([rendering([deployment('a')])], [open])).toMatchObject({
      refusals: [],
      effect: {
        warnings: ['Kustomization/flux-system/apps uses HOST, whose value is not known here'],
      },
    });
  });

  test('a Kustomization that no parent reaches is told', () => {
    const lonely = rendering([], { ref: 'Kustomization/flux-system/lonely', unreached: true });

    const { effect } = effectOf([rendering([])], [rendering([]), lonely]);

    expect(effect.warnings).toEqual([
      'Kustomization/flux-system/lonely is in no Kustomization that Flux applies: nothing will come of it',
    ]);
  });
});

test('the lines for a commit are bounded, and say how much is left out', () => {
  const many = Array.from({ length: 25 }, (_, at) => deployment(`app-${String(at).padStart(2, '0')}`));

  const { lines } = effectOf([rendering([])], [rendering(many)]);

  expect(lines).toHaveLength(21);
  expect(lines[0]).toBe('creates Deployment/apps/app-00');
  expect(lines.at(-1)).toBe('and 5 more objects');
});
