import { describe, expect, it } from 'vitest';

import type { AnyObject } from '#domain/objects/index.ts';

import { rawMonitor, rawProbe, rawServer } from '../../cluster/crds/prometheus.ts';
import { rawRoute } from '../../cluster/crds/gateway.ts';
import { allSaid, asTold, firstFinding, type FindingRow } from './finding-rows.ts';
import { ago, deployed, findingsOf, pod, unready, workload } from './objects.ts';
import { ingress, ingressClass, service, slice } from './platform-objects.ts';
import { projected } from './upgrade-objects.ts';

const KINDS = ['Prometheus', 'Alertmanager'] as const;
const MONITORS = ['ServiceMonitor', 'PodMonitor', 'PrometheusRule', 'ScrapeConfig'] as const;

const exporter = [
  service('blackbox-exporter', { namespace: 'monitoring' }),
  slice('blackbox-exporter', 1, 0, 'monitoring'),
  pod('blackbox', { namespace: 'monitoring', labels: { app: 'blackbox-exporter' } }),
];

const web = [
  ingressClass(),
  service('web'),
  slice('web', 1),
  ingress('web', 'web', { labels: { probe: 'edge' } }),
];

const PROBE = 'Probe/monitoring/edge';

const probing = (ingresses: Record<string, unknown>): AnyObject =>
  projected(rawProbe({ ingress: ingresses }));

const ROWS: FindingRow[] = [
  ...KINDS.flatMap((kind): FindingRow[] => [
    {
      source: `prometheus-operator pkg/apis/monitoring/v1/types.go ${kind} Available=False for ten minutes`,
      objects: [
        projected(rawServer(kind, { available: ['False', 'NoPodReady', 'pod main-0: crashes', ago(10)] })),
      ],
      state: 'failed',
      ref: `${kind}/monitoring/main`,
      reason: 'MonitoringUnavailable',
      says: /0 of 2 replicas are available: pod main-0: crashes/,
    },
    {
      source: `prometheus-operator pkg/apis/monitoring/v1/types.go ${kind} Available=False for two minutes`,
      objects: [projected(rawServer(kind, { available: ['False', 'NoPodReady', 'starting', ago(2)] }))],
      state: 'degraded',
      ref: `${kind}/monitoring/main`,
      reason: 'MonitoringUnavailable',
      says: /0 of 2 replicas/,
    },
    {
      source: `prometheus-operator pkg/apis/monitoring/v1/types.go ${kind} Available=Degraded`,
      objects: [
        projected(rawServer(kind, { available: ['Degraded', 'SomePodsNotReady', 'pod main-1', ago(60)] })),
      ],
      state: 'degraded',
      ref: `${kind}/monitoring/main`,
      reason: 'MonitoringUnavailable',
      says: /1 of 2 replicas are available: pod main-1/,
    },
    {
      source: `prometheus-operator pkg/apis/monitoring/v1/types.go ${kind} Reconciled=False for an hour`,
      objects: [
        projected(
          rawServer(kind, {
            available: ['True', '', '', ago(900)],
            reconciled: ['False', 'ReconciliationFailed', 'invalid configuration', ago(60)],
          }),
        ),
      ],
      state: 'failed',
      ref: `${kind}/monitoring/main`,
      reason: 'ReconciliationFailed',
      says: /runs on an old configuration: invalid configuration/,
    },
    {
      source: `prometheus-operator: no operator has looked at ${kind}`,
      objects: [projected(rawServer(kind, {}))],
      state: 'failed',
      ref: `${kind}/monitoring/main`,
      reason: 'MonitoringUnavailable',
      says: /the operator has not looked at it/,
    },
    {
      source: `prometheus-operator pkg/apis/monitoring/v1 ${kind} spec.paused`,
      objects: [projected(rawServer(kind, { available: ['True', '', '', ago(9)] }, { paused: true }))],
      state: 'suspended',
      ref: `${kind}/monitoring/main`,
      reason: 'MonitoringPaused',
      says: /leaves it alone/,
    },
  ]),
  ...MONITORS.map((kind): FindingRow => ({
    source: `prometheus-operator pkg/apis/monitoring/v1 status.bindings of ${kind}, Accepted=False`,
    objects: [projected(rawMonitor(kind, ['False', 'InvalidConfiguration', 'unknown field', ago(60)]))],
    state: 'degraded',
    ref: `${kind}/monitoring/web`,
    reason: 'ConfigurationRejected',
    says: /Prometheus\/monitoring\/main leaves it out: unknown field/,
  })),
  {
    source: 'prometheus-operator probe_types.go: Ingresses are selected, and there are none',
    objects: [
      ...exporter,
      probing({ selector: { matchLabels: { probe: 'edge' } }, namespaceSelector: { any: true } }),
    ],
    state: 'degraded',
    ref: PROBE,
    reason: 'ProbeWithoutTargets',
    says: /probes the hosts of Ingresses and selects none$/,
  },
  {
    source: 'prometheus-operator probe_types.go: its selector takes none of the Ingresses',
    objects: [
      ...exporter,
      ...web,
      probing({ selector: { matchLabels: { probe: 'other' } }, namespaceSelector: { any: true } }),
    ],
    state: 'degraded',
    ref: PROBE,
    reason: 'ProbeWithoutTargets',
    says: /selects none/,
  },
  {
    source: 'prometheus-operator probe_types.go: without a namespaceSelector it looks into its own namespace',
    objects: [...exporter, ...web, probing({ selector: { matchLabels: { probe: 'edge' } } })],
    state: 'degraded',
    ref: PROBE,
    reason: 'ProbeWithoutTargets',
    says: /selects none/,
  },
  {
    source: 'prometheus-operator probe_types.go: everything moved to the Gateway API',
    objects: [
      ...exporter,
      service('wiki'),
      slice('wiki', 1),
      projected({ ...rawRoute({ parents: [] }), status: {} }),
      probing({ selector: {}, namespaceSelector: { any: true } }),
    ],
    state: 'degraded',
    ref: PROBE,
    reason: 'ProbeWithoutTargets',
    says: /routes of the Gateway API are never targets/,
  },
  {
    source: 'prometheus-operator probe_types.go: an empty staticConfig',
    objects: [...exporter, projected(rawProbe({ staticConfig: { static: [] } }))],
    state: 'degraded',
    ref: PROBE,
    reason: 'ProbeWithoutTargets',
    says: /has no targets: it probes nothing/,
  },
  {
    source: 'prometheus-operator probe_types.go ProberSpec.url of none',
    objects: [
      service('other'),
      slice('other', 1),
      projected(rawProbe({ staticConfig: { static: ['https://a.example.test'] } })),
    ],
    state: 'degraded',
    ref: PROBE,
    reason: 'ProberMissing',
    says: /Service\/monitoring\/blackbox-exporter does not exist/,
  },
];

