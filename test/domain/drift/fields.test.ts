import { describe, expect, test } from 'vitest';

import type { FieldChange, Prediction } from '#domain/desired/engine.ts';
import type { Applier } from '#domain/drift/applier.ts';
import { type Compared, fieldDrifts } from '#domain/drift/fields.ts';
import { treatmentOf } from '#domain/drift/rules.ts';

import { FLUX, change, desired, live, manifest, owner } from './objects.ts';

const APPLIER: Applier = {
  ref: 'Kustomization/flux-system/apps',
  last: '2026-05-09T11:59:00Z',
  next: '2026-05-09T12:09:00Z',
  isDue: false,
};

const REVERTED = { fate: 'reverted', why: 'at 2026-05-09T12:09:00Z, or when asked to' };

/** Their positions are what owners of changes name. */
const OWNERS = [
  FLUX,
  owner('kubectl', { subresource: 'scale' }),
  owner('kubectl-edit', { time: '2026-05-09T11:30:00Z' }),
  owner('k9s', { time: '2026-05-09T11:40:00Z' }),
  owner('kube-controller-manager', { subresource: 'scale' }),
  owner('kube-controller-manager', { subresource: 'status', time: '2026-05-09T11:58:00Z' }),
  owner('cert-manager-cainjector', { time: '2026-05-09T11:50:00Z' }),
];
const [OF_FLUX, SCALE, EDIT, K9S, HPA, , CAINJECTOR] = OWNERS.keys();

function compared(more: Partial<Compared> = {}): Compared {
  const object = manifest('Deployment/apps/wiki');
  const there = live('Deployment/apps/wiki', OWNERS);
  const treatment = treatmentOf(object, there, {});
  return { desired: desired(object), live: there, treatment, applier: APPLIER, ahead: [], ...more };
}

function prediction(changes: FieldChange[], kept: FieldChange[] = []): Prediction & { ok: true } {
  return { ok: true, changes, kept };
}

