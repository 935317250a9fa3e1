import type { EndpointSlice, Ingress, IngressClass, Service } from '#domain/objects/network.ts';

import { at, count, intOrString, isTrue, items, keys, number, string, stringMap, strings } from '../raw.ts';
import { type Context, projectObject } from './meta.ts';

/** A Service. */
export function projectService(raw: unknown, context: Context): Service {
  return {
    ...projectObject(raw, context),
    kind: 'Service',
    type: string(raw, 'spec', 'type') ?? 'ClusterIP',
    headless: string(raw, 'spec', 'clusterIP') === 'None',
    externalName: string(raw, 'spec', 'externalName'),
    selector: stringMap(raw, 'spec', 'selector'),
    ports: items(raw, 'spec', 'ports').map(servicePort),
    ingressPoints: items(raw, 'status', 'loadBalancer', 'ingress').length,
    publishNotReady: isTrue(raw, 'spec', 'publishNotReadyAddresses'),
    loadBalancerClass: string(raw, 'spec', 'loadBalancerClass'),
    addresses: items(raw, 'status', 'loadBalancer', 'ingress').flatMap(
      (point) => string(point, 'ip') ?? string(point, 'hostname') ?? [],
    ),
    trafficPolicy: string(raw, 'spec', 'externalTrafficPolicy'),
    sourceRanges: strings(raw, 'spec', 'loadBalancerSourceRanges'),
    externalAddresses: strings(raw, 'spec', 'externalIPs'),
  };
}

function servicePort(raw: unknown): Service['ports'][number] {
  const port = count(raw, 'port');
  return {
    name: string(raw, 'name'),
    port,
    targetPort: intOrString(raw, 'targetPort') ?? String(port),
    protocol: string(raw, 'protocol') ?? 'TCP',
    nodePort: number(raw, 'nodePort'),
  };
}

/** An EndpointSlice. */
export function projectEndpointSlice(raw: unknown, context: Context): EndpointSlice {
  const object = projectObject(raw, context);
  return {
    ...object,
    kind: 'EndpointSlice',
    service: object.labels['kubernetes.io/service-name'],
    endpoints: items(raw, 'endpoints').map((endpoint) => ({
      ready: at(endpoint, 'conditions', 'ready') !== false,
      pod: podOf(at(endpoint, 'targetRef'), object.namespace),
      node: string(endpoint, 'nodeName'),
    })),
    ports: items(raw, 'ports').map((port) => ({ name: string(port, 'name'), port: number(port, 'port') })),
  };
}

/** A slice written by hand may lead into another namespace, whose pods are not its own to name. */
function podOf(target: unknown, ownNamespace: string | undefined): string | undefined {
  const isOwn = string(target, 'namespace') === undefined || string(target, 'namespace') === ownNamespace;
  return string(target, 'kind') === 'Pod' && isOwn ? string(target, 'name') : undefined;
}

/** An Ingress. */
export function projectIngress(raw: unknown, context: Context): Ingress {
  const object = projectObject(raw, context);
  const rules = items(raw, 'spec', 'rules');
  const paths = rules.flatMap((rule) => items(rule, 'http', 'paths').map((path) => at(path, 'backend')));
  return {
    ...object,
    kind: 'Ingress',
    className: string(raw, 'spec', 'ingressClassName') ?? object.annotations['kubernetes.io/ingress.class'],
    hosts: rules.flatMap((rule) => string(rule, 'host') ?? []),
    backends: [at(raw, 'spec', 'defaultBackend'), ...paths].flatMap(
      (backend) => ingressBackend(backend) ?? [],
    ),
    tlsSecrets: items(raw, 'spec', 'tls').flatMap((tls) => string(tls, 'secretName') ?? []),
    ingressPoints: items(raw, 'status', 'loadBalancer', 'ingress').length,
    guards: guardsOf(raw),
  };
}

/** Annotations of ingress-nginx, HAProxy and Traefik that ask who is there, or let only some in. */
const GUARDS =
  /^(?:nginx\.ingress\.kubernetes\.io|haproxy-ingress\.github\.io|haproxy\.org)\/(?:auth-(?:url|signin|type|secret|tls-secret)|oauth|whitelist-source-range|allowlist-source-range|allow-list|whitelist)$/;

/** A list of networks that has everybody in it guards nothing. */
const EVERYBODY = /(?:^|[\s,])(?:0\.0\.0\.0|::)\/0(?:$|[\s,])/;

const MIDDLEWARES = 'traefik.ingress.kubernetes.io/router.middlewares';

function guardsOf(raw: unknown): string[] {
  const named = keys(raw, 'metadata', 'annotations').filter(
    (key) => GUARDS.test(key) && !EVERYBODY.test(string(raw, 'metadata', 'annotations', key) ?? ''),
  );
  const middlewares = string(raw, 'metadata', 'annotations', MIDDLEWARES) ?? '';
  return /auth|oidc|sso|ip-?(?:allow|white)/i.test(middlewares) ? [...named, MIDDLEWARES] : named;
}

function ingressBackend(raw: unknown): Ingress['backends'][number] | undefined {
  const service = string(raw, 'service', 'name');
  const port = string(raw, 'service', 'port', 'name') ?? intOrString(raw, 'service', 'port', 'number');
  return service === undefined ? undefined : { service, port: port ?? '' };
}

/** An IngressClass. */
export function projectIngressClass(raw: unknown, context: Context): IngressClass {
  const object = projectObject(raw, context);
  return {
    ...object,
    kind: 'IngressClass',
    controller: string(raw, 'spec', 'controller') ?? '',
    isDefault: object.annotations['ingressclass.kubernetes.io/is-default-class'] === 'true',
  };
}
