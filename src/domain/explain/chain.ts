import type { World } from '../health/world.ts';
import { type ClusterObject, refOf } from '../objects/meta.ts';
import { appliedObjects } from './flux-links.ts';
import type { Beside, Link, Step, Steps } from './link.ts';
import {
  governedPods,
  listenersOf,
  parentsOf,
  podsOf,
  policiesOn,
  routeBackends,
  servicesOf,
  slicesOf,
} from './network.ts';
import { attachedTo, claimsOf, classOf, configOf, mountedBy, storesOf, volumeOf } from './storage.ts';
import { guardedPods, nodeOf, podsOn, scaledBy } from './workload-links.ts';

/** What an object leads to, by kind; every object owns what names it as its owner. */
const BELOW: Readonly<Record<string, readonly Steps[]>> = {
  Pod: [claimsOf, configOf, nodeOf, policiesOn],
  Deployment: [policiesOn],
  StatefulSet: [policiesOn],
  DaemonSet: [policiesOn],
  Service: [slicesOf, podsOf, policiesOn],
  Ingress: [servicesOf],
  NetworkPolicy: [governedPods],
  PersistentVolumeClaim: [volumeOf, classOf, mountedBy],
  PersistentVolume: [storesOf, attachedTo],
  HTTPRoute: [parentsOf, routeBackends],
  GRPCRoute: [parentsOf, routeBackends],
  TLSRoute: [parentsOf, routeBackends],
  TCPRoute: [parentsOf, routeBackends],
  UDPRoute: [parentsOf, routeBackends],
  Gateway: [listenersOf],
  HorizontalPodAutoscaler: [scaledBy],
  PodDisruptionBudget: [guardedPods],
  Node: [podsOn],
  Kustomization: [appliedObjects],
  HelmRelease: [appliedObjects],
  ResourceSet: [appliedObjects],
};

/** Steps behind which the chain goes on: what an object needs to work, to its end. */
const FOLLOWED: ReadonlySet<string> = new Set([
  'owns',
  'scales',
  'leads to',
  'selects',
  'mounts',
  'bound to',
]);

/** Steps that are told of the asked object alone: they lead to what does not carry it. */
const OWN: ReadonlySet<string> = new Set(['mounted by', 'limited by', 'guards', 'governs', 'claimed by']);

const DEPTH = 6;
const MOST = 5_000;

/** What hangs on an object or lies under it, the nearest first, each object once. */
export function chainDown(object: ClusterObject, world: World, beside: Beside): Link[] {
  const own = refOf(object);
  const found = new Map<string, Step>();
  let layer: readonly ClusterObject[] = [object];
  for (let depth = 0; depth < DEPTH && layer.length > 0 && found.size < MOST; depth += 1) {
    const steps = layer
      .flatMap((at) => stepsFrom(at, world, beside))
      .filter(({ how, ref }) => ref !== own && !found.has(ref) && (depth === 0 || !OWN.has(how)));
    for (const step of steps) if (!found.has(step.ref)) found.set(step.ref, step);
    layer = steps.flatMap(({ how, ref }) => (FOLLOWED.has(how) ? (world.byRef.get(ref) ?? []) : []));
  }
  return [...found.values()].map((step) => ({ direction: 'down', ...step }));
}

function stepsFrom(object: ClusterObject, world: World, beside: Beside): Step[] {
  const ref = refOf(object);
  const pods = world.podsByOwner.get(ref) ?? [];
  const owned = [...(beside.children.get(ref) ?? []), ...pods.map(refOf)];
  const below = object.kind === 'Node' && ref.startsWith('Node.') ? [] : (BELOW[object.kind] ?? []);
  return [
    ...owned.map((child) => ({ how: 'owns', ref: child })),
    ...below.flatMap((steps) => steps(object, world, beside)),
  ];
}
