import type { Manifest, ManifestRef } from '../../test/cluster/manifest.ts';
import { helmRelease, kustomization, namespace, rfc3339 } from '../../test/cluster/seed.ts';
import { helmChart } from './flux.ts';
import type { Service } from './services.ts';
import { appliedBy, DAY, FLUX, MINUTE, releasedBy, ROOT, type Story } from './story.ts';

/** Namespace, Kustomization, HelmRelease with its chart, and workloads of a service. */
export function objectsOf(service: Service, { now, at, head, before }: Story): Manifest[] {
  const { name, category, version, dependsOn, applied = [], space = name } = service;
  const steady = { now, since: at(45 * MINUTE), revision: head, previous: before };
  const labels = releasedBy(name, space);
  const release = helmRelease(name, {
    now,
    since: at(20 * DAY),
    namespace: space,
    version,
    interval: '15m0s',
    labels: appliedBy(name),
    ...service.release,
  });
  const workloads = service.workloads(space, labels);
  const inventory = [namespace(space), release, ...(service.alsoApplies ?? [])];
  const path = `${ROOT}/${category}/${name}/app`;
  const chartRef = {
    chart: name,
    version,
    sourceRef: {
      kind: 'HelmRepository',
      name: category === 'apps' ? 'home-charts' : 'system-charts',
      namespace: FLUX,
    },
  };
  return [
    namespace(space, appliedBy(name)),
    lastSeen(
      service.quietSince,
      kustomization(name, {
        ...steady,
        dependsOn,
        path,
        inventory,
        interval: '10m0s',
        labels: appliedBy('flux-entry'),
        ...service.kustomization,
      }),
    ),
    withInventory({ ...release, spec: { ...release.spec, chart: { spec: chartRef } } }, [
      ...workloads,
      ...applied,
    ]),
    helmChart(service, space, service.chartSince ?? at(20 * DAY)),
    ...workloads,
  ];
}

/** A Kustomization that has not been reconciled since then: it is suspended, or waits. */
function lastSeen(since: Date | undefined, object: Manifest): Manifest {
  const [entry] = (object.status?.['history'] ?? []) as Record<string, unknown>[];
  if (since === undefined || entry === undefined) return object;
  const time = rfc3339(since.getTime());
  const history = [{ ...entry, firstReconciled: time, lastReconciled: time }];
  return { ...object, status: { ...object.status, history } };
}

/** Helm applies what no controller makes. */
function withInventory(release: Manifest, objects: readonly ManifestRef[]): Manifest {
  const applied = objects.filter(({ metadata }) => !('ownerReferences' in metadata));
  const { status } = helmRelease('inventory', { inventory: applied });
  return { ...release, status: { ...release.status, inventory: status?.['inventory'] } };
}

/** Those that apply configuration alone. */
export function plainKustomizations({ now, at, head }: Story): Manifest[] {
  const settled = {
    now,
    since: at(45 * MINUTE),
    revision: head,
    labels: appliedBy('flux-entry'),
    wait: false,
  };
  return [
    kustomization('cluster-issuers', {
      ...settled,
      path: `${ROOT}/core/cluster-issuers/app`,
      dependsOn: ['cert-manager'],
    }),
    kustomization('system-upgrade-controller-plans', {
      ...settled,
      path: `${ROOT}/core/system-upgrade-controller-plans/app`,
      dependsOn: ['system-upgrade-controller'],
    }),
    kustomization('gateway', { ...settled, path: `${ROOT}/network/gateway/app` }),
    kustomization('networkpolicies', { ...settled, path: `${ROOT}/system/networkpolicies/app` }),
  ];
}
