import { describe, expect, test } from 'vitest';

import { judgeFlux } from '#domain/flux/judge.ts';
import type { FluxState, FluxVerdict } from '#domain/flux/verdict.ts';
import type { FluxObject } from '#domain/objects/flux.ts';

import { broken, blockedCondition, flux, holds, minutesAgo, NOW, ready } from './objects.ts';

function judgeAlone(object: FluxObject, ...others: FluxObject[]): FluxVerdict {
  const verdict = judgeFlux({ objects: [object, ...others], controllers: [], now: NOW }).find(
    (one) => one.object === object,
  );
  if (verdict === undefined) throw new Error('no verdict');
  return verdict;
}

const KS = 'Kustomization/apps/web';
const deletion = { since: minutesAgo(5), graceSeconds: 0, finalizers: ['finalizers.fluxcd.io'] };
const stalled = holds('Stalled', 'AccessDenied', 'cross-namespace references are not allowed');
const reconciling = holds('Reconciling', 'Progressing', 'building manifests');
const failed = ready('False', 'BuildFailed', 'no such file');
const fine = ready('True', 'ReconciliationSucceeded');
const source = { kind: 'GitRepository', name: 'cluster' };

/** The rows of the state table, and each neighbour pair that could be taken for the other. */
const ROWS: [what: string, more: Partial<FluxObject>, state: FluxState, reason: string][] = [
  ['deleted', { deletion }, 'terminating', 'Terminating'],
  ['deleted, before suspended', { deletion, suspended: true }, 'terminating', 'Terminating'],
  ['deleted, before stalled', { deletion, conditions: [stalled] }, 'terminating', 'Terminating'],
  ['suspended, its Ready left over', { suspended: true }, 'suspended', 'Suspended'],
  ['suspended, before stalled', { suspended: true, conditions: [stalled, failed] }, 'suspended', 'Suspended'],
  ['suspended, before failed', { suspended: true, conditions: [failed] }, 'suspended', 'Suspended'],
  ['stalled', { conditions: [stalled] }, 'stalled', 'AccessDenied'],
  ['stalled, before failed', { conditions: [failed, stalled] }, 'stalled', 'AccessDenied'],
  ['stalled, before blocked', { conditions: [blockedCondition, stalled] }, 'stalled', 'AccessDenied'],
  [
    'Stalled=False says nothing',
    { conditions: [fine, { ...stalled, status: 'False' }] },
    'ready',
    'ReconciliationSucceeded',
  ],
  ['dependency not ready', { conditions: [blockedCondition] }, 'blocked', 'DependencyNotReady'],
  [
    'dependency not ready, before reconciling',
    { conditions: [reconciling, blockedCondition] },
    'blocked',
    'DependencyNotReady',
  ],
  ['not ready', { conditions: [failed] }, 'failed', 'BuildFailed'],
  [
    'not ready, before reconciling',
    { conditions: [holds('Reconciling', 'ProgressingWithRetry'), failed] },
    'failed',
    'BuildFailed',
  ],
  ['not ready at an old generation', { generation: 2, conditions: [failed] }, 'failed', 'BuildFailed'],
  ['not ready, without a reason', { conditions: [{ type: 'Ready', status: 'False' }] }, 'failed', 'NotReady'],
  [
    'Ready unknown',
    { conditions: [ready('Unknown', 'Progressing', 'applying')] },
    'progressing',
    'Progressing',
  ],
  ['reconciling while Ready', { conditions: [fine, reconciling] }, 'progressing', 'Progressing'],
  ['reconciling without Ready', { conditions: [reconciling] }, 'progressing', 'Progressing'],
  [
    'reconciling, before an old generation',
    { generation: 2, conditions: [fine, reconciling] },
    'progressing',
    'Progressing',
  ],
  ['Ready at an old generation', { generation: 2 }, 'progressing', 'SpecNotReconciled'],
  ['Ready', {}, 'ready', 'ReconciliationSucceeded'],
  ['no conditions', { conditions: [] }, 'unknown', 'NotReconciled'],
  [
    'no Ready among the conditions',
    { conditions: [holds('ArtifactOutdated', 'NewRevision')] },
    'unknown',
    'NotReconciled',
  ],
];

