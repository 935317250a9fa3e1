import type { ObjectRef } from '#domain/objects/meta.ts';
import type { Binding, MonitoringServer, Monitor, Probe } from '#domain/objects/prometheus.ts';

import { at, count, isTrue, items, number, string, strings } from '../raw.ts';
import { labelSelector } from './label-selector.ts';
import { conditionsOf, type Context, projectObject } from './meta.ts';

/** A Prometheus or Alertmanager: no configuration, rules or remote addresses. */
export function projectMonitoringServer(raw: unknown, context: Context): MonitoringServer {
  const available = items(raw, 'status', 'conditions').find((one) => string(one, 'type') === 'Available');
  return {
    ...projectObject(raw, context),
    kind: context.kind.kind as MonitoringServer['kind'],
    paused: isTrue(raw, 'spec', 'paused'),
    replicas: number(raw, 'spec', 'replicas') ?? 1,
    available: count(raw, 'status', 'availableReplicas'),
    degraded: string(available, 'status') === 'Degraded',
  };
}

/** Kinds of the resources that bindings name. */
const SERVERS: Readonly<Record<string, string>> = {
  prometheuses: 'Prometheus',
  prometheusagents: 'PrometheusAgent',
  thanosrulers: 'ThanosRuler',
};

function bindingsOf(raw: unknown, { text }: Context): Binding[] {
  return items(raw, 'status', 'bindings').map((binding) => ({
    server: {
      kind: SERVERS[string(binding, 'resource') ?? ''] ?? string(binding, 'resource') ?? '',
      name: string(binding, 'name') ?? '',
      namespace: string(binding, 'namespace'),
    },
    conditions: conditionsOf(items(binding, 'conditions'), text),
  }));
}

/** A ServiceMonitor, PodMonitor, PrometheusRule or ScrapeConfig: no credentials, no expressions. */
export function projectMonitor(raw: unknown, context: Context): Monitor {
  return {
    ...projectObject(raw, context),
    kind: context.kind.kind as Monitor['kind'],
    bindings: bindingsOf(raw, context),
  };
}

/** A Probe: how many targets it has, not their URLs. */
export function projectProbe(raw: unknown, context: Context): Probe {
  const object = projectObject(raw, context);
  const ingress = at(raw, 'spec', 'targets', 'ingress');
  return {
    ...object,
    kind: 'Probe',
    bindings: bindingsOf(raw, context),
    staticTargets: strings(raw, 'spec', 'targets', 'staticConfig', 'static').length,
    ingresses:
      typeof ingress === 'object' && ingress !== null
        ? {
            selector: labelSelector(ingress, 'selector') ?? [],
            anyNamespace: isTrue(ingress, 'namespaceSelector', 'any'),
            namespaces: strings(ingress, 'namespaceSelector', 'matchNames'),
          }
        : undefined,
    prober: proberOf(string(raw, 'spec', 'prober', 'url'), object.namespace),
  };
}

/** `name`, `name.namespace` or `name.namespace.svc…`, with a port; other hosts are outside the cluster. */
function proberOf(url: string | undefined, own: string | undefined): ObjectRef | undefined {
  const host = url?.replace(/^[a-z]+:\/\//i, '').split(/[:/]/)[0];
  const parts = /^(?<name>[a-z0-9-]+)(?:\.(?<namespace>[a-z0-9-]+)(?:\.svc(?:\..*)?)?)?$/.exec(host ?? '');
  const { name, namespace = own } = parts?.groups ?? {};
  return name === undefined || name === 'localhost' ? undefined : { kind: 'Service', name, namespace };
}
