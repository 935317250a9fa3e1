import { describe, expect, it } from 'vitest';

import type { FluxObject } from '#domain/objects/flux.ts';
import type { AnyObject } from '#domain/objects/index.ts';
import type { Condition } from '#domain/objects/meta.ts';

import {
  ago,
  condition,
  crashing,
  deployed,
  findingsOf,
  kustomization,
  meta,
  notReady,
  unready,
  waiting,
  warning,
  workload,
} from './objects.ts';

type Objects = (AnyObject | FluxObject)[];

const GROUPS: Readonly<Record<string, string>> = {
  HelmRelease: 'helm.toolkit.fluxcd.io',
  ImageUpdateAutomation: 'image.toolkit.fluxcd.io',
  Alert: 'notification.toolkit.fluxcd.io',
  FluxInstance: 'fluxcd.controlplane.io',
  ResourceSet: 'fluxcd.controlplane.io',
};

/** Any object of Flux, Ready unless told otherwise. */
function flux(kind: string, name: string, extra: Partial<FluxObject> = {}): FluxObject {
  const group = GROUPS[kind] ?? 'source.toolkit.fluxcd.io';
  return {
    ...kustomization(name),
    ...meta(kind, name, 'flux-system'),
    apiVersion: `${group}/v1`,
    group,
    history: [],
    conditions: [condition('Ready', 'True', 'Succeeded')],
    ...extra,
  };
}

const CHARTS = { kind: 'HelmRepository', namespace: 'flux-system', name: 'charts' };

/** A HelmRelease `wiki` with its chart; the chart holds version 1.2.3 whatever it says. */
function release(extra: Partial<FluxObject>, chart: Partial<FluxObject> = {}): Objects {
  const artifact = { revision: '1.2.3', updated: ago(600) };
  return [
    flux('HelmRelease', 'wiki', {
      source: CHARTS,
      chart: { name: 'wiki' },
      lastAttemptedRevision: '1.2.3',
      ...extra,
    }),
    flux('HelmChart', 'flux-system-wiki', { source: CHARTS, artifact, ...chart }),
    flux('HelmRepository', 'charts', { artifact: { revision: 'sha256:aa' } }),
  ];
}

const done = condition('Ready', 'True', 'UpgradeSucceeded', 'Helm upgrade succeeded');
const since = (minutes: number, one: Condition): Condition => ({ ...one, since: ago(minutes) });

const pulling = (): AnyObject[] =>
  deployed('wiki', 1, (name) =>
    unready(name, 40, {
      containers: [waiting('ImagePullBackOff', 'manifest unknown')],
    }),
  );

const WIKI = [{ kind: 'Deployment', namespace: 'apps', name: 'wiki', group: 'apps' }];

interface Row {
  source: string;
  objects: Objects;
  findings: [ref: string, state: string, reason: string][];
}

