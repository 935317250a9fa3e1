import type { LabelSelector } from './label-selector.ts';
import type { ClusterObject, Condition, ObjectRef } from './meta.ts';

/** A Prometheus or Alertmanager of the Prometheus operator. */
export interface MonitoringServer extends ClusterObject {
  kind: 'Prometheus' | 'Alertmanager';
  paused: boolean;
  replicas: number;
  available: number;
  /** True when its condition Available says Degraded, which is neither True nor False. */
  degraded: boolean;
}

/** What one server makes of a configuration object: `status.bindings[]`, of a feature gate that is off by default. */
export interface Binding {
  server: ObjectRef;
  conditions: Condition[];
}

/** A ServiceMonitor, PodMonitor, PrometheusRule or ScrapeConfig. */
export interface Monitor extends ClusterObject {
  kind: 'ServiceMonitor' | 'PodMonitor' | 'PrometheusRule' | 'ScrapeConfig';
  bindings: Binding[];
}

/** A Probe of the Prometheus operator. */
export interface Probe extends ClusterObject {
  kind: 'Probe';
  bindings: Binding[];
  /** Number of `spec.targets.staticConfig.static`. */
  staticTargets: number;
  /** Set when it probes the hosts of Ingresses. */
  ingresses?: { selector: LabelSelector; anyNamespace: boolean; namespaces: string[] };
  /** The Service behind `spec.prober.url`, when its host is one of the cluster. */
  prober?: ObjectRef;
}
