import { conditionOf } from '../../conditions.ts';
import type { State } from '../../finding.ts';
import type { Gateway, GatewayClass, Listener } from '../../objects/gateway.ts';
import { type Condition, refOf } from '../../objects/meta.ts';
import { clip, nameSome } from '../../text.ts';
import { certificatesFor, isUsable } from '../certificates.ts';
import { firstFault, raised, ripening, type Rule, type RuleSet, type Symptom } from '../fault.ts';
import type { World } from '../world.ts';

const CLASS_RULES: readonly Rule<GatewayClass>[] = [
  {
    name: 'GatewayClassNotAccepted',
    source: 'gateway-api apis/v1/gatewayclass_types.go Accepted',
    judge: classRefused,
  },
];

const GATEWAY_RULES: readonly Rule<Gateway>[] = [
  {
    name: 'GatewayClassMissing',
    source: 'gateway-api apis/v1/gateway_types.go gatewayClassName',
    judge: classMissing,
  },
  {
    name: 'GatewayNotAccepted',
    source: 'gateway-api apis/v1/gateway_types.go Accepted',
    judge: (gateway, world) => conditionFalse(gateway, 'Accepted', world),
  },
  {
    name: 'ListenerBroken',
    source: 'gateway-api apis/v1/gateway_types.go ListenerConditionType',
    judge: listenerBroken,
  },
  {
    name: 'GatewayNotProgrammed',
    source: 'gateway-api apis/v1/gateway_types.go Programmed',
    judge: (gateway, world) => conditionFalse(gateway, 'Programmed', world),
  },
  {
    name: 'GatewayNotObserved',
    source: 'gateway-api apis/v1/gateway_types.go condition observedGeneration',
    judge: notObserved,
  },
  {
    name: 'CertificateUnusable',
    source: 'gateway-api apis/v1/gateway_types.go certificateRefs',
    judge: certificateBad,
  },
];

/** Gateways and their classes. */
export const GATEWAYS: RuleSet = {
  component: 'network',
  checked: ({ objects }) => [...objects.GatewayClass, ...objects.Gateway],
  judge: (world) => [
    ...judged(world.objects.GatewayClass, CLASS_RULES, world),
    ...judged(world.objects.Gateway, GATEWAY_RULES, world),
  ],
};

function judged<T extends Gateway | GatewayClass>(
  subjects: readonly T[],
  rules: readonly Rule<T>[],
  world: World,
) {
  return subjects
    .filter(({ deletion }) => deletion === undefined)
    .flatMap(
      (subject) => firstFault(rules, subject, { component: 'network', ref: refOf(subject) }, world) ?? [],
    );
}

function classRefused(one: GatewayClass, world: World): Symptom | undefined {
  const accepted = conditionOf(one, 'Accepted');
  if (accepted?.status === 'True') return undefined;
  if (accepted?.status === 'False') return refusedBy(accepted, one.created, world);
  return {
    state: ripening(one.created, world.now, 2),
    message: `no controller has taken it up${one.controller ? `: ${one.controller} does not answer` : ''}`,
    since: one.created,
    evidence: [{ path: 'spec.controllerName', value: one.controller }],
  };
}

function refusedBy({ type, reason, message, since }: Condition, created: string, world: World): Symptom {
  return {
    state: raised(since ?? created, world.now, 2),
    ...(reason !== undefined && { reason }),
    message: clip(`${type} is False: ${message ?? reason ?? 'no reason'}`, 220),
    since,
    evidence: [{ path: `conditions[${type}]`, value: `False ${reason ?? ''}`.trim() }],
  };
}

function classMissing({ className, created }: Gateway, world: World): Symptom | undefined {
  if (!world.sees('GatewayClass')) return undefined;
  if (world.objects.GatewayClass.some(({ name }) => name === className)) return undefined;
  return {
    state: raised(created, world.now, 2),
    message: `gateway class ${className} does not exist: no controller serves it`,
    since: created,
    evidence: [{ path: 'spec.gatewayClassName', value: className }],
  };
}

/** Unknown is how a Gateway begins: nobody has taken it up then. */
function conditionFalse(gateway: Gateway, type: string, world: World): Symptom | undefined {
  const told = conditionOf(gateway, type);
  if (told?.status === 'True') return undefined;
  const causes = [
    classRef(gateway),
    ...servicesOf(gateway, world),
    ...badCertificates(gateway.listeners, gateway, world),
  ];
  if (told?.status === 'False') return { ...refusedBy(told, gateway.created, world), causes };
  return {
    state: ripening(gateway.created, world.now, 2),
    message: `no controller has ${type === 'Accepted' ? 'taken it up' : 'set it up'}: ${told?.message ?? 'it says nothing'}`,
    since: gateway.created,
    evidence: [{ path: `conditions[${type}]`, value: told ? 'Unknown' : 'absent' }],
    causes,
  };
}