const ROWS: Row[] = [
  {
    source:
      'helm-controller helmrelease_controller.go isReady: a chart whose version is gone, an older one in store',
    objects: release(
      notReady('SourceNotReady', "HelmChart 'flux-system/flux-system-wiki' is not ready"),
      notReady('InvalidChartReference', "no 'wiki' chart with version matching '9.9.9' found"),
    ),
    findings: [['HelmChart/flux-system/flux-system-wiki', 'failed', 'InvalidChartReference']],
  },
  {
    source:
      'image-automation-controller imageupdateautomation_controller.go: the checkout of a source that fails too',
    objects: [
      flux('GitRepository', 'cluster', {
        artifact: { revision: 'main@sha1:aa' },
        ...notReady('GitOperationFailed', 'no such host'),
      }),
      flux('ImageUpdateAutomation', 'cluster', {
        source: { kind: 'GitRepository', name: 'cluster' },
        ...notReady('GitOperationFailed', 'failed to checkout source: no such host'),
      }),
    ],
    findings: [['GitRepository/flux-system/cluster', 'failed', 'GitOperationFailed']],
  },
  {
    source:
      'image-automation-controller imageupdateautomation_controller.go: a push refused while the source is well',
    objects: [
      flux('GitRepository', 'cluster', { artifact: { revision: 'main@sha1:aa' } }),
      flux('ImageUpdateAutomation', 'cluster', {
        source: { kind: 'GitRepository', name: 'cluster' },
        ...notReady('GitOperationFailed', 'failed to update source: pre-receive hook declined'),
      }),
    ],
    findings: [['ImageUpdateAutomation/flux-system/cluster', 'failed', 'GitOperationFailed']],
  },
  {
    source: 'helm-controller api/v2 condition Drifted: found and not corrected on a Ready release',
    objects: release({
      conditions: [done, condition('Drifted', 'True', 'DriftDetected', 'Deployment/apps/wiki changed')],
    }),
    findings: [['HelmRelease/flux-system/wiki', 'degraded', 'DriftDetected']],
  },
  {
    source: 'helm-controller api/v2 condition Drifted: none found',
    objects: release({ conditions: [done, condition('Drifted', 'False', 'NoDriftDetected')] }),
    findings: [],
  },
  {
    source: 'helm-controller helmrelease_controller.go watches its charts: a version that is not taken up',
    objects: [
      ...['source-controller', 'helm-controller'].map((name) =>
        workload('Deployment', name, { namespace: 'flux-system' }),
      ),
      ...release({}, { artifact: { revision: '1.3.0', updated: ago(21) } }),
    ],
    findings: [['HelmRelease/flux-system/wiki', 'stale', 'BehindSource']],
  },
  {
    source: 'helm-controller helmrelease_controller.go: a new version within two intervals',
    objects: release({}, { artifact: { revision: '1.3.0', updated: ago(20) } }),
    findings: [],
  },
  {
    source:
      'helm-controller internal/reconcile/atomic_release.go: an action that lasts far beyond its time-out',
    objects: release({
      timeout: '5m0s',
      conditions: [since(60, condition('Ready', 'Unknown', 'Progressing'))],
    }),
    findings: [['HelmRelease/flux-system/wiki', 'failed', 'Progressing']],
  },
  {
    source:
      'helm-controller internal/reconcile/atomic_release.go: the time-out of an action is told, the one of the spec is shorter',
    objects: release({
      timeout: '5m0s',
      conditions: [
        condition('Ready', 'Unknown', 'Progressing', 'reconciliation in progress'),
        since(
          60,
          condition('Reconciling', 'True', 'Progressing', "Running 'install' action with timeout of 45m0s"),
        ),
      ],
    }),
    findings: [],
  },
  {
    source: 'helm-controller internal/reconcile/atomic_release.go: an action within twice its long time-out',
    objects: release({
      timeout: '40m0s',
      conditions: [since(60, condition('Ready', 'Unknown', 'Progressing'))],
    }),
    findings: [],
  },
  {
    source:
      'kustomize-controller kustomization_controller.go: Reconciling stays while a failed health check is tried again',
    objects: [
      ...pulling(),
      kustomization('wiki', {
        inventory: WIKI,
        history: [{ status: 'HealthCheckFailed', last: ago(4) }],
        conditions: [
          condition('Ready', 'Unknown', 'Progressing', 'Reconciliation in progress'),
          since(180, condition('Reconciling', 'True', 'Progressing', 'Running health checks')),
        ],
      }),
    ],
    findings: [['Deployment/apps/wiki', 'failed', 'ImagePullBackOff']],
  },
  {
    source: 'flux-operator fluxinstance_controller.go: a wait in vain has the reason of all failures',
    objects: [
      ...pulling(),
      flux('FluxInstance', 'flux', {
        interval: undefined,
        ...notReady(
          'ReconciliationFailed',
          "reconciliation failed: timeout waiting for: [Deployment/apps/wiki status: 'InProgress']",
        ),
      }),
    ],
    findings: [['Deployment/apps/wiki', 'failed', 'ImagePullBackOff']],
  },
  {
    source: 'fluxcd/pkg http/fetch: source-controller does not answer',
    objects: [
      ...deployed('source-controller', 1, (name) => unready(name, 40, { containers: [crashing()] }), {
        namespace: 'flux-system',
      }),
      workload('Deployment', 'kustomize-controller', { namespace: 'flux-system' }),
      kustomization(
        'web',
        notReady(
          'ArtifactFailed',
          'GET http://source-controller.flux-system.svc.cluster.local./a.tar.gz giving up after 10 attempt(s): connection refused',
        ),
      ),
    ],
    findings: [['Deployment/flux-system/source-controller', 'failed', 'CrashLoopBackOff']],
  },
  {
    source: 'flux-operator resourceset_controller.go checkDependencies: a Kustomization, by its own kind',
    objects: [
      kustomization('infra', notReady('BuildFailed', 'no such file')),
      flux('ResourceSet', 'tenants', {
        interval: undefined,
        dependsOn: [{ kind: 'Kustomization', namespace: 'flux-system', name: 'infra' }],
        ...notReady('DependencyNotReady', 'dependency not ready'),
      }),
    ],
    findings: [['Kustomization/flux-system/infra', 'failed', 'BuildFailed']],
  },
  {
    source: 'flux-operator resourceset_controller.go checkDependencies: a workload',
    objects: [
      ...pulling(),
      flux('ResourceSet', 'tenants', {
        interval: undefined,
        requires: WIKI,
        ...notReady('DependencyNotReady', 'dependency not ready'),
      }),
    ],
    findings: [['Deployment/apps/wiki', 'failed', 'ImagePullBackOff']],
  },
  {
    source: 'kustomize-controller kustomization_controller.go: what the API server refuses is no wait',
    objects: [
      ...pulling(),
      kustomization('wiki', {
        inventory: WIKI,
        ...notReady(
          'ReconciliationFailed',
          'Deployment/apps/wiki dry-run failed (Invalid): field is immutable',
        ),
      }),
    ],
    findings: [
      ['Kustomization/flux-system/wiki', 'failed', 'ReconciliationFailed'],
      ['Deployment/apps/wiki', 'failed', 'ImagePullBackOff'],
    ],
  },
  {
    source: 'notification-controller internal/server/event_handlers.go: an Alert has no status, only events',
    objects: [
      flux('Alert', 'chat', { interval: undefined, conditions: [] }),
      warning(meta('Alert', 'chat', 'flux-system'), 'NotificationDispatchFailed', 'no such host', {
        count: 2,
        first: ago(30),
        last: ago(3),
      }),
    ],
    findings: [['Alert/flux-system/chat', 'degraded', 'NotificationDispatchFailed']],
  },
  {
    source: 'notification-controller internal/server/event_handlers.go: one that failed once',
    objects: [
      flux('Alert', 'chat', { interval: undefined, conditions: [] }),
      warning(meta('Alert', 'chat', 'flux-system'), 'NotificationDispatchFailed', 'no such host', {
        count: 1,
        first: ago(3),
        last: ago(3),
      }),
    ],
    findings: [],
  },
];

