import { conditionOf } from '../../conditions.ts';
import { selects } from '../../label-match.ts';
import { refOf } from '../../objects/meta.ts';
import type { Ingress } from '../../objects/network.ts';
import type { Binding, Monitor, MonitoringServer, Probe } from '../../objects/prometheus.ts';
import { clip, nameSome } from '../../text.ts';
import {
  type Fault,
  faultOf,
  firstFault,
  type Known,
  raised,
  ripening,
  type Rule,
  type RuleSet,
  type Symptom,
} from '../fault.ts';
import { isKnown } from '../known.ts';
import { operatorRefs } from '../operators.ts';
import type { World } from '../world.ts';

const SERVER_RULES: readonly Rule<MonitoringServer>[] = [
  {
    name: 'MonitoringUnavailable',
    source: 'prometheus-operator pkg/apis/monitoring/v1/types.go condition Available',
    judge: unavailable,
  },
  {
    name: 'NotReconciled',
    source: 'prometheus-operator pkg/apis/monitoring/v1/types.go condition Reconciled',
    judge: notReconciled,
  },
  {
    name: 'MonitoringPaused',
    source: 'prometheus-operator pkg/apis/monitoring/v1 spec.paused',
    judge: paused,
  },
];

const BINDING_RULE: Rule<Monitor | Probe> = {
  name: 'ConfigurationRejected',
  source: 'prometheus-operator pkg/apis/monitoring/v1 status.bindings, condition Accepted',
  judge: rejected,
};

const PROBE_RULES: readonly Rule<Probe>[] = [
  BINDING_RULE,
  {
    name: 'ProbeWithoutTargets',
    source: 'prometheus-operator pkg/apis/monitoring/v1/probe_types.go ProbeTargets',
    judge: withoutTargets,
  },
  {
    name: 'ProberMissing',
    source: 'prometheus-operator pkg/apis/monitoring/v1/probe_types.go ProberSpec.url',
    judge: proberMissing,
  },
];

/** The Prometheus operator's objects. What probes and targets measure is not read here. */
export const MONITORING: RuleSet = {
  component: 'monitoring',
  checked: (world) => [...servers(world), ...monitors(world), ...world.objects.Probe],
  judge: (world, known) => [
    ...servers(world).flatMap((one) => firstFault(SERVER_RULES, one, blame(one), world) ?? []),
    ...monitors(world).flatMap((one) => firstFault([BINDING_RULE], one, blame(one), world) ?? []),
    ...world.objects.Probe.flatMap(
      (probe) => firstFault(PROBE_RULES, probe, blame(probe), world) ?? deadProber(probe, known) ?? [],
    ),
  ],
};

function servers({ objects }: World): MonitoringServer[] {
  return [...objects.Prometheus, ...objects.Alertmanager];
}

function monitors({ objects }: World): Monitor[] {
  return [
    ...objects.ServiceMonitor,
    ...objects.PodMonitor,
    ...objects.PrometheusRule,
    ...objects.ScrapeConfig,
  ];
}

function blame(object: MonitoringServer | Monitor | Probe): { component: 'monitoring'; ref: string } {
  return { component: 'monitoring', ref: refOf(object) };
}

/** In minutes: pods of a server that restarts. */
const RESTART = 5;

function unavailable(server: MonitoringServer, world: World): Symptom | undefined {
  const available = conditionOf(server, 'Available');
  if (available?.status === 'True' || server.paused) return undefined;
  if (available === undefined) return notLookedAt(server, world);
  const since = available.since ?? server.created;
  return {
    state: server.degraded ? 'degraded' : raised(since, world.now, RESTART),
    message: clip(
      `${server.available} of ${server.replicas} replicas are available: ${available.message ?? available.reason ?? 'no reason'}`,
      220,
    ),
    since,
    evidence: [{ path: 'conditions[Available]', value: server.degraded ? 'Degraded' : available.status }],
    causes: setsOf(server, world),
  };
}

function notLookedAt(server: MonitoringServer, world: World): Symptom {
  return {
    state: ripening(server.created, world.now, RESTART),
    message: 'the operator has not looked at it',
    since: server.created,
    causes: operatorRefs(server.kind, world),
  };
}

function setsOf({ kind, name, namespace }: MonitoringServer, { objects }: World): string[] {
  return objects.StatefulSet.filter(
    (set) => set.namespace === namespace && set.owner?.kind === kind && set.owner.name === name,
  ).map(refOf);
}

