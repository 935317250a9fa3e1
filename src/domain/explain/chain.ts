import { appliedBy } from '../applied-by.ts';
import { selectedPods } from '../health/endpoints.ts';
import type { World } from '../health/world.ts';
import { selects } from '../label-match.ts';
import type { NetworkPolicy } from '../objects/access.ts';
import type { FluxObject } from '../objects/flux.ts';
import { type ClusterObject, type ObjectRef, refOf } from '../objects/meta.ts';
import type { Ingress, Service } from '../objects/network.ts';
import type { Claim } from '../objects/platform.ts';
import type { Pod } from '../objects/workload.ts';

/** One object beside the explained one: `up` is what made it or stands under it, `down` what it makes, selects or leads to. */
export interface Link {
  direction: 'up' | 'down';
  how: string;
  ref: string;
}

/** Objects of one kind of link that are followed. */
const MOST = 200;

/** What made the object, the nearest first: owners, then the release or Kustomization, theirs, and the source. */
export function chainUp(object: ClusterObject, world: World): Link[] {
  const links: Link[] = [];
  const seen = new Set<string>([refOf(object)]);
  for (let at: ClusterObject | undefined = object; at !== undefined;) {
    const next = above(at, world);
    if (next === undefined || seen.has(next.ref)) break;
    seen.add(next.ref);
    links.push({ direction: 'up', ...next });
    at = world.byRef.get(next.ref);
  }
  return [...links, ...waitedFor(refOf(object), world)];
}

/** What a Flux object waits for, beside what applies it. */
function waitedFor(ref: string, world: World): Link[] {
  const causes = world.verdicts.get(ref)?.causedBy ?? [];
  return causes.map((cause) => ({ direction: 'up', how: 'waits for', ref: cause }));
}

function above(object: ClusterObject, world: World): Omit<Link, 'direction'> | undefined {
  if (object.owner) return { how: 'owned by', ref: refOf({ ...object.owner, namespace: object.namespace }) };
  const applier = appliedBy(object);
  if (applier !== undefined && applier !== refOf(object)) return { how: 'applied by', ref: applier };
  const source = sourceOf(object, world);
  return source === undefined ? undefined : { how: 'from', ref: source };
}

function sourceOf(object: ClusterObject, world: World): string | undefined {
  const { source, namespace } = (world.verdicts.get(refOf(object))?.object ?? {}) as Partial<FluxObject>;
  return source && refOf({ kind: source.kind, name: source.name, namespace: source.namespace ?? namespace });
}

/** What is looked at beside the world of health. */
export interface Beside {
  policies: readonly NetworkPolicy[];
}

type Below = (object: ClusterObject, world: World, beside: Beside) => Omit<Link, 'direction'>[];

/** What an object leads to, by kind; every object owns what names it as its owner. */
const BELOW: Readonly<Record<string, readonly Below[]>> = {
  Pod: [nodeOf, volumesOf, configOf],
  Service: [podsOf, policiesOn],
  Ingress: [servicesOf, certificatesOf],
  PersistentVolumeClaim: [volumeOf, mountedBy],
  HTTPRoute: [parentsOf],
  Node: [podsOn],
  Kustomization: [appliedObjects],
  HelmRelease: [appliedObjects],
};

/** What hangs on an object or lies under it. */
export function chainDown(object: ClusterObject, world: World, beside: Beside): Link[] {
  const found = [owned, ...(BELOW[object.kind] ?? [])].flatMap((below) =>
    below(object, world, beside).slice(0, MOST),
  );
  const distinct = new Map(found.map((link) => [`${link.how} ${link.ref}`, link]));
  return [...distinct.values()].map((link) => ({ direction: 'down', ...link }));
}

function owned(object: ClusterObject, world: World): Omit<Link, 'direction'>[] {
  const ref = refOf(object);
  const children = (world.podsByOwner.get(ref) ?? []).map((pod): [string, ClusterObject] => [
    refOf(pod),
    pod,
  ]);
  const others = [...world.byRef].filter(
    ([, { owner, namespace }]) => owner !== undefined && refOf({ ...owner, namespace }) === ref,
  );
  const own = new Map([...others, ...children]);
  return [...own.keys()].map((child) => ({ how: 'owns', ref: child }));
}

