import { type PermissiveKind, permissiveCrd } from '../crds.ts';
import type { Manifest } from '../manifest.ts';

const KINDS: readonly (readonly [kind: string, plural: string, version?: string])[] = [
  ['Prometheus', 'prometheuses'],
  ['Alertmanager', 'alertmanagers'],
  ['ServiceMonitor', 'servicemonitors'],
  ['PodMonitor', 'podmonitors'],
  ['Probe', 'probes'],
  ['PrometheusRule', 'prometheusrules'],
  ['ScrapeConfig', 'scrapeconfigs', 'v1alpha1'],
];

/** The CRDs of the Prometheus operator that rules look at, without a schema. */
export function prometheusCrds(): Manifest[] {
  return KINDS.map(([kind, plural, version = 'v1']): PermissiveKind => ({
    group: 'monitoring.coreos.com',
    version,
    kind,
    plural,
    namespaced: true,
  })).map(permissiveCrd);
}

/** A condition of the operator: status, reason, message, since when. */
export type Told = readonly [status: string, reason: string, message: string, at: string];

function toldAs(type: string, [status, reason, message, at]: Told): object {
  return { type, status, reason, message, lastTransitionTime: at, observedGeneration: 1 };
}

/** A Prometheus or Alertmanager named `main`. */
export function rawServer(
  kind: 'Prometheus' | 'Alertmanager',
  conditions: { available?: Told; reconciled?: Told },
  spec: Record<string, unknown> = {},
): Manifest {
  const { available, reconciled } = conditions;
  return monitoring(
    kind,
    'main',
    { replicas: 2, ...spec },
    {
      replicas: 2,
      availableReplicas: available?.[0] === 'True' ? 2 : available?.[0] === 'Degraded' ? 1 : 0,
      conditions: [
        ...(available ? [toldAs('Available', available)] : []),
        ...(reconciled ? [toldAs('Reconciled', reconciled)] : []),
      ],
    },
  );
}

/** A configuration object with what the Prometheus `main` makes of it. */
export function rawMonitor(kind: string, accepted?: Told): Manifest {
  return monitoring(
    kind,
    'web',
    { endpoints: [{ basicAuth: { password: { name: 'x', key: 'hunter2' } } }] },
    {
      ...(accepted && {
        bindings: [
          {
            group: 'monitoring.coreos.com',
            resource: 'prometheuses',
            name: 'main',
            namespace: 'monitoring',
            conditions: [toldAs('Accepted', accepted)],
          },
        ],
      }),
    },
  );
}

/** A Probe of the edge by a blackbox exporter. */
export function rawProbe(targets: Record<string, unknown>): Manifest {
  return monitoring(
    'Probe',
    'edge',
    { module: 'http_2xx', prober: { url: 'blackbox-exporter.monitoring.svc:9115' }, targets },
    {},
  );
}

function monitoring(
  kind: string,
  name: string,
  spec: Record<string, unknown>,
  status: Record<string, unknown>,
): Manifest {
  const version = kind === 'ScrapeConfig' ? 'v1alpha1' : 'v1';
  return {
    apiVersion: `monitoring.coreos.com/${version}`,
    kind,
    metadata: { name, namespace: 'monitoring', generation: 1 },
    spec,
    status,
  };
}