describe('a field that Flux would change', () => {
  test.each([
    ['kubectl scale', 'after 2026-05-09T11:59:00Z', [SCALE]],
    ['kubectl edit', 'by 2026-05-09T11:30:00Z', [EDIT]],
    ['k9s', 'by 2026-05-09T11:40:00Z', [EDIT, K9S]],
    ['k9s', 'by 2026-05-09T11:40:00Z', [K9S, CAINJECTOR, OF_FLUX]],
  ])('was changed with %s %s', (who, when, owners) => {
    const found = fieldDrifts(
      prediction([change('.spec.replicas', { owners: owners as number[] })]),
      compared(),
    );

    expect(found.pending).toEqual([]);
    expect(found.drifted).toEqual([
      {
        path: '.spec.replicas',
        live: '5',
        git: '2',
        value: 5,
        who,
        when,
        isBenign: false,
        isPending: false,
        told: REVERTED,
      },
    ]);
  });

  test('of which only Flux is an owner is what Git wants otherwise by now', () => {
    const found = fieldDrifts(prediction([change('.spec.replicas', { owners: [0] })]), compared());

    expect(found.drifted).toEqual([]);
    expect(found.pending).toMatchObject([{ isPending: true, told: { fate: 'applied' } }]);
    expect(found.pending[0]).not.toHaveProperty('who');
  });

  test('that is gone has no owner: perhaps the last hand took it away', () => {
    const gone = change('.spec.paused', { does: 'adds', live: undefined, desired: true });

    const found = fieldDrifts(prediction([gone]), compared());

    expect(found.drifted).toMatchObject([{ who: 'perhaps k9s', git: 'true', told: REVERTED }]);
    expect(found.drifted[0]).not.toHaveProperty('live');
  });

  test('that Git has added since the revision that was applied is nobody’s doing', () => {
    const fresh = change('.spec.paused', { does: 'adds', live: undefined, desired: true });

    const found = fieldDrifts(prediction([fresh]), compared({ ahead: ['.spec.paused'] }));

    expect(found.drifted).toEqual([]);
    expect(found.pending).toMatchObject([{ path: '.spec.paused', git: 'true', told: { fate: 'applied' } }]);
  });

  test('by an autoscaler is told apart, and that it will be set again', () => {
    const found = fieldDrifts(
      prediction([change('.spec.replicas', { owners: [HPA as number] })]),
      compared(),
    );

    expect(found.drifted).toMatchObject([
      { who: 'the HorizontalPodAutoscaler', isBenign: true, told: { fate: 'reverted' } },
    ]);
    expect(found.drifted[0]?.told.why).toMatch(/; then the HorizontalPodAutoscaler sets it again$/);
  });

  test.each([
    [0, { path: '.metadata.labels["kustomize.toolkit.fluxcd.io/name"]', owners: [OF_FLUX as number] }],
    [0, { path: '.metadata.labels["kustomize.toolkit.fluxcd.io/namespace"]', owners: [OF_FLUX as number] }],
    [1, { path: '.metadata.labels["kustomize.toolkit.fluxcd.io/name"]', owners: [EDIT as number] }],
    [1, { path: '.metadata.labels["app.kubernetes.io/name"]', owners: [OF_FLUX as number] }],
  ])('by another Kustomization that applies it too is none: %i with %j', (count, { path, owners }) => {
    const found = fieldDrifts(prediction([change(path, { live: 'b', desired: 'a', owners })]), compared());

    expect([...found.drifted, ...found.pending]).toHaveLength(count);
  });

  test('by a scaling to zero says that this leaves no name', () => {
    const zero = live('Deployment/apps/wiki', OWNERS, 'spec: {replicas: 0}');

    const found = fieldDrifts(prediction([change('.spec.replicas', { live: 0 })]), compared({ live: zero }));

    expect(found.drifted).toMatchObject([
      {
        live: '0',
        value: 0,
        who: 'a scaling to zero, which leaves no name',
        when: 'after 2026-05-09T11:59:00Z',
      },
    ]);
  });

  test('that depends on a variable is counted, not compared', () => {
    const object = desired(manifest('ConfigMap/apps/x'), { holes: new Map([['.data.host', '${HOST}']]) });

    const found = fieldDrifts(
      prediction([change('.data.host', { owners: [EDIT as number] })]),
      compared({ desired: object }),
    );

    expect(found).toEqual({ drifted: [], pending: [], holes: 1 });
  });

  test.each([
    '.metadata.annotations["kubectl.kubernetes.io/last-applied-configuration"]',
    '.metadata.annotations["reconcile.fluxcd.io/requestedAt"]',
    '.metadata.annotations["deployment.kubernetes.io/revision"]',
  ])('is no drift where a tool keeps its books: %s', (path) => {
    const books = change(path, { owners: [EDIT as number], live: 'x' });

    expect(fieldDrifts(prediction([books], [books]), compared())).toEqual({
      drifted: [],
      pending: [],
      holes: 0,
    });
  });
});

describe('a field that Flux leaves', () => {
  const added = change('.spec.suspend', { does: 'removes', live: true, desired: undefined });

  test('is told with who has added it and why it stays', () => {
    const found = fieldDrifts(prediction([], [{ ...added, owners: [K9S as number] }]), compared());

    expect(found.drifted).toMatchObject([
      {
        path: '.spec.suspend',
        live: 'true',
        value: true,
        who: 'k9s',
        when: 'by 2026-05-09T11:40:00Z',
        told: { fate: 'kept', why: 'Git does not set it, and Flux leaves what k9s has added' },
      },
    ]);
  });

  test('is no difference where a controller at its work has added it', () => {
    const kept = {
      ...added,
      path: '.webhooks[name="x"].clientConfig.caBundle',
      owners: [CAINJECTOR as number],
    };

    expect(fieldDrifts(prediction([], [kept]), compared()).drifted).toEqual([]);
  });
});