function notReconciled(server: MonitoringServer, world: World): Symptom | undefined {
  const reconciled = conditionOf(server, 'Reconciled');
  if (reconciled?.status !== 'False') return undefined;
  return {
    state: raised(reconciled.since, world.now, 15),
    reason: reconciled.reason ?? 'NotReconciled',
    message: clip(
      `runs on an old configuration: ${reconciled.message ?? reconciled.reason ?? 'no reason'}`,
      220,
    ),
    since: reconciled.since,
    evidence: [{ path: 'conditions[Reconciled]', value: `False ${reconciled.reason ?? ''}`.trim() }],
  };
}

function paused({ paused: isPaused }: MonitoringServer): Symptom | undefined {
  return isPaused ? { state: 'suspended', message: 'the operator leaves it alone: spec.paused' } : undefined;
}

/** Servers write this only with a feature gate that is off by default: no bindings say nothing. */
function rejected({ bindings }: Monitor | Probe): Symptom | undefined {
  const bad = bindings.flatMap((binding) => refusalOf(binding) ?? []);
  const [first] = bad;
  if (first === undefined) return undefined;
  const { server, condition } = first;
  return {
    state: 'degraded',
    message: clip(
      `${refOf(server)} leaves it out: ${condition.message ?? condition.reason ?? 'no reason'}`,
      220,
    ),
    since: condition.since,
    evidence: [
      { path: 'status.bindings[].conditions[Accepted]', value: `False ${condition.reason ?? ''}`.trim() },
    ],
  };
}

function refusalOf({ server, conditions }: Binding) {
  const condition = conditions.find(({ type, status }) => type === 'Accepted' && status === 'False');
  return condition && { server, condition };
}

/** Nobody is told of what is not probed: such a probe is silent for ever. */
function withoutTargets(probe: Probe, world: World): Symptom | undefined {
  const { ingresses, staticTargets } = probe;
  if (staticTargets > 0) return undefined;
  if (ingresses === undefined)
    return { state: 'degraded', message: 'has no targets: it probes nothing', since: probe.created };
  if (!world.sees('Ingress', probe.namespace)) return undefined;
  if (world.objects.Ingress.some((ingress) => isProbed(ingress, probe))) return undefined;
  return {
    state: 'degraded',
    message: `has no targets: it probes the hosts of Ingresses and selects none${routesHint(world)}`,
    since: probe.created,
    evidence: [
      { path: 'spec.targets.ingress.selector', value: selectorText(probe) },
      { path: 'Ingresses', value: String(world.objects.Ingress.length) },
    ],
  };
}

function routesHint({ objects }: World): string {
  return objects.HTTPRoute.length > 0 ? '; routes of the Gateway API are never targets' : '';
}

function isProbed(ingress: Ingress, { namespace, ingresses }: Probe): boolean {
  if (ingresses === undefined || ingress.hosts.length === 0) return false;
  const { selector, anyNamespace, namespaces } = ingresses;
  const homes = namespaces.length > 0 ? namespaces : [namespace];
  return (anyNamespace || homes.includes(ingress.namespace)) && selects(selector, ingress.labels);
}

function selectorText({ ingresses }: Probe): string {
  const parts = ingresses?.selector.map(({ key, values }) =>
    values.length > 0 ? `${key}=${values.join('|')}` : key,
  );
  return parts === undefined || parts.length === 0 ? 'everything' : nameSome(parts, 3);
}

function proberMissing({ prober }: Probe, world: World): Symptom | undefined {
  if (prober === undefined || !world.sees('Service', prober.namespace) || world.byRef.has(refOf(prober)))
    return undefined;
  return {
    state: 'degraded',
    message: `its prober ${refOf(prober)} does not exist: nothing is probed`,
    evidence: [{ path: 'spec.prober.url', value: refOf(prober) }],
  };
}

function deadProber(probe: Probe, known: Known): Fault | undefined {
  const ref = probe.prober && refOf(probe.prober);
  if (ref === undefined || !isKnown(known, ref)) return undefined;
  return faultOf(
    { state: 'degraded', message: `its prober ${ref} is at fault: nothing is probed`, causes: [ref] },
    { ...blame(probe), rule: 'ProberDown' },
  );
}