describe('the state table', () => {
  test.each(ROWS)('%s', (_, more, state, reason) => {
    const verdict = judgeAlone(flux(KS, more));

    expect([verdict.state, verdict.reason, verdict.causedBy]).toEqual([state, reason, []]);
  });

  test.each([
    ['Alert/apps/a', {}],
    ['Provider/apps/p', {}],
    ['HelmRepository/apps/r', { type: 'oci' }],
  ])('%s is ready without a status', (ref, more) => {
    const verdict = judgeAlone(flux(ref, { conditions: [], ...more }));

    expect([verdict.state, verdict.reason]).toEqual(['ready', 'Static']);
  });

  test.each(['HelmRepository/apps/r', 'Receiver/apps/r', 'HelmRelease/apps/h', 'ImagePolicy/apps/i'])(
    '%s is unknown without a status',
    (ref) => {
      const verdict = judgeAlone(flux(ref, { conditions: [] }));

      expect([verdict.state, verdict.since]).toEqual(['unknown', minutesAgo(10_000)]);
    },
  );

  test('a failure by itself stays a failure when the source has an artifact, and blocks when it has none', () => {
    const artifact = { revision: 'main@sha1:aa' };
    const object = flux(KS, { source, conditions: [ready('False', 'ArtifactFailed', 'no artifact')] });

    const withArtifact = judgeAlone(object, flux('GitRepository/apps/cluster', { artifact }));
    const without = judgeAlone(object, flux('GitRepository/apps/cluster'));

    expect([withArtifact.state, without.state]).toEqual(['failed', 'blocked']);
  });

  test('a message names the stage, the finalizers or the last known state', () => {
    const messages = [{ deletion }, { conditions: [fine, reconciling] }, { conditions: [failed] }].map(
      (more) => judgeAlone(flux(KS, more)).message,
    );

    expect(messages).toEqual([
      'waits for finalizers finalizers.fluxcd.io',
      'building manifests',
      'no such file',
    ]);
  });
});

describe('suspended', () => {
  test('a Kustomization since its last reconciliation at the earliest', () => {
    const verdict = judgeAlone(flux(KS, { suspended: true, history: [{ last: '2026-05-01T00:00:00Z' }] }));

    expect(verdict.since).toBe('2026-05-01T00:00:00Z');
    expect(verdict.message).toBe(
      'suspended, at the earliest 2026-05-01T00:00:00Z, its last reconciliation; last known Ready=True (ReconciliationSucceeded)',
    );
  });

  test('a HelmRelease since when nothing tells', () => {
    const object = flux('HelmRelease/apps/h', {
      suspended: true,
      history: [{ last: minutesAgo(90) }],
      conditions: [],
    });

    const verdict = judgeAlone(object);

    expect(verdict.since).toBeUndefined();
    expect(verdict.message).toBe(
      'suspended, since when is not recorded; last known nothing: it was never reconciled',
    );
  });
});

describe('what is pending', () => {
  const requested = { 'reconcile.fluxcd.io/requestedAt': 'token-2' };
  const forced = { 'reconcile.fluxcd.io/forceAt': 'token-2' };
  const reset = { 'reconcile.fluxcd.io/resetAt': 'token-2' };

  test.each<[string, string, Partial<FluxObject>, boolean]>([
    ['no request', KS, {}, false],
    ['an old answer and no request', KS, { lastHandledReconcileAt: 'token-1' }, false],
    ['never handled', KS, { annotations: requested }, true],
    ['handled before', KS, { annotations: requested, lastHandledReconcileAt: 'token-1' }, true],
    ['handled', KS, { annotations: requested, lastHandledReconcileAt: 'token-2' }, false],
    ['force of a release', 'HelmRelease/a/h', { annotations: forced }, true],
    ['force handled', 'HelmRelease/a/h', { annotations: forced, lastHandledForceAt: 'token-2' }, false],
    ['reset of a release', 'HelmRelease/a/h', { annotations: reset, lastHandledResetAt: 'token-1' }, true],
    ['force of another kind', KS, { annotations: forced }, false],
    ['a kind that nothing reconciles', 'Alert/a/x', { annotations: requested }, false],
  ])('%s', (_, ref, more, pending) => {
    expect(judgeAlone(flux(ref, more)).requestPending).toBe(pending);
  });

  test.each<[string, Partial<FluxObject>, boolean]>([
    ['observed by Ready', {}, false],
    ['older at Ready', { generation: 2 }, true],
    ['observed by the status alone', { conditions: [], observedGeneration: 1 }, false],
    ['older at the status', { conditions: [], observedGeneration: 1, generation: 2 }, true],
    [
      'Ready is newer than the status of a failed Kustomization',
      { conditions: [failed], observedGeneration: 0 },
      false,
    ],
    ['nothing says', { conditions: [] }, false],
  ])('spec %s', (_, more, pending) => {
    expect(judgeAlone(flux(KS, more)).specPending).toBe(pending);
  });
});

