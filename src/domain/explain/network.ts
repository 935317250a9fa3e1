import { selectedPods } from '../health/endpoints.ts';
import type { World } from '../health/world.ts';
import { selects } from '../label-match.ts';
import type { NetworkPolicy } from '../objects/access.ts';
import type { Gateway, Route } from '../objects/gateway.ts';
import { type ClusterObject, type ObjectRef, refOf } from '../objects/meta.ts';
import type { EndpointSlice, Ingress, Service } from '../objects/network.ts';
import type { Workload } from '../objects/workload.ts';
import { type Beside, type Step, stepIn } from './link.ts';

/** The pods that a Service selects. */
export function podsOf(object: ClusterObject, world: World): Step[] {
  return podsBehind(object as Service, world).map((pod) => ({ how: 'selects', ref: refOf(pod) }));
}

function podsBehind({ selector, namespace }: Service, world: World) {
  return Object.keys(selector).length === 0 ? [] : selectedPods(namespace, selector, world);
}

/** The EndpointSlices of a Service, with how many of their addresses are ready and at which ports. */
export function slicesOf({ namespace, name }: ClusterObject, world: World): Step[] {
  const slices = world.slicesByService.get(`${namespace}/${name}`) ?? [];
  return slices.map((slice) => ({ how: 'has endpoints in', ref: refOf(slice), note: fillOf(slice) }));
}

function fillOf({ endpoints, ports }: EndpointSlice): string {
  const ready = endpoints.filter((one) => one.ready).length;
  const named = ports.map(({ name, port }) => `${name ? `${name}:` : ''}${port ?? 'any'}`).join(', ');
  return `${ready} of ${endpoints.length} ready${named === '' ? '' : ` at ${named}`}`;
}

/** Policies that limit who may reach the pods; a connection they drop leaves no trace on either side. */
export function policiesOn(object: ClusterObject, world: World, { policies }: Beside): Step[] {
  const labels = labelsReached(object, world);
  return policies
    .filter(({ namespace, limitsIngress }) => namespace === object.namespace && limitsIngress)
    .filter(({ selector }) => labels.some((own) => selects(selector, own)))
    .map((policy) => ({ how: 'limited by', ref: refOf(policy), note: admitted(policy) }));
}

function labelsReached(object: ClusterObject, world: World): readonly Record<string, string>[] {
  if (object.kind === 'Service') return podsBehind(object as Service, world).map(({ labels }) => labels);
  return [object.kind === 'Pod' ? object.labels : (object as Workload).podLabels];
}

function admitted({ ingress }: NetworkPolicy): string {
  if (ingress.length === 0) return 'lets nobody in';
  if (ingress.some((peers) => peers.length === 0)) return 'lets everybody in, at most by port';
  return 'lets in only whom it names';
}

/** The pods that a NetworkPolicy governs. */
export function governedPods(object: ClusterObject, world: World): Step[] {
  const { namespace, selector } = object as NetworkPolicy;
  return world.objects.Pod.filter((pod) => pod.namespace === namespace && selects(selector, pod.labels)).map(
    (pod) => ({ how: 'governs', ref: refOf(pod) }),
  );
}

/** Where an Ingress leads, its class and its certificates. */
export function servicesOf(object: ClusterObject, world: World): Step[] {
  const { backends, className, namespace, tlsSecrets } = object as Ingress;
  const certificates = tlsSecrets.flatMap((name) => certified({ kind: 'Secret', namespace, name }, world));
  return [
    ...backends.map(({ service, port }) =>
      stepIn(object, 'leads to', { kind: 'Service', name: service, note: `port ${port}` }),
    ),
    ...certificates,
    ...(className === undefined
      ? []
      : [{ how: 'of class', ref: refOf({ kind: 'IngressClass', name: className }) }]),
  ];
}

function certified({ namespace, name }: ObjectRef, world: World): Step[] {
  const certificates = world.certificatesBySecret().get(`${namespace}/${name}`) ?? [];
  if (certificates.length > 0)
    return certificates.map((one) => ({ how: 'certified by', ref: refOf(one), note: `Secret ${name}` }));
  return [{ how: 'needs', ref: refOf({ kind: 'Secret', namespace, name }) }];
}

/** The Services behind a route. */
export function routeBackends(object: ClusterObject): Step[] {
  const { backends, namespace } = object as Route;
  return backends.map((one) => ({
    how: 'leads to',
    ref: refOf({ ...one, namespace: one.namespace ?? namespace }),
    ...(one.port !== undefined && { note: `port ${one.port}` }),
  }));
}

/** The Gateways that a route hangs on. */
export function parentsOf(object: ClusterObject): Step[] {
  const { parents, listenerSets = [], namespace } = object as Route;
  return [...parents, ...listenerSets].map((parent) => ({
    how: 'attached to',
    ref: refOf({ ...parent, namespace: parent.namespace ?? namespace }),
  }));
}

/** The class of a Gateway, its certificates, and the routes that hang on it. */
export function listenersOf(object: ClusterObject, world: World): Step[] {
  const { className, listeners, namespace } = object as Gateway;
  const secrets = listeners.flatMap((listener) => listener.secrets);
  const ref = refOf(object);
  return [
    { how: 'of class', ref: refOf({ kind: 'GatewayClass', name: className }) },
    ...secrets.flatMap((one) => certified({ ...one, namespace: one.namespace ?? namespace }, world)),
    ...routesIn(world)
      .filter((route) => parentsOf(route).some((parent) => parent.ref === ref))
      .map((route) => ({ how: 'routes', ref: refOf(route) })),
  ];
}

/** Routes of every kind. */
function routesIn({ objects }: World): readonly Route[] {
  const { HTTPRoute, GRPCRoute, TLSRoute, TCPRoute, UDPRoute } = objects;
  return [...HTTPRoute, ...GRPCRoute, ...TLSRoute, ...TCPRoute, ...UDPRoute];
}

const WITH_PODS: ReadonlySet<string> = new Set(['Pod', 'Deployment', 'StatefulSet', 'DaemonSet']);

/** The Services that select an object's pods. */
export function selectedBy(object: ClusterObject, { objects }: World): Step[] {
  if (!WITH_PODS.has(object.kind)) return [];
  const labels = object.kind === 'Pod' ? object.labels : (object as Workload).podLabels;
  return objects.Service.filter(
    ({ namespace, selector }) => namespace === object.namespace && isWithin(selector, labels),
  ).map((service) => ({ how: 'selected by', ref: refOf(service) }));
}

function isWithin(selector: Readonly<Record<string, string>>, labels: Readonly<Record<string, string>>) {
  const pairs = Object.entries(selector);
  return pairs.length > 0 && pairs.every(([key, value]) => labels[key] === value);
}

/** The Ingresses and routes that lead to a Service. */
export function reachedThrough(object: ClusterObject, world: World): Step[] {
  if (object.kind !== 'Service') return [];
  const ref = refOf(object);
  const ingresses = world.objects.Ingress.filter(
    ({ namespace, backends }) =>
      namespace === object.namespace && backends.some(({ service }) => service === object.name),
  );
  const routes = routesIn(world).filter((route) => routeBackends(route).some((one) => one.ref === ref));
  return [...ingresses, ...routes].map((one) => ({ how: 'reached through', ref: refOf(one) }));
}
