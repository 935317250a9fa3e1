import { describe, expect, test } from 'vitest';

import type { JsonObject } from '#domain/desired/engine.ts';
import { helmDrift } from '#domain/drift/helm.ts';
import type { Found, LiveIndex } from '#domain/drift/live-index.ts';
import type { FluxObject } from '#domain/objects/flux.ts';
import { refOf } from '#domain/objects/meta.ts';

import { flux, holds } from '../flux/objects.ts';
import { live, owner } from './objects.ts';

const REF = { kind: 'Deployment', group: 'apps', namespace: 'wiki', name: 'wiki' };
const HELM = owner('helm-controller', { time: '2026-05-01T00:00:00Z' });
const DEPLOYED = { history: [{ last: '2026-05-01T00:00:00Z' }], inventory: [REF] };
const signal = new AbortController().signal;

const KIND = {
  kind: 'Deployment',
  group: 'apps',
  version: 'v1',
  plural: 'deployments',
  namespaced: true,
  listable: true,
};

function release(more: Partial<FluxObject> = {}): FluxObject {
  return flux('HelmRelease/wiki/wiki', { ...DEPLOYED, ...more });
}

function indexOf(found: Readonly<Record<string, Found>>): LiveIndex {
  return {
    find: async () => ({ is: 'not served' }),
    findRef: async (ref) => found[refOf(ref)] ?? { is: 'absent', kind: KIND },
    schemas: async () => new Map(),
  };
}

function there(managedFields: readonly JsonObject[], rest = '{}', metadata: JsonObject = {}): LiveIndex {
  const object = live('Deployment/wiki/wiki', [HELM, ...managedFields], rest, metadata);
  return indexOf({ 'Deployment/wiki/wiki': { is: 'there', object, kind: KIND } });
}

const REPLICAS = 'f:spec: {f:replicas: {}}';

describe('an object of a release', () => {
  test.each([
    ['nothing since', []],
    [
      'before the release was deployed',
      [owner('kubectl-edit', { fields: REPLICAS, time: '2026-04-30T00:00:00Z' })],
    ],
    ['a controller', [owner('kube-controller-manager', { fields: REPLICAS, time: '2026-05-02T00:00:00Z' })]],
    ['an autoscaler', [owner('kube-controller-manager', { fields: REPLICAS, subresource: 'scale' })]],
    [
      'its status',
      [owner('kubectl-edit', { fields: REPLICAS, subresource: 'status', time: '2026-05-02T00:00:00Z' })],
    ],
  ])('is clean: %s', async (_, managers) => {
    const [found, ...others] = await helmDrift(release(), there(managers), signal);

    expect(found).toMatchObject({
      ref: 'Deployment/wiki/wiki',
      by: 'HelmRelease/wiki/wiki',
      state: 'clean',
      fields: [],
    });
    expect(others).toEqual([]);
  });

  test.each([
    [
      'kubectl edit',
      'by 2026-05-02T00:00:00Z',
      owner('kubectl-edit', { fields: REPLICAS, time: '2026-05-02T00:00:00Z' }),
    ],
    ['kubectl scale', undefined, owner('kubectl', { fields: REPLICAS, subresource: 'scale' })],
  ])('was changed with %s', async (who, when, manager) => {
    const [found] = await helmDrift(release(), there([manager], 'spec: {replicas: 0}'), signal);

    expect(found).toMatchObject({ state: 'drifted', fields: [{ path: '.spec.replicas', live: '0', who }] });
    expect(found?.fields[0]?.when).toBe(when);
  });

  test('at zero, whose count nobody owns, was scaled by nobody knows whom', async () => {
    const [found] = await helmDrift(release(), there([], 'spec: {replicas: 0}'), signal);

    expect(found).toMatchObject({
      state: 'drifted',
      fields: [{ path: '.spec.replicas', live: '0', who: 'a scaling to zero, which leaves no name' }],
    });
  });

  test('at zero because the chart says so is clean', async () => {
    const owned = owner('helm-controller', { fields: REPLICAS });

    const [found] = await helmDrift(release(), there([owned], 'spec: {replicas: 0}'), signal);

    expect(found?.state).toBe('clean');
  });

  test('whose text a hand has set is named without it', async () => {
    const fields = 'f:metadata: {f:annotations: {f:note: {}}}';
    const manager = owner('k9s', { fields, time: '2026-05-02T00:00:00Z' });

    const [found] = await helmDrift(
      release(),
      there([manager], '{}', { annotations: { note: 'hunter2' } }),
      signal,
    );

    expect(found?.fields).toMatchObject([{ path: '.metadata.annotations.note', live: '[not shown]' }]);
  });

  test('that opts out is not looked at', async () => {
    const annotations = { 'helm.toolkit.fluxcd.io/driftDetection': 'Disabled' };
    const manager = owner('kubectl-edit', { fields: REPLICAS, time: '2026-05-02T00:00:00Z' });

    const [found] = await helmDrift(release(), there([manager], '{}', { annotations }), signal);

    expect(found?.state).toBe('clean');
  });

  test.each<[string, string | undefined, Found]>([
    ['deleted', undefined, { is: 'absent', kind: KIND }],
    ['unverifiable', 'forbidden', { is: 'unknown', why: 'forbidden' }],
    ['unverifiable', 'the cluster does not serve its kind', { is: 'not served' }],
  ])('is %s (%s)', async (state, why, found) => {
    const [object] = await helmDrift(release(), indexOf({ 'Deployment/wiki/wiki': found }), signal);

    expect(object?.state).toBe(state);
    expect(object?.why).toBe(why);
  });
});

describe('a release', () => {
  test.each([
    ['kept', { driftMode: undefined }],
    ['kept', { driftMode: 'warn' }],
    ['reverted', { driftMode: 'enabled' }],
    ['held', { driftMode: 'enabled', suspended: true }],
  ])('what is gone is %s with %j', async (fate, more) => {
    const [object] = await helmDrift(release(more), indexOf({}), signal);

    expect(object?.told?.fate).toBe(fate);
  });

  test('says what helm-controller has found', async () => {
    const lines = 'Deployment/wiki/wiki changed (0 additions, 1 changes, 0 removals)';
    const conditions = [holds('Drifted', 'DriftDetected', lines)];

    const [found] = await helmDrift(
      release({ conditions, inventory: [], driftMode: 'warn' }),
      indexOf({}),
      signal,
    );

    expect(found).toMatchObject({ ref: 'HelmRelease/wiki/wiki', state: 'drifted', why: lines });
  });

  test('of another cluster is not looked for in this one', async () => {
    const [found] = await helmDrift(release({ remote: true }), indexOf({}), signal);

    expect(found).toMatchObject({
      state: 'unverifiable',
      why: expect.stringContaining('spec.kubeConfig') as string,
    });
  });
});
