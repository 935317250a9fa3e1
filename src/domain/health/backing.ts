import { refOf } from '../objects/meta.ts';
import type { Claim, Volume } from '../objects/platform.ts';
import type { Pod } from '../objects/workload.ts';
import type { World } from './world.ts';

/** Refs of what stores a pod's data: its PersistentVolumes, and the storage's own objects of the same name. */
export function backingRefs({ namespace, claims }: Pod, world: World): string[] {
  return claims.flatMap((name) => {
    const claim = world.byRef.get(refOf({ kind: 'PersistentVolumeClaim', namespace, name }));
    const volume = (claim as Claim | undefined)?.volume;
    return volume === undefined ? [] : storesOf(volume, world);
  });
}

/** By the name of a PersistentVolume: CSI drivers name their own object after it. */
function storesOf(name: string, world: World): string[] {
  const volume = world.byRef.get(refOf({ kind: 'PersistentVolume', name })) as Volume | undefined;
  return [
    refOf({ kind: 'PersistentVolume', name }),
    ...(world.storesByName().get(volume?.handle ?? name) ?? []),
  ];
}
