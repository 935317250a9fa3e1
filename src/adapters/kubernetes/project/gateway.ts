import type { Gateway, GatewayClass, Listener, Route, SecurityPolicy } from '#domain/objects/gateway.ts';
import type { ObjectRef } from '#domain/objects/meta.ts';

import { at, count, isTrue, items, keys, number, string, strings } from '../raw.ts';
import { labelSelector } from './label-selector.ts';
import { conditionsOf, type Context, projectObject, refFrom } from './meta.ts';

const GROUP = 'gateway.networking.k8s.io';

/** A GatewayClass: no parameters. */
export function projectGatewayClass(raw: unknown, context: Context): GatewayClass {
  return {
    ...projectObject(raw, context),
    kind: 'GatewayClass',
    controller: string(raw, 'spec', 'controllerName') ?? '',
  };
}

/** A Gateway. */
export function projectGateway(raw: unknown, context: Context): Gateway {
  const object = projectObject(raw, context);
  const told = new Map(items(raw, 'status', 'listeners').map((one) => [string(one, 'name'), one]));
  return {
    ...object,
    kind: 'Gateway',
    className: string(raw, 'spec', 'gatewayClassName') ?? '',
    listeners: items(raw, 'spec', 'listeners').map((listener) =>
      listenerOf(listener, told.get(string(listener, 'name')), object.namespace, context),
    ),
    addresses: items(raw, 'status', 'addresses').flatMap((address) => string(address, 'value') ?? []),
  };
}

function listenerOf(
  spec: unknown,
  status: unknown,
  namespace: string | undefined,
  { text }: Context,
): Listener {
  return {
    name: string(spec, 'name') ?? '',
    port: count(spec, 'port'),
    hostname: string(spec, 'hostname'),
    secrets: items(spec, 'tls', 'certificateRefs').flatMap(
      (ref) => refFrom(ref, { kind: 'Secret', namespace }) ?? [],
    ),
    attached: count(status, 'attachedRoutes'),
    conditions: conditionsOf(items(status, 'conditions'), text),
  };
}

/** A route of any of the five kinds: no matches, headers or rewrites. */
export function projectRoute(raw: unknown, context: Context): Route {
  const object = projectObject(raw, context);
  const { namespace } = object;
  const rules = items(raw, 'spec', 'rules');
  return {
    ...object,
    kind: context.kind.kind as Route['kind'],
    hostnames: strings(raw, 'spec', 'hostnames'),
    parents: items(raw, 'spec', 'parentRefs').flatMap((ref) => parentOf(ref, namespace) ?? []),
    ...listenerSetsOf(raw, namespace),
    backends: rules.flatMap((rule) => items(rule, 'backendRefs').flatMap((ref) => backendOf(ref, namespace))),
    told: items(raw, 'status', 'parents').flatMap((told) => {
      const parent = parentOf(at(told, 'parentRef'), namespace);
      const controller = string(told, 'controllerName') ?? '';
      const conditions = conditionsOf(items(told, 'conditions'), context.text);
      return parent === undefined ? [] : [{ parent, controller, conditions }];
    }),
    authFilters: rules.flatMap((rule) => items(rule, 'filters').flatMap((filter) => authFilterOf(filter))),
  };
}

/** Absent for most routes. Before it was a standard, its group and name were others. */
function listenerSetsOf(raw: unknown, namespace: string | undefined): Pick<Route, 'listenerSets'> {
  const sets = items(raw, 'spec', 'parentRefs').flatMap((ref) => refFrom(ref, { namespace }) ?? []);
  const listenerSets = sets.filter(({ kind }) => /^X?ListenerSet$/.test(kind));
  return listenerSets.length > 0 ? { listenerSets } : {};
}

function parentOf(raw: unknown, namespace: string | undefined): ObjectRef | undefined {
  const ref = refFrom(raw, { kind: 'Gateway', namespace });
  return ref?.kind === 'Gateway' && (string(raw, 'group') ?? GROUP) === GROUP ? ref : undefined;
}

function backendOf(raw: unknown, namespace: string | undefined): Route['backends'] {
  const ref = refFrom(raw, { kind: 'Service', namespace });
  return ref?.kind === 'Service' ? [{ ...ref, port: number(raw, 'port') }] : [];
}

function authFilterOf(raw: unknown): string[] {
  if (string(raw, 'type') === 'ExternalAuth') return ['ExternalAuth'];
  const name = string(raw, 'extensionRef', 'name');
  return name !== undefined && /auth|oidc|sso|login/i.test(name)
    ? [`${string(raw, 'extensionRef', 'kind') ?? 'extension'} ${name}`]
    : [];
}

/** A SecurityPolicy of Envoy Gateway. */
export function projectSecurityPolicy(raw: unknown, context: Context): SecurityPolicy {
  const object = projectObject(raw, context);
  const { namespace } = object;
  const refs = [at(raw, 'spec', 'targetRef'), ...items(raw, 'spec', 'targetRefs')];
  return {
    ...object,
    kind: 'SecurityPolicy',
    targets: refs
      .filter((ref) => string(ref, 'sectionName') === undefined)
      .flatMap((ref) => refFrom(ref, { namespace }) ?? [])
      .map((ref) => ({ ...ref, namespace })),
    selectors: items(raw, 'spec', 'targetSelectors').map((one) => ({
      kind: string(one, 'kind') ?? '',
      labels: labelSelector({ one }, 'one') ?? [],
    })),
    guards: policyGuards(at(raw, 'spec')),
  };
}

const ASKING = ['oidc', 'basicAuth', 'apiKeyAuth', 'extAuth'] as const;

/** What is optional, or allows by default, keeps nobody out (envoyproxy/gateway api/v1alpha1 SecurityPolicySpec). */
function policyGuards(spec: unknown): string[] {
  const jwt = keys(spec, 'jwt').length > 0 && !isTrue(spec, 'jwt', 'optional');
  const authorization =
    keys(spec, 'authorization').length > 0 && string(spec, 'authorization', 'defaultAction') !== 'Allow';
  return [
    ...ASKING.filter((key) => keys(spec, key).length > 0),
    ...(jwt ? ['jwt'] : []),
    ...(authorization ? ['authorization'] : []),
  ];
}