describe('behind its source', () => {
  const older = 'main@sha1:1111111122222222';
  const newer = 'main@sha1:3333333344444444';
  const git = flux('GitRepository/apps/cluster', { artifact: { revision: newer, updated: minutesAgo(3) } });

  test('a ready Kustomization that applied another revision', () => {
    const verdict = judgeAlone(flux(KS, { source, lastAppliedRevision: older }), git);

    expect(verdict).toMatchObject({
      state: 'behind',
      reason: 'BehindSource',
      message: 'applied main@11111111, its source has main@33333333',
      since: minutesAgo(3),
    });
  });

  test.each([
    [20, 'behind'],
    [21, 'stale'],
  ])(
    'an artifact of %i minutes ago, looked at every 10: %s (the controllers watch their sources)',
    (minutes, state) => {
      const artifact = { revision: newer, updated: minutesAgo(minutes) };
      const object = flux(KS, { source, lastAppliedRevision: older });

      const verdict = judgeAlone(object, flux('GitRepository/apps/cluster', { artifact }));

      expect([verdict.state, verdict.reason]).toEqual([state, 'BehindSource']);
    },
  );

  test.each<[string, Partial<FluxObject>, string]>([
    ['failed', { conditions: [failed] }, 'no such file; applied main@11111111, its source has main@33333333'],
    [
      'failed its health check',
      { conditions: [ready('False', 'HealthCheckFailed', 'timeout')], lastAttemptedRevision: newer },
      'timeout; the cluster already runs main@33333333; applied main@11111111, its source has main@33333333',
    ],
  ])('one that %s keeps its state and tells both', (_, more, message) => {
    const verdict = judgeAlone(flux(KS, { source, lastAppliedRevision: older, ...more }), git);

    expect([verdict.state, verdict.message]).toEqual(['failed', message]);
  });

  test.each<[string, FluxObject]>([
    ['the same revision', flux(KS, { source, lastAppliedRevision: newer })],
    [
      'the same digest on another branch',
      flux(KS, { source, lastAppliedRevision: 'other@sha1:3333333344444444' }),
    ],
    ['nothing applied yet', flux(KS, { source })],
    ['another source', flux(KS, { source: { ...source, namespace: 'x' }, lastAppliedRevision: older })],
  ])('not with %s', (_, object) => {
    expect(judgeAlone(object, git).state).toBe('ready');
  });

  test('a HelmRelease by its HelmChart, whatever its repository holds', () => {
    const repository = flux('HelmRepository/flux-system/charts', { artifact: { revision: 'sha256:aa' } });
    const chart = flux('HelmChart/flux-system/apps-h', { artifact: { revision: '1.2.4' } });
    const more = {
      source: { kind: 'HelmRepository', namespace: 'flux-system', name: 'charts' },
      chart: { name: 'h' },
    };

    const states = ['1.2.3', '1.2.4'].map(
      (version) =>
        judgeAlone(flux('HelmRelease/apps/h', { ...more, lastAttemptedRevision: version }), repository, chart)
          .state,
    );

    expect(states).toEqual(['behind', 'ready']);
  });

  test('a source that cannot fetch says what it still serves', () => {
    const verdict = judgeAlone(
      broken('GitRepository/apps/cluster', {
        artifact: { revision: newer },
        conditions: [ready('False', 'GitOperationFailed', 'timeout')],
      }),
    );

    expect([verdict.state, verdict.message]).toEqual(['failed', 'timeout; still serves main@33333333']);
  });
});