describe('what Flux says', () => {
  it.each(ROWS)('$source', async ({ objects, findings }) => {
    const found = await findingsOf(objects);

    expect(found.map(({ ref, state, reason }) => [ref, state, reason])).toEqual(findings);
  });

  it('a message keeps its end, where the cause is', async () => {
    const message = `failed to checkout and determine revision: unable to list remote for 'https://git.test/${'long/'.repeat(50)}': no such host`;

    const [finding] = await findingsOf([
      flux('GitRepository', 'cluster', notReady('GitOperationFailed', message)),
    ]);

    expect(finding?.message).toMatch(/^failed to checkout .* … .*: no such host$/);
  });

  it.each([
    [
      'an attempt that lasts says how long it has',
      release({
        conditions: [since(180, condition('Ready', 'Unknown', 'Progressing', "Running 'upgrade' action"))],
      }),
      "under way for 3h: Running 'upgrade' action",
    ],
    [
      'a revision that is not taken up says since when it is there',
      release({}, { artifact: { revision: '1.3.0', updated: ago(180) } }),
      'applied 1.2.3, its source has 1.3.0; for 3h its controller has not taken it up',
    ],
  ])('%s', async (_, objects, message) => {
    const controllers = ['source-controller', 'helm-controller'].map((name) =>
      workload('Deployment', name, { namespace: 'flux-system' }),
    );

    const [finding] = await findingsOf([...controllers, ...objects]);

    expect(finding?.message).toBe(message);
  });

  it('a release that was rolled back says why (helm-controller internal/reconcile/release.go summarize)', async () => {
    const rolledBack = 'Helm rollback to previous release apps/wiki.v2 with chart wiki@1.2.2 succeeded';
    const [finding] = await findingsOf(
      release({
        conditions: [
          condition('Stalled', 'True', 'RetriesExceeded', 'Failed to upgrade after 1 attempt(s)'),
          condition('Ready', 'False', 'RollbackSucceeded', rolledBack),
          condition('Released', 'False', 'UpgradeFailed', 'Helm upgrade failed: context deadline exceeded'),
        ],
      }),
    );

    expect(finding?.message).toBe(
      'Failed to upgrade after 1 attempt(s); Helm upgrade failed: context deadline exceeded',
    );
  });
});
