import type { Manifest, ManifestRef } from '../../test/cluster/manifest.ts';
import { condition, kustomization, rfc3339 } from '../../test/cluster/seed.ts';
import type { Service } from './services.ts';
import { appliedBy, DAY, FLUX, MINUTE, REGISTRY, ROOT, type Story } from './story.ts';

const MANIFESTS = 'v2.9.5@sha256:'.padEnd(78, '5e');

/** Where Flux itself comes from. */
export function ociRepository(since: Date): Manifest {
  const time = rfc3339(since.getTime());
  const stored = `stored artifact for digest '${MANIFESTS}'`;
  const sourced = { ...condition('Ready', 'True', 'Succeeded', stored, time), observedGeneration: 1 };
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'OCIRepository',
    metadata: { name: 'flux-manifests', namespace: FLUX, labels: appliedBy('flux-entry-repos') },
    spec: { interval: '30m0s', url: `oci://${REGISTRY}/fluxcd/flux-manifests`, ref: { tag: 'v2.9.5' } },
    status: {
      observedGeneration: 1,
      artifact: {
        path: 'ocirepository/flux-manifests.tar.gz',
        url: `http://source-controller.${FLUX}.svc.cluster.local./flux-manifests.tar.gz`,
        revision: MANIFESTS,
        digest: MANIFESTS.split('@')[1],
        lastUpdateTime: time,
        size: 65536,
      },
      conditions: [sourced],
    },
  };
}

/** Of type oci: it has no conditions, by definition. */
export function helmRepository(name: string): Manifest {
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'HelmRepository',
    metadata: { name, namespace: FLUX, labels: appliedBy('flux-entry-repos') },
    spec: { interval: '1h0m0s', type: 'oci', url: `oci://${REGISTRY}/${name}` },
  };
}

/** The Kustomizations that apply the others: `flux-entry` itself included, the sources, and Flux. */
export function rootsOf(children: readonly Manifest[], { now, at, head }: Story): Manifest[] {
  const settled = {
    now,
    since: at(45 * MINUTE),
    revision: head,
    wait: false,
    labels: appliedBy('flux-entry'),
  };
  const self = {
    apiVersion: 'kustomize.toolkit.fluxcd.io/v1',
    kind: 'Kustomization',
    metadata: { name: 'flux-entry', namespace: FLUX },
  };
  const named = ['flux-entry-repos', 'flux'].map((name) => ({
    ...self,
    metadata: { name, namespace: FLUX },
  }));
  const flux = kustomization('flux', {
    ...settled,
    revision: MANIFESTS,
    since: at(62 * DAY),
    path: './',
    interval: '30m0s',
  });
  return [
    kustomization('flux-entry', {
      ...settled,
      path: ROOT,
      inventory: [self, ...named, source('GitRepository', 'cluster'), ...children],
    }),
    kustomization('flux-entry-repos', {
      ...settled,
      path: './repositories',
      inventory: [
        source('HelmRepository', 'home-charts'),
        source('HelmRepository', 'system-charts'),
        source('OCIRepository', 'flux-manifests'),
      ],
    }),
    { ...flux, spec: { ...flux.spec, sourceRef: { kind: 'OCIRepository', name: 'flux-manifests' } } },
  ];
}

function source(kind: string, name: string): ManifestRef {
  return { apiVersion: 'source.toolkit.fluxcd.io/v1', kind, metadata: { name, namespace: FLUX } };
}

/** The chart of a release, as source-controller pulled it. */
export function helmChart(
  { name, category, version, release }: Service,
  space: string,
  since: Date,
): Manifest {
  const revision = release?.version ?? version;
  const time = rfc3339(since.getTime());
  const message = `pulled '${name}' chart with version '${revision}'`;
  const repository = category === 'apps' ? 'home-charts' : 'system-charts';
  const sourced = {
    ...condition('Ready', 'True', 'ChartPullSucceeded', message, time),
    observedGeneration: 1,
  };
  return {
    apiVersion: 'source.toolkit.fluxcd.io/v1',
    kind: 'HelmChart',
    metadata: { name: `${space}-${name}`, namespace: FLUX },
    spec: {
      chart: name,
      version: revision,
      interval: '1h0m0s',
      sourceRef: { kind: 'HelmRepository', name: repository },
    },
    status: {
      observedGeneration: 1,
      observedChartName: name,
      artifact: {
        path: `helmchart/${name}.tgz`,
        url: `http://source-controller.${FLUX}.svc.cluster.local./${name}.tgz`,
        revision,
        lastUpdateTime: time,
        digest: `sha256:${'7c'.repeat(32)}`,
        size: 8192,
      },
      conditions: [sourced],
    },
  };
}
