import { deploymentTree } from '../../cluster/seed.ts';
import type { Fault } from './fault.ts';
import { helmChart, helmRelease, helmRepository, snapshot, type ReleaseCourse } from './flux-helm.ts';
import { ago, artifact, retrying, SHOP_SPACE, type Told } from './flux-objects.ts';

const WIKI = 'HelmRelease/shop/wiki';
const SEARCH = 'HelmRelease/shop/search';
const DEPLOYMENT = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'wiki', namespace: 'shop' },
};

/** How helm-controller tells a failed action (internal/reconcile, install.go and upgrade.go): Ready repeats Released. */
function failedAction(action: 'install' | 'upgrade', error: string): Told[] {
  const reason = action === 'install' ? 'InstallFailed' : 'UpgradeFailed';
  const message = `Helm ${action} failed for release shop/wiki with chart wiki@1.2.3: ${error}`;
  return [...retrying(reason, message), ['Released', 'False', reason, message]];
}

/** The same once it has given up (internal/reconcile/atomic_release.go). */
function gaveUp(action: 'install' | 'upgrade', error: string): Told[] {
  const told = failedAction(action, error).filter(([type]) => type !== 'Reconciling');
  return [['Stalled', 'True', 'RetriesExceeded', `Failed to ${action} after 1 attempt(s)`], ...told];
}

/** The release `wiki` with its chart, and `search`, which depends on it. */
function release(course: ReleaseCourse) {
  return [
    SHOP_SPACE,
    helmRepository(),
    helmChart('wiki'),
    helmRelease('wiki', { deployed: 'failed', ...course }),
    helmRelease('search', {
      dependsOn: ['wiki'],
      told: [['Ready', 'False', 'DependencyNotReady', "dependency 'shop/wiki' is not ready"]],
    }),
    helmChart('search'),
  ];
}

function fault(name: string, reason: string, course: ReleaseCourse): Fault {
  return { name, objects: () => release(course), root: { ref: WIKI, reason }, decoys: [SEARCH] };
}

