import type { Manifest } from '../../cluster/manifest.ts';
import { condition, deploymentTree, helmRelease } from '../../cluster/seed.ts';
import { ago, type Fault, since } from './fault.ts';

const SHOP = 'HelmRelease/apps/shop';

/** Release `shop` with other conditions than those of its state. */
function release(conditions: readonly Record<string, unknown>[]): Manifest {
  const base = helmRelease('shop', { namespace: 'apps', state: 'failed', since: since(30) });
  const observed = conditions.map((one) => ({ ...one, observedGeneration: 1 }));
  return { ...base, status: { ...base.status, conditions: observed } };
}

const notReady = (reason: string, message: string): Record<string, unknown> =>
  condition('Ready', 'False', reason, message, ago(30));

/** The HelmChart of release `shop`, without an artifact. */
function chart(reason: string, message: string): Manifest {
  const told = ['Ready', 'FetchFailed'].map((type) =>
    condition(type, type === 'Ready' ? 'False' : 'True', reason, message, ago(30)),
  );
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'HelmChart',
    metadata: { name: 'apps-shop', namespace: 'flux-system' },
    spec: {
      chart: 'shop',
      version: '9.9.9',
      interval: '10m0s',
      sourceRef: { kind: 'HelmRepository', name: 'charts' },
    },
    status: { observedGeneration: 1, conditions: told.map((one) => ({ ...one, observedGeneration: 1 })) },
  };
}

function helmRepository(reason: string, message: string): Manifest {
  const told = [
    condition('FetchFailed', 'True', reason, message, ago(30)),
    condition('Ready', 'False', reason, message, ago(30)),
  ];
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'HelmRepository',
    metadata: { name: 'charts', namespace: 'flux-system' },
    spec: { url: 'https://charts.example.test', interval: '10m0s' },
    status: { observedGeneration: 1, conditions: told.map((one) => ({ ...one, observedGeneration: 1 })) },
  };
}

const NO_VERSION =
  "invalid chart reference: failed to get chart version for remote reference: no 'shop' chart with version matching '9.9.9' found";

const UPGRADE = 'Helm upgrade failed for release apps/shop with chart shop@1.2.3: ';

/** What keeps Helm releases from being what Git says. */
export const RELEASE_FAULTS: readonly Fault[] = [
  {
    name: 'a release has used up its retries',
    objects: () => [
      helmRelease('shop', {
        namespace: 'apps',
        state: 'stalled',
        message: 'YAML parse error on shop/templates/ingress.yaml: mapping values are not allowed',
        since: since(30),
      }),
    ],
    root: { ref: SHOP, reason: 'RetriesExceeded', says: /Failed to upgrade after 1 attempt/ },
  },
  {
    name: 'a release was rolled back',
    objects: () => [
      release([
        notReady(
          'RollbackSucceeded',
          'Helm rollback to previous release apps/shop.v1 with chart shop@1.2.2 succeeded',
        ),
        condition(
          'Remediated',
          'True',
          'RollbackSucceeded',
          'Helm rollback to previous release apps/shop.v1 with chart shop@1.2.2 succeeded',
          ago(30),
        ),
        condition(
          'Released',
          'False',
          'UpgradeFailed',
          `${UPGRADE}pre-upgrade hooks failed: job failed: BackoffLimitExceeded`,
          ago(31),
        ),
      ]),
    ],
    root: { ref: SHOP, reason: 'RollbackSucceeded', says: /rollback to previous release apps\/shop\.v1/ },
  },
  {
    name: 'a chart has no such version',
    objects: () => [
      chart('InvalidChartReference', NO_VERSION),
      release([notReady('SourceNotReady', `HelmChart 'flux-system/apps-shop' is not ready: ${NO_VERSION}`)]),
    ],
    root: {
      ref: 'HelmChart/flux-system/apps-shop',
      reason: 'InvalidChartReference',
      says: /version matching '9.9.9'/,
    },
    decoys: [SHOP],
  },
  {
    name: 'a chart repository refuses its login',
    objects: () => [
      helmRepository('IndexationFailed', 'failed to fetch index: 401 Unauthorized'),
      chart('NoSourceArtifact', "no artifact available for HelmRepository source 'charts'"),
      release([
        notReady(
          'SourceNotReady',
          "HelmChart 'flux-system/apps-shop' is not ready: no artifact available for HelmRepository source 'charts'",
        ),
      ]),
    ],
    root: {
      ref: 'HelmRepository/flux-system/charts',
      reason: 'IndexationFailed',
      says: /401 Unauthorized/,
    },
    decoys: ['HelmChart/flux-system/apps-shop', SHOP],
  },
  {
    name: 'values come from a Secret that does not exist',
    objects: () => [
      release([
        notReady(
          'ValuesError',
          "could not resolve Secret chart values reference 'apps/shop-values' with key 'values.yaml': secrets \"shop-values\" not found",
        ),
      ]),
    ],
    root: { ref: SHOP, reason: 'ValuesError', says: /apps\/shop-values/ },
  },
  {
    name: 'a release waits in vain for a Deployment that crashes',
    objects: () => {
      const tree = deploymentTree('shop', 'apps', {
        since: since(30),
        pods: [{ state: 'crash-looping', exitCode: 3, since: since(30) }],
      });
      const inventory = tree.filter(({ kind }) => kind === 'Deployment');
      const message = 'resource Deployment/apps/shop not ready. status: InProgress, message: Available: 0/1';
      return [
        ...tree,
        helmRelease('shop', { namespace: 'apps', state: 'stalled', message, inventory, since: since(25) }),
        helmRelease('blog', { namespace: 'apps', state: 'blocked', dependsOn: ['shop'], since: since(25) }),
      ];
    },
    root: { ref: 'Deployment/apps/shop', reason: 'CrashLoopBackOff', says: /exit 3/ },
    decoys: [SHOP, 'HelmRelease/apps/blog'],
  },
];
