import type { Fault } from './fault.ts';
import { helmChart, helmRelease, helmRepository } from './flux-helm.ts';
import { artifact, fetchFailed, fluxObject, SHOP_SPACE } from './flux-objects.ts';

const withoutArtifact = { status: {} };

/** A HelmRelease whose source is not ready (helm-controller, isReady). */
function sourceNotReady(message: string, more: Parameters<typeof helmRelease>[1] = {}) {
  return helmRelease('wiki', { ...more, told: [['Ready', 'False', 'SourceNotReady', message]] });
}

/** What goes wrong with charts: credentials, certificates, versions that do not exist. */
export const CHART_FAULTS: readonly Fault[] = [
  {
    name: 'the registry refuses the credentials for an OCI artifact',
    objects: () => {
      const message =
        'failed to determine artifact digest: GET https://registry.test/v2/charts/wiki/manifests/1.2.3: UNAUTHORIZED: authentication required; [map[Action:pull Class: Name:charts/wiki Type:repository]]';
      return [
        SHOP_SPACE,
        fluxObject('OCIRepository', 'wiki', {
          spec: { url: 'oci://registry.test/charts/wiki', ref: { tag: '1.2.3' } },
          told: fetchFailed('OCIArtifactPullFailed', message),
        }),
        sourceNotReady(`OCIRepository 'flux-system/wiki' is not ready: ${message}`, {
          spec: { chartRef: { kind: 'OCIRepository', name: 'wiki', namespace: 'flux-system' } },
        }),
      ];
    },
    root: { ref: 'OCIRepository/flux-system/wiki', reason: 'OCIArtifactPullFailed' },
    decoys: ['HelmRelease/shop/wiki'],
  },
  {
    name: 'the certificate of a Helm repository is not trusted',
    objects: () => {
      const missing = "no artifact available for HelmRepository source 'shop-charts'";
      return [
        SHOP_SPACE,
        helmRepository({
          ...withoutArtifact,
          told: fetchFailed(
            'Failed',
            'failed to fetch Helm repository index: failed to cache index to temporary file: Get "https://charts.test/index.yaml": tls: failed to verify certificate: x509: certificate signed by unknown authority',
          ),
        }),
        helmChart('wiki', { ...withoutArtifact, told: fetchFailed('NoSourceArtifact', missing) }),
        sourceNotReady(`HelmChart 'flux-system/shop-wiki' is not ready: ${missing}`),
      ];
    },
    root: { ref: 'HelmRepository/flux-system/shop-charts', reason: 'Failed' },
    decoys: ['HelmChart/flux-system/shop-wiki', 'HelmRelease/shop/wiki'],
  },
  {
    name: 'a Helm repository refuses the password, while its last index is still stored',
    objects: () => [
      SHOP_SPACE,
      helmRepository({
        told: fetchFailed(
          'Failed',
          'failed to fetch Helm repository index: failed to cache index to temporary file: failed to fetch https://charts.test/index.yaml : 401 Unauthorized',
        ),
      }),
      helmChart('wiki', {
        told: fetchFailed(
          'ChartPullError',
          'chart pull error: failed to download chart for remote reference: failed to fetch https://charts.test/wiki-1.2.3.tgz : 401 Unauthorized',
        ),
      }),
      helmRelease('wiki'),
    ],
    root: { ref: 'HelmRepository/flux-system/shop-charts', reason: 'Failed' },
    decoys: ['HelmChart/flux-system/shop-wiki', 'HelmRelease/shop/wiki'],
  },
  {
    name: 'the version of a chart does not exist, while the last one is still stored',
    objects: () => {
      const message =
        "invalid chart reference: failed to get chart version for remote reference: no 'wiki' chart with version matching '9.9.9' found";
      return [
        SHOP_SPACE,
        helmRepository(),
        helmChart('wiki', {
          spec: { version: '9.9.9' },
          told: [
            ['Stalled', 'True', 'InvalidChartReference', message],
            ['Ready', 'False', 'InvalidChartReference', message],
            ['FetchFailed', 'True', 'InvalidChartReference', message],
          ],
        }),
        sourceNotReady(`HelmChart 'flux-system/shop-wiki' is not ready: ${message}`, {
          spec: {
            chart: {
              spec: {
                chart: 'wiki',
                version: '9.9.9',
                sourceRef: { kind: 'HelmRepository', name: 'shop-charts', namespace: 'flux-system' },
              },
            },
          },
        }),
      ];
    },
    root: { ref: 'HelmChart/flux-system/shop-wiki', reason: 'InvalidChartReference' },
    decoys: ['HelmRelease/shop/wiki'],
  },
  {
    name: 'the tag of a chart in a registry does not exist, while the last one is still stored',
    objects: () => {
      const message =
        'failed to determine artifact digest: GET https://registry.test/v2/charts/wiki/manifests/9.9.9: MANIFEST_UNKNOWN: manifest unknown; map[Tag:9.9.9]';
      return [
        SHOP_SPACE,
        fluxObject('OCIRepository', 'wiki', {
          spec: { url: 'oci://registry.test/charts/wiki', ref: { tag: '9.9.9' } },
          status: { ...artifact(`1.2.3@sha256:${'1'.repeat(64)}`), observedGeneration: 0 },
          told: fetchFailed('OCIArtifactPullFailed', message),
        }),
        sourceNotReady(`OCIRepository 'flux-system/wiki' is not ready: ${message}`, {
          spec: { chartRef: { kind: 'OCIRepository', name: 'wiki', namespace: 'flux-system' } },
        }),
      ];
    },
    root: { ref: 'OCIRepository/flux-system/wiki', reason: 'OCIArtifactPullFailed' },
    decoys: ['HelmRelease/shop/wiki'],
  },
];
