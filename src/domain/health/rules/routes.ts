import type { Route } from '../../objects/gateway.ts';
import { type Condition, type ObjectRef, refOf } from '../../objects/meta.ts';
import type { Service } from '../../objects/network.ts';
import { byText, clip, nameSome } from '../../text.ts';
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
import type { World } from '../world.ts';

/** Routes that lead nowhere by their own fault. */
const ROUTE_RULES: readonly Rule<Route>[] = [
  {
    name: 'BackendMissing',
    source: 'gateway-api apis/v1/shared_types.go BackendNotFound',
    judge: backendMissing,
  },
  {
    name: 'ParentMissing',
    source: 'gateway-api apis/v1/shared_types.go ParentReference',
    judge: parentMissing,
  },
  {
    name: 'RouteNotAccepted',
    source: 'gateway-api apis/v1/shared_types.go RouteConditionAccepted',
    judge: (route, world) => refused(route, 'Accepted', world),
  },
  {
    name: 'RefsNotResolved',
    source: 'gateway-api apis/v1/shared_types.go RouteConditionResolvedRefs',
    judge: (route, world) => refused(route, 'ResolvedRefs', world),
  },
  {
    name: 'RouteNotTakenUp',
    source: 'gateway-api apis/v1/shared_types.go RouteParentStatus',
    judge: notTakenUp,
  },
];

const KINDS = ['HTTPRoute', 'GRPCRoute', 'TLSRoute', 'TCPRoute', 'UDPRoute'] as const;

/** Routes of the Gateway API; one whose Gateway or backend is at fault is its consequence. */
export const ROUTES: RuleSet = {
  component: 'network',
  checked: routes,
  judge: (world, known) =>
    routes(world)
      .filter(({ deletion }) => deletion === undefined)
      .flatMap(
        (route) =>
          firstFault(ROUTE_RULES, route, { component: 'network', ref: refOf(route) }, world) ??
          deadEnd(route, known) ??
          [],
      ),
};

function routes({ objects }: World): Route[] {
  return KINDS.flatMap((kind) => objects[kind]);
}

function backendMissing(route: Route, world: World): Symptom | undefined {
  const missing = route.backends.flatMap((backend) => missingPart(backend, world) ?? []);
  if (missing.length === 0) return undefined;
  return {
    state: raised(route.created, world.now, 2),
    message: `leads nowhere: ${nameSome([...new Set(missing)].toSorted(byText), 3)}`,
    since: route.created,
    evidence: hostsOf(route),
  };
}

function missingPart({ name, namespace, port }: Route['backends'][number], world: World): string | undefined {
  if (!world.sees('Service', namespace)) return undefined;
  const service = world.byRef.get(refOf({ kind: 'Service', namespace, name })) as Service | undefined;
  if (service === undefined) return `Service ${namespace}/${name} does not exist`;
  const offered = port === undefined || service.ports.some((one) => one.port === port);
  return offered ? undefined : `Service ${namespace}/${name} has no port ${port}`;
}

function parentMissing({ parents, created }: Route, world: World): Symptom | undefined {
  const missing = parents.filter(
    (parent) => world.sees('Gateway', parent.namespace) && !world.byRef.has(refOf(parent)),
  );
  if (missing.length === 0) return undefined;
  return {
    state: raised(created, world.now, 2),
    message: `hangs on ${nameSome(missing.map(refOf), 2)}, which does not exist`,
    since: created,
    evidence: [{ path: 'spec.parentRefs', value: nameSome(missing.map(refOf), 2) }],
  };
}

/** A route that one of its Gateways refuses is still served by the others. */
function refused(route: Route, type: string, world: World): Symptom | undefined {
  const told = route.told.flatMap(({ parent, conditions }) =>
    conditions.filter((one) => one.type === type).map((condition) => ({ parent, condition })),
  );
  const bad = told.filter(({ condition }) => condition.status === 'False');
  const [first] = bad;
  if (first === undefined) return undefined;
  const { condition } = first;
  return {
    state: bad.length < told.length ? 'degraded' : raised(condition.since ?? route.created, world.now, 2),
    reason: condition.reason ?? type,
    message: clip(
      `${refOf(first.parent)}: ${condition.message ?? condition.reason ?? `${type} is False`}`,
      220,
    ),
    since: condition.since,
    evidence: [
      { path: `status.parents[].conditions[${type}]`, value: `False ${condition.reason ?? ''}`.trim() },
      ...hostsOf(route),
    ],
    causes: causesOf(route, condition),
  };
}

/** A Gateway that refuses by its rules is not at fault for it. */
function causesOf({ parents, backends }: Route, { type }: Condition): string[] {
  return type === 'Accepted' ? parents.map(refOf) : backends.map(refOf);
}

function notTakenUp(route: Route, world: World): Symptom | undefined {
  const silent = route.parents.filter((parent) => !route.told.some((told) => isSame(told.parent, parent)));
  if (silent.length === 0) return undefined;
  return {
    state: ripening(route.created, world.now, 2),
    message: `${nameSome(silent.map(refOf), 2)} has not taken it up`,
    since: route.created,
    evidence: hostsOf(route),
    causes: silent.map(refOf),
  };
}

function isSame(a: ObjectRef, b: ObjectRef): boolean {
  return refOf(a) === refOf(b);
}

function deadEnd(route: Route, known: Known): Fault | undefined {
  const dead = [...route.backends, ...route.parents].map(refOf).filter((ref) => isKnown(known, ref));
  if (dead.length === 0) return undefined;
  return faultOf(
    {
      state: 'degraded',
      message: `goes through ${nameSome([...new Set(dead)], 2)}, which is at fault`,
      evidence: hostsOf(route),
      causes: dead,
    },
    { component: 'network', rule: 'RouteThroughFault', ref: refOf(route) },
  );
}

function hostsOf({ hostnames }: Route): { path: string; value: string }[] {
  return hostnames.length > 0 ? [{ path: 'spec.hostnames', value: nameSome(hostnames, 3) }] : [];
}