describe('the Prometheus operator', () => {
  it.each(ROWS)('$source is $state', async (row) => {
    expect(await firstFinding(row)).toMatchObject(asTold(row));
  });

  it.each<[string, AnyObject[]]>([
    [
      'servers are available and reconciled',
      KINDS.map((kind) =>
        projected(
          rawServer(kind, { available: ['True', '', '', ago(9)], reconciled: ['True', '', '', ago(9)] }),
        ),
      ),
    ],
    ['no bindings are written, as by default', MONITORS.map((kind) => projected(rawMonitor(kind)))],
    ['bindings are accepted', [projected(rawMonitor('ServiceMonitor', ['True', 'Accepted', '', ago(9)]))]],
    [
      'a probe has targets',
      [...exporter, projected(rawProbe({ staticConfig: { static: ['https://a.example.test'] } }))],
    ],
    [
      'a probe selects an Ingress of a namespace it names',
      [
        ...exporter,
        ...web,
        probing({
          selector: { matchLabels: { probe: 'edge' } },
          namespaceSelector: { matchNames: ['apps'] },
        }),
      ],
    ],
  ])('says nothing where %s', async (_what, objects) => {
    expect(await allSaid(objects)).toEqual([]);
  });

  it('takes no probe for without targets where Ingresses cannot be read', async () => {
    const findings = await findingsOf([...exporter, probing({ selector: {} })], {
      states: { Ingress: 'unknown' },
    });

    expect(findings).toEqual([]);
  });

  it('folds a server under its StatefulSet, and a probe under its prober', async () => {
    const set = workload('StatefulSet', 'prometheus-main', {
      namespace: 'monitoring',
      desired: 2,
      available: 0,
      ready: 0,
      current: 2,
      owner: { kind: 'Prometheus', name: 'main', namespace: 'monitoring' },
    });
    const prometheus = projected(
      rawServer('Prometheus', { available: ['False', 'NoPodReady', 'x', ago(10)] }),
    );
    const blackbox = deployed('blackbox-exporter', 1, (name) => unready(name, 20), {
      namespace: 'monitoring',
    });

    const findings = await findingsOf([
      set,
      prometheus,
      ...blackbox,
      service('blackbox-exporter', { namespace: 'monitoring' }),
      slice('blackbox-exporter', 0, 1, 'monitoring'),
      projected(rawProbe({ staticConfig: { static: ['https://a.example.test'] } })),
    ]);

    expect(Object.fromEntries(findings.map(({ ref, consequences }) => [ref, consequences]))).toEqual({
      'Deployment/monitoring/blackbox-exporter': 2,
      'StatefulSet/monitoring/prometheus-main': 1,
    });
  });

  it('reads no credentials and no targets', () => {
    const read = [
      projected(rawMonitor('ServiceMonitor')),
      projected(rawProbe({ staticConfig: { static: ['https://user:hunter2@a.example.test'] } })),
    ];

    expect(JSON.stringify(read)).not.toContain('hunter2');
    expect(read[1]).toMatchObject({
      staticTargets: 1,
      prober: { kind: 'Service', name: 'blackbox-exporter', namespace: 'monitoring' },
    });
  });
});
