import type { GitPlace } from '../finding.ts';
import { syncSourceOf } from '../flux/sync-source.ts';
import { type Live, applierOf } from '../locate/live.ts';
import type { ObjectPlaces } from '../locate/object-places.ts';
import type { Container, Pod } from '../objects/workload.ts';
import type { Root } from './roll-up.ts';
import type { World } from './world.ts';

/** The line in Git for each root, as far as one is known; undefined where places are. */
export function gitOfRoots(
  places: ObjectPlaces | undefined,
  world: World,
): ((root: Root) => GitPlace | undefined) | undefined {
  if (places === undefined) return undefined;
  const live = liveIn(world);
  return ({ ref, fault }) => {
    const object = world.byRef.get(ref);
    if (object === undefined) return undefined;
    const { reason, message } = fault;
    const own = object.kind === 'Kustomization' ? applierOf(object, live) : undefined;
    const applier = own && !('why' in own) ? own : undefined;
    const whole = world.verdicts.get(ref)?.message ?? message;
    return places.gitOf(object, { ref, reason, message: whole, images: imagesIn(ref, world), applier }, live);
  };
}

/** The live objects of a world, for finding where one is written. */
export function liveIn(world: World): Live {
  const objects = world.flux.verdicts.map(({ object }) => object);
  return {
    object: (ref) => world.byRef.get(ref),
    flux: (ref) => world.verdicts.get(ref)?.object,
    source: syncSourceOf(objects)?.ref,
  };
}

/** Images of containers that do not run, of a pod or of a workload's pods. */
function imagesIn(ref: string, world: World): string[] {
  const pods = world.podsByOwner.get(ref) ?? [world.byRef.get(ref)].filter(isPod);
  const containers = pods.flatMap((pod) => pod.containers).filter(isDown);
  return [...new Set(containers.map(({ image }) => image))];
}

function isPod(object: { kind: string } | undefined): object is Pod {
  return object?.kind === 'Pod';
}

const STARTING: ReadonlySet<string> = new Set(['ContainerCreating', 'PodInitializing']);

function isDown({ ready, waiting, terminated, last }: Container): boolean {
  if (waiting !== undefined) return !STARTING.has(waiting.reason ?? '');
  if (terminated !== undefined) return terminated.exitCode !== 0;
  return !ready && last !== undefined;
}
