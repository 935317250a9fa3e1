import type { World } from '../health/world.ts';
import { type ClusterObject, refOf } from '../objects/meta.ts';
import type { Claim, Volume } from '../objects/platform.ts';
import type { Pod } from '../objects/workload.ts';
import { type Step, stepIn } from './link.ts';

/** The claims that a pod mounts. */
export function claimsOf(object: ClusterObject): Step[] {
  const { claims } = object as Pod;
  return claims.map((name) => stepIn(object, 'mounts', { kind: 'PersistentVolumeClaim', name }));
}

/** ConfigMaps and Secrets that a pod names. */
export function configOf(object: ClusterObject): Step[] {
  const { configRefs } = object as Pod;
  return configRefs.map((ref) => stepIn(object, 'needs', ref));
}

/** The volume of a claim. */
export function volumeOf(object: ClusterObject): Step[] {
  const { volume } = object as Claim;
  return volume === undefined
    ? []
    : [{ how: 'bound to', ref: refOf({ kind: 'PersistentVolume', name: volume }) }];
}

/** The storage class of a claim: the default one where it names none. */
export function classOf(object: ClusterObject, { objects }: World): Step[] {
  const { storageClass } = object as Claim;
  const name = storageClass ?? objects.StorageClass.find(({ isDefault }) => isDefault)?.name;
  if (name === undefined || name === '') return [];
  const provisioner = objects.StorageClass.find((one) => one.name === name)?.provisioner;
  const ref = refOf({ kind: 'StorageClass', name });
  return [{ how: 'of class', ref, ...(provisioner !== undefined && { note: provisioner }) }];
}

/** The pods that mount a claim. */
export function mountedBy({ namespace, name }: ClusterObject, world: World): Step[] {
  const pods = world.podsByClaim.get(`${namespace}/${name}`) ?? [];
  return pods.map((pod) => ({ how: 'mounted by', ref: refOf(pod) }));
}

/** What stores a volume: Longhorn's or OpenEBS' own object, and the nodes that it is tied to. */
export function storesOf(object: ClusterObject, world: World): Step[] {
  const { handle, name, nodes } = object as Volume;
  const stores = world.storesByName().get(handle ?? name) ?? [];
  return [
    ...stores.map((ref) => ({ how: 'stored by', ref })),
    ...nodes.map((node) => ({ how: 'tied to', ref: refOf({ kind: 'Node', name: node }) })),
  ];
}

/** Where a volume is attached, and the claim that it is for. */
export function attachedTo(object: ClusterObject, world: World): Step[] {
  const { claim, name } = object as Volume;
  const attachments = world.attachmentsByVolume.get(name) ?? [];
  return [
    ...attachments.map((one) => ({ how: 'attached by', ref: refOf(one), note: `to ${one.node}` })),
    ...(claim ? [{ how: 'claimed by', ref: refOf({ ...claim, kind: 'PersistentVolumeClaim' }) }] : []),
  ];
}
