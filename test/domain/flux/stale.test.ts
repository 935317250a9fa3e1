import { describe, expect, test } from 'vitest';

import { judgeFluxWithRoots } from '#domain/flux/judge.ts';
import type { FluxObject } from '#domain/objects/flux.ts';
import type { Workload } from '#domain/objects/workload.ts';

import { controller, flux, minutesAgo, NOW, ready, waitingFor } from './objects.ts';

const judge = (objects: FluxObject[], controllers: Workload[], hiddenPossible = false) =>
  judgeFluxWithRoots({ objects, controllers, now: NOW, hiddenPossible });

const KS = 'Kustomization/a/web';
const all = ['source', 'kustomize', 'helm', 'notification'].map((name) => controller(`${name}-controller`));
const down = (name: string, minutes: number): Workload =>
  controller(name, {
    available: 0,
    ready: 0,
    conditions: [{ type: 'Available', status: 'False', since: minutesAgo(minutes) }],
  });

function withDown(name: string, minutes: number): Workload[] {
  return [...all.filter((one) => one.name !== name), down(name, minutes)];
}

describe('a Kustomization last reconciled', () => {
  test.each<[string, Partial<FluxObject>, string]>([
    ['19 minutes ago, every 10', { history: [{ last: minutesAgo(19) }] }, 'ready'],
    ['exactly two intervals ago', { history: [{ last: minutesAgo(20) }] }, 'ready'],
    ['21 minutes ago, every 10', { history: [{ last: minutesAgo(21) }] }, 'stale'],
    ['21 minutes ago, every hour', { history: [{ last: minutesAgo(21) }], interval: '1h' }, 'ready'],
    [
      'long ago, but on request since',
      { history: [{ last: minutesAgo(60) }], lastHandledReconcileAt: minutesAgo(5) },
      'ready',
    ],
    [
      'long ago, with a request that is no time',
      { history: [{ last: minutesAgo(60) }], lastHandledReconcileAt: '1' },
      'stale',
    ],
    ['nobody knows when', { history: [] }, 'ready'],
    ['long ago, without an interval', { history: [{ last: minutesAgo(60) }], interval: undefined }, 'ready'],
    ['long ago and suspended', { history: [{ last: minutesAgo(60) }], suspended: true }, 'suspended'],
    [
      'long ago and failed',
      { history: [{ last: minutesAgo(60) }], conditions: [ready('False', 'BuildFailed')] },
      'failed',
    ],
  ])('%s', (_, more, state) => {
    expect(judge([flux(KS, more)], all).verdicts[0]?.state).toBe(state);
  });

  test('says since when and what was due', () => {
    const { verdicts } = judge([flux(KS, { history: [{ last: minutesAgo(180) }] })], all);

    expect(verdicts[0]).toMatchObject({
      reason: 'NotReconciling',
      message: 'last reconciled 3h ago, due every 10m; its controller does not get to it',
      since: minutesAgo(180),
      causedBy: [],
    });
  });

  test('is believed while its controller is down, until two intervals have passed', () => {
    const states = [15, 25].map(
      (minutes) =>
        judge([flux(KS, { history: [{ last: minutesAgo(minutes) }] })], withDown('kustomize-controller', 15))
          .verdicts[0]?.state,
    );

    expect(states).toEqual(['ready', 'stale']);
  });
});

