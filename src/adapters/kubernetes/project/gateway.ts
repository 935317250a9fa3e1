import type { Gateway, GatewayClass, Listener, Route } from '#domain/objects/gateway.ts';
import type { ObjectRef } from '#domain/objects/meta.ts';

import { at, count, items, number, string, strings } from '../raw.ts';
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
