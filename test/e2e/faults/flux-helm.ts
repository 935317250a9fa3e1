import type { Manifest, ManifestRef } from '../../cluster/manifest.ts';
import { ago, artifact, fluxObject, inventoryEntry, isReady, type Parts, SHOP } from './flux-objects.ts';

const FLUX_SYSTEM = 'flux-system';

/** What a HelmRelease has done so far. */
export interface ReleaseCourse extends Parts {
  dependsOn?: readonly string[];
  /** The chart's version in Git. */
  version?: string;
  /** Status of the newest entry of its history. */
  deployed?: string;
  inventory?: readonly ManifestRef[];
}

/** A HelmRelease in `shop` with a chart from the HelmRepository `shop-charts`; deployed well unless told otherwise. */
export function helmRelease(name: string, course: ReleaseCourse = {}): Manifest {
  const { dependsOn = [], version = '1.2.3', deployed = 'deployed', inventory = [], ...more } = course;
  const sourceRef = { kind: 'HelmRepository', name: 'shop-charts', namespace: FLUX_SYSTEM };
  const done = `Helm upgrade succeeded for release ${SHOP}/${name}.v2 with chart ${name}@${version}`;
  return fluxObject('HelmRelease', name, {
    namespace: SHOP,
    ...more,
    spec: {
      ...(more.spec?.['chartRef'] === undefined && { chart: { spec: { chart: name, version, sourceRef } } }),
      ...(dependsOn.length > 0 && { dependsOn: dependsOn.map((each) => ({ name: each })) }),
      ...more.spec,
    },
    status: {
      helmChart: `${FLUX_SYSTEM}/${SHOP}-${name}`,
      lastAttemptedRevision: version,
      lastAttemptedGeneration: 1,
      lastAttemptedReleaseAction: 'upgrade',
      history: [snapshot(name, version, deployed)],
      inventory: { entries: inventory.map(inventoryEntry) },
      ...more.status,
    },
    told: more.told ?? [...isReady('UpgradeSucceeded', done), ['Released', 'True', 'UpgradeSucceeded', done]],
  });
}

/** An entry of `status.history` of a HelmRelease. */
export function snapshot(
  name: string,
  version: string,
  status: string,
  revision = 2,
): Record<string, unknown> {
  const digest = `sha256:${'9'.repeat(64)}`;
  return {
    name,
    namespace: SHOP,
    version: revision,
    status,
    chartName: name,
    chartVersion: version,
    appVersion: version,
    configDigest: digest,
    digest,
    firstDeployed: ago(60 * 24 * 30),
    lastDeployed: ago(45),
  };
}

/** The HelmChart of a HelmRelease in `shop`, packaged unless `status` says otherwise. */
export function helmChart(
  release: string,
  { told, status = artifact('1.2.3'), ...more }: Parts = {},
): Manifest {
  return fluxObject('HelmChart', `${SHOP}-${release}`, {
    ...more,
    spec: {
      chart: release,
      version: '1.2.3',
      reconcileStrategy: 'ChartVersion',
      sourceRef: { kind: 'HelmRepository', name: 'shop-charts' },
      ...more.spec,
    },
    status,
    told: told ?? isReady('ChartPullSucceeded', `pulled '${release}' chart with version '1.2.3'`),
  });
}

/** The HelmRepository of the charts, indexed unless `told` says otherwise. */
export function helmRepository({
  told,
  status = artifact(`sha256:${'3'.repeat(64)}`),
  ...more
}: Parts = {}): Manifest {
  return fluxObject('HelmRepository', 'shop-charts', {
    ...more,
    spec: { url: 'https://charts.test', ...more.spec },
    status,
    told: told ?? isReady('Succeeded', 'stored artifact: revision for the index'),
  });
}