describe('a controller that is down', () => {
  test.each([
    ['Kustomization/a/x', 'kustomize-controller'],
    ['HelmRelease/a/x', 'helm-controller'],
    ['GitRepository/a/x', 'source-controller'],
    ['HelmChart/a/x', 'source-controller'],
    ['Receiver/a/x', 'notification-controller'],
    ['ImageRepository/a/x', 'image-reflector-controller'],
    ['ImagePolicy/a/x', 'image-reflector-controller'],
    ['ImageUpdateAutomation/a/x', 'image-automation-controller'],
  ])('is the root of a stale %s: %s', (ref, name) => {
    const object = flux(ref, { history: ref.startsWith('Kustomization') ? [{ last: minutesAgo(60) }] : [] });

    const { verdicts, outerRoots } = judge([object], withDown(name, 60));

    expect(verdicts[0]).toMatchObject({ state: 'stale', causedBy: [`Deployment/flux-system/${name}`] });
    expect(outerRoots).toMatchObject([
      {
        ref: `Deployment/flux-system/${name}`,
        state: 'failed',
        reason: 'ControllerDown',
        since: minutesAgo(60),
      },
    ]);
  });

  test('is the root of what was never reconciled and of what depends on that', () => {
    const objects = [flux('HelmRelease/a/new', { conditions: [] }), waitingFor('HelmRelease/a/top', 'new')];

    const { verdicts } = judge(objects, withDown('helm-controller', 60));

    const root = ['Deployment/flux-system/helm-controller'];
    expect(verdicts.map(({ state, causedBy }) => [state, causedBy])).toEqual([
      ['unknown', root],
      ['blocked', root],
    ]);
  });

  test('leaves alone what it does not reconcile and what nothing reconciles', () => {
    const objects = [
      flux('GitRepository/a/x'),
      flux('HelmRepository/a/x', { type: 'oci', conditions: [] }),
      flux('Alert/a/x', { conditions: [] }),
    ];

    const { verdicts, outerRoots } = judge(objects, withDown('helm-controller', 60));

    expect(verdicts.map(({ state }) => state)).toEqual(['ready', 'ready', 'ready']);
    expect(outerRoots).toEqual([]);
  });

  test('is progressing while it rolls out, failed when scaled to zero', () => {
    const scaled = controller('helm-controller', { desired: 0, available: 0 });
    const objects = [flux('HelmRelease/a/x')];

    const roots = [withDown('helm-controller', 1), [...all.slice(0, 2), scaled]].map(
      (controllers) => judge(objects, controllers).outerRoots[0],
    );

    expect(roots).toMatchObject([
      { state: 'progressing' },
      { state: 'failed', message: 'helm-controller is scaled to zero: nothing reconciles its kinds' },
    ]);
  });

  test('is found by its component label, and a sharded one runs while one shard does', () => {
    const labels = { 'app.kubernetes.io/component': 'helm-controller' };
    const shard = controller('helm-shard-1', { labels });
    const objects = [flux('HelmRelease/a/x')];

    const running = judge(objects, [...withDown('helm-controller', 60), shard]).outerRoots;

    expect(running).toEqual([]);
  });

  test('is not mistaken for a Deployment of the same name elsewhere', () => {
    const namesake = controller('helm-controller', { namespace: 'elsewhere' });

    const { outerRoots } = judge([flux('HelmRelease/a/x')], [...withDown('helm-controller', 60), namesake]);

    expect(outerRoots).toMatchObject([{ ref: 'Deployment/flux-system/helm-controller' }]);
  });
});

test('an operator in a namespace of its own is found', () => {
  const operator = controller('flux-operator', { namespace: 'operators' });
  const instance = flux('FluxInstance/flux-system/flux', { group: 'fluxcd.controlplane.io' });

  const { verdicts, outerRoots } = judge([instance], [...all, operator]);

  expect([verdicts[0]?.state, outerRoots]).toEqual(['ready', []]);
});

describe('a controller that is not there', () => {
  const old = flux(KS, { history: [{ last: minutesAgo(60) }] });

  test('is missing when the others are seen', () => {
    const others = all.filter(({ name }) => name !== 'kustomize-controller');

    const { verdicts, outerRoots } = judge([old], others);

    expect(verdicts[0]?.causedBy).toEqual(['Deployment/flux-system/kustomize-controller']);
    expect(outerRoots).toMatchObject([{ reason: 'ControllerMissing', state: 'failed' }]);
  });

  test('is missing when none is seen and time proves it, unless the policy may hide them', () => {
    const seen = judge([old, flux('HelmRelease/a/x')], []);
    const scoped = judge([old, flux('HelmRelease/a/x')], [], true);

    expect(seen.verdicts.map(({ state, causedBy }) => [state, causedBy])).toEqual([
      ['ready', []],
      ['stale', ['Deployment/flux-system/kustomize-controller']],
    ]);
    expect(scoped.verdicts.map(({ state, causedBy }) => [state, causedBy])).toEqual([
      ['ready', []],
      ['stale', []],
    ]);
    expect(scoped.outerRoots).toEqual([]);
  });
});