function nodeOf(object: ClusterObject): Omit<Link, 'direction'>[] {
  const { node } = object as Pod;
  return node === undefined ? [] : [{ how: 'runs on', ref: refOf({ kind: 'Node', name: node }) }];
}

function volumesOf(object: ClusterObject): Omit<Link, 'direction'>[] {
  const { claims, namespace } = object as Pod;
  return claims.map((name) => ({
    how: 'mounts',
    ref: refOf({ kind: 'PersistentVolumeClaim', namespace, name }),
  }));
}

function configOf(object: ClusterObject): Omit<Link, 'direction'>[] {
  const { configRefs, namespace } = object as Pod;
  return configRefs.map((ref) => ({ how: 'needs', ref: refOf({ ...ref, namespace }) }));
}

function volumeOf(object: ClusterObject): Omit<Link, 'direction'>[] {
  const { volume } = object as Claim;
  return volume === undefined
    ? []
    : [{ how: 'bound to', ref: refOf({ kind: 'PersistentVolume', name: volume }) }];
}

function mountedBy(object: ClusterObject, world: World): Omit<Link, 'direction'>[] {
  const pods = world.podsByClaim.get(`${object.namespace}/${object.name}`) ?? [];
  return pods.map((pod) => ({ how: 'mounted by', ref: refOf(pod) }));
}

function podsOf(object: ClusterObject, world: World): Omit<Link, 'direction'>[] {
  const { selector, namespace } = object as Service;
  if (Object.keys(selector).length === 0) return [];
  return selectedPods(namespace, selector, world).map((pod) => ({ how: 'selects', ref: refOf(pod) }));
}

/** Policies that govern who may reach the pods of a Service; a connection they drop leaves no trace on either side. */
function policiesOn(object: ClusterObject, world: World, { policies }: Beside): Omit<Link, 'direction'>[] {
  const { selector, namespace } = object as Service;
  const pods = Object.keys(selector).length === 0 ? [] : selectedPods(namespace, selector, world);
  return policies
    .filter((policy) => policy.namespace === namespace && policy.limitsIngress)
    .filter((policy) => pods.some(({ labels }) => selects(policy.selector, labels)))
    .map((policy) => ({ how: 'limited by', ref: refOf(policy) }));
}

function servicesOf(object: ClusterObject): Omit<Link, 'direction'>[] {
  const { backends, namespace } = object as Ingress;
  return backends.map(({ service }) => ({
    how: 'leads to',
    ref: refOf({ kind: 'Service', namespace, name: service }),
  }));
}

function certificatesOf(object: ClusterObject, world: World): Omit<Link, 'direction'>[] {
  const { tlsSecrets, namespace } = object as Ingress;
  const certificates = [...world.byRef.values()].filter(
    (one) =>
      one.kind === 'Certificate' && one.namespace === namespace && tlsSecrets.includes(secretNameOf(one)),
  );
  return certificates.map((certificate) => ({ how: 'certified by', ref: refOf(certificate) }));
}

function secretNameOf(object: ClusterObject): string {
  return 'secretName' in object && typeof object.secretName === 'string' ? object.secretName : '';
}

function parentsOf(object: ClusterObject): Omit<Link, 'direction'>[] {
  const parents =
    'parents' in object && Array.isArray(object.parents) ? (object.parents as { parent?: ObjectRef }[]) : [];
  return parents.flatMap(({ parent }) =>
    parent
      ? [{ how: 'attached to', ref: refOf({ ...parent, namespace: parent.namespace ?? object.namespace }) }]
      : [],
  );
}

function podsOn(object: ClusterObject, world: World): Omit<Link, 'direction'>[] {
  return (world.podsByNode.get(object.name) ?? []).map((pod) => ({ how: 'runs', ref: refOf(pod) }));
}

function appliedObjects(object: ClusterObject, world: World): Omit<Link, 'direction'>[] {
  const labelled = world.appliedRefs().get(refOf(object)) ?? [];
  const { inventory = [] } = (world.verdicts.get(refOf(object))?.object ?? {}) as Partial<FluxObject>;
  const refs = new Set([...inventory.map(refOf), ...labelled].filter((ref) => ref !== refOf(object)));
  return [...refs].map((ref) => ({ how: 'applies', ref }));
}