/** What goes wrong with releases of Helm. */
export const RELEASE_FAULTS: readonly Fault[] = [
  fault('an install has used up its retries', 'RetriesExceeded', {
    told: gaveUp(
      'install',
      'execution error at (wiki/templates/deployment.yaml:12:4): ingress.host is required',
    ),
    status: { lastAttemptedReleaseAction: 'install', history: [], failures: 1, installFailures: 1 },
  }),
  fault('an upgrade failed and was rolled back', 'RetriesExceeded', {
    told: [
      [
        'Remediated',
        'True',
        'RollbackSucceeded',
        'Helm rollback to previous release shop/wiki.v2 with chart wiki@1.2.2 succeeded',
      ],
      ['Stalled', 'True', 'RetriesExceeded', 'Failed to upgrade after 1 attempt(s)'],
      [
        'Ready',
        'False',
        'RollbackSucceeded',
        'Helm rollback to previous release shop/wiki.v2 with chart wiki@1.2.2 succeeded',
      ],
      [
        'Released',
        'False',
        'UpgradeFailed',
        'Helm upgrade failed for release shop/wiki with chart wiki@1.2.3: context deadline exceeded',
      ],
    ],
    status: {
      history: [snapshot('wiki', '1.2.2', 'deployed', 4), snapshot('wiki', '1.2.3', 'failed', 3)],
      failures: 1,
      upgradeFailures: 1,
    },
  }),
  fault('the Secret with the values of a release is missing', 'ValuesError', {
    spec: { valuesFrom: [{ kind: 'Secret', name: 'wiki-values' }] },
    told: retrying(
      'ValuesError',
      `could not resolve Secret chart values reference 'shop/wiki-values' with key 'values.yaml': secrets "wiki-values" not found`,
    ),
  }),
  fault('the ConfigMap with the values of a release lacks the key', 'ValuesError', {
    spec: { valuesFrom: [{ kind: 'ConfigMap', name: 'wiki-values' }] },
    told: retrying(
      'ValuesError',
      `could not resolve ConfigMap chart values reference 'shop/wiki-values' with key 'values.yaml': missing key 'values.yaml' in ConfigMap 'shop/wiki-values'`,
    ),
  }),
  fault('the tests of a release fail', 'TestFailed', {
    spec: { test: { enable: true } },
    told: [
      ...retrying(
        'TestFailed',
        'Helm test failed for release shop/wiki.v2 with chart wiki@1.2.3: 1 error occurred:\n\t* pod wiki-test failed',
      ),
      [
        'TestSuccess',
        'False',
        'TestFailed',
        'Helm test failed for release shop/wiki.v2 with chart wiki@1.2.3: 1 error occurred:\n\t* pod wiki-test failed',
      ],
      [
        'Released',
        'True',
        'UpgradeSucceeded',
        'Helm upgrade succeeded for release shop/wiki.v2 with chart wiki@1.2.3',
      ],
    ],
  }),
  fault('a release is locked by an operation that never ended', 'UpgradeFailed', {
    told: failedAction('upgrade', 'another operation (install/upgrade/rollback) is in progress'),
    deployed: 'pending-upgrade',
  }),
  fault('the CRD of an object in a chart is not installed', 'InstallFailed', {
    told: failedAction(
      'install',
      'unable to build kubernetes objects from release manifest: resource mapping not found for name: "wiki" namespace: "shop" from "": no matches for kind "ServiceMonitor" in version "monitoring.coreos.com/v1alpha9"\nensure CRDs are installed first',
    ),
    status: { history: [], lastAttemptedReleaseAction: 'install', failures: 3, installFailures: 3 },
  }),
  fault('an upgrade changes an immutable field', 'UpgradeFailed', {
    told: failedAction(
      'upgrade',
      "cannot patch \"wiki\" with kind StatefulSet: StatefulSet.apps \"wiki\" is invalid: spec: Forbidden: updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden",
    ),
  }),
  fault('the account that a release impersonates may not read its storage', 'StateError', {
    spec: { serviceAccountName: 'wiki' },
    told: retrying(
      'StateError',
      'Could not determine release state: failed to get release: secrets is forbidden: User "system:serviceaccount:shop:wiki" cannot list resource "secrets" in API group "" in the namespace "shop"',
    ),
  }),
  {
    name: 'an install gives up over a pod that cannot be scheduled',
    objects: () => [
      ...release({
        told: gaveUp('install', 'context deadline exceeded'),
        inventory: [DEPLOYMENT],
        status: { lastAttemptedReleaseAction: 'install', failures: 1, installFailures: 1 },
      }),
      ...deploymentTree('wiki', 'shop', {
        since: new Date(ago(40)),
        pods: [{ state: 'unschedulable', message: '0/3 nodes are available: 3 Insufficient memory.' }],
      }),
    ],
    root: { ref: 'Deployment/shop/wiki', reason: 'Unschedulable' },
    decoys: [WIKI, SEARCH],
  },
  {
    name: 'a release depends on one that does not exist',
    objects: () => [
      SHOP_SPACE,
      helmRepository(),
      helmChart('search'),
      helmRelease('search', {
        dependsOn: ['wiki'],
        told: [
          [
            'Ready',
            'False',
            'DependencyNotReady',
            `unable to get 'shop/wiki' dependency: helmreleases.helm.toolkit.fluxcd.io "wiki" not found`,
          ],
        ],
      }),
    ],
    root: { ref: WIKI, reason: 'DependencyMissing' },
    decoys: [SEARCH],
  },
];

/** Every Ready is True, and yet it is not as it should be. */
export const GREEN_RELEASE_FAULTS: readonly Fault[] = [
  {
    name: 'trap: a release has drifted, and its mode is to warn',
    objects: () => {
      const done = 'Helm upgrade succeeded for release shop/wiki.v2 with chart wiki@1.2.3';
      return [
        SHOP_SPACE,
        helmRepository(),
        helmChart('wiki'),
        helmRelease('wiki', {
          spec: { driftDetection: { mode: 'warn' } },
          told: [
            ['Ready', 'True', 'UpgradeSucceeded', done],
            ['Released', 'True', 'UpgradeSucceeded', done],
            [
              'Drifted',
              'True',
              'DriftDetected',
              'Cluster state of release shop/wiki.v2 has drifted from the desired state:\nDeployment/shop/wiki changed (1 additions, 2 changes, 0 removals)',
            ],
          ],
        }),
      ];
    },
    root: { ref: WIKI, reason: 'DriftDetected' },
  },
  {
    name: 'trap: a release stays on the old version of its chart for hours, and says nothing',
    objects: () => [
      SHOP_SPACE,
      helmRepository(),
      helmChart('wiki', { status: artifact('1.3.0', 180) }),
      helmRelease('wiki'),
    ],
    root: { ref: WIKI, reason: 'BehindSource' },
  },
  {
    name: 'trap: a release has been at its upgrade for hours',
    objects: () => [
      SHOP_SPACE,
      helmRepository(),
      helmChart('wiki'),
      helmRelease('wiki', {
        minutes: 180,
        deployed: 'pending-upgrade',
        told: [
          ['Reconciling', 'True', 'Progressing', "Running 'upgrade' action with timeout of 5m0s"],
          ['Ready', 'Unknown', 'Progressing', 'reconciliation in progress'],
        ],
      }),
    ],
    root: { ref: WIKI, reason: 'Progressing' },
  },
];