function classRef({ className }: Gateway): string {
  return refOf({ kind: 'GatewayClass', name: className });
}

const GATEWAY_LABELS = [
  'gateway.networking.k8s.io/gateway-name',
  'io.cilium.gateway/owning-gateway',
  'gateway.envoyproxy.io/owning-gateway-name',
];

/** The Services by which its controller makes it reachable. */
function servicesOf({ name, namespace }: Gateway, { objects }: World): string[] {
  return objects.Service.filter(
    (service) =>
      GATEWAY_LABELS.some((label) => service.labels[label] === name) &&
      (service.namespace === namespace ||
        service.labels['gateway.envoyproxy.io/owning-gateway-namespace'] === namespace),
  ).map(refOf);
}

/** What a listener may say, and what it means; the first that fits is told. */
const LISTENER_SIGNS = [
  { type: 'Accepted', bad: 'False' },
  { type: 'Conflicted', bad: 'True' },
  { type: 'ResolvedRefs', bad: 'False' },
  { type: 'Programmed', bad: 'False' },
  { type: 'OverlappingTLSConfig', bad: 'True' },
] as const;

function listenerBroken(gateway: Gateway, world: World): Symptom | undefined {
  const broken = gateway.listeners.flatMap((listener) => brokenSign(listener) ?? []);
  const [first] = broken;
  if (first === undefined) return undefined;
  const { listener, sign } = first;
  const names = nameSome(
    broken.map((one) => one.listener.name),
    3,
  );
  return {
    state: listenerState(broken.length, gateway, sign, world),
    reason: sign.reason ?? sign.type,
    message: clip(`listener ${names}: ${sign.message ?? sign.reason ?? sign.type}`, 220),
    since: sign.since,
    evidence: [
      {
        path: `status.listeners[${listener.name}].conditions[${sign.type}]`,
        value: `${sign.status} ${sign.reason ?? ''}`.trim(),
      },
    ],
    causes: [
      ...badCertificates(
        broken.map((one) => one.listener),
        gateway,
        world,
      ),
      ...servicesOf(gateway, world),
      classRef(gateway),
    ],
  };
}

function brokenSign(listener: Listener): { listener: Listener; sign: Condition } | undefined {
  const sign = LISTENER_SIGNS.map(({ type, bad }) =>
    listener.conditions.find((one) => one.type === type && one.status === bad),
  ).find((one) => one !== undefined);
  return sign && { listener, sign };
}

/** With some listeners left it still serves. */
function listenerState(
  broken: number,
  { listeners, created }: Gateway,
  sign: Condition,
  world: World,
): State {
  if (sign.type === 'OverlappingTLSConfig' || broken < listeners.length) return 'degraded';
  return raised(sign.since ?? created, world.now, 2);
}

/** Minutes in which a controller sees a change. */
const OBSERVING = 5;

function notObserved(gateway: Gateway, world: World): Symptom | undefined {
  const programmed = conditionOf(gateway, 'Programmed');
  const { generation = 0 } = gateway;
  const observed = programmed?.observedGeneration;
  if (observed === undefined || observed >= generation) return undefined;
  const age = ripening(programmed?.since, world.now, OBSERVING);
  return {
    state: age === 'progressing' ? 'progressing' : 'stale',
    message: `what it says is of generation ${observed}, it is at ${generation}: its controller has not looked since`,
    since: programmed?.since,
    evidence: [{ path: 'conditions[Programmed].observedGeneration', value: String(observed) }],
    causes: [classRef(gateway)],
  };
}

function certificateBad(gateway: Gateway, world: World): Symptom | undefined {
  const bad = badCertificates(gateway.listeners, gateway, world);
  if (bad.length === 0) return undefined;
  return {
    state: 'degraded',
    message: `serves ${nameSome(bad, 2)}, which no client accepts`,
    causes: bad,
  };
}

/** Secrets are never read: the Certificates that fill them tell what is in them. */
function badCertificates(listeners: readonly Listener[], gateway: Gateway, world: World): string[] {
  const secrets = listeners.flatMap((listener) => listener.secrets);
  return secrets
    .flatMap((secret) =>
      certificatesFor({ ...secret, namespace: secret.namespace ?? gateway.namespace }, world),
    )
    .filter((certificate) => !isUsable(certificate, world.now))
    .map(refOf);
}
