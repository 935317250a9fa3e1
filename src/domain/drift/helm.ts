import type { JsonObject } from '../desired/engine.ts';
import { conditionOf } from '../conditions.ts';
import { parseTime } from '../duration.ts';
import type { FluxObject } from '../objects/flux.ts';
import { type ObjectRef, refOf } from '../objects/meta.ts';
import { mapAt, textAt } from '../desired/manifest.ts';
import type { Told } from './fate.ts';
import { healthOf } from './health.ts';
import type { LiveIndex } from './live-index.ts';
import { isFlux, ownersIn } from './managed-fields.ts';
import { isBenign, wordsFor } from './managers.ts';
import { ownedPaths } from './owned-paths.ts';
import type { FieldDrift, ObjectDrift } from './report.ts';

/** Fields of one manager on one object that are named. */
const MOST_FIELDS = 5;

/**
 * What hands have changed since a release was deployed, by its inventory and managedFields; what helm-controller itself found
 * (its Drifted condition) is on the release. The chart is not rendered, so values are not compared.
 */
export async function helmDrift(
  release: FluxObject,
  index: LiveIndex,
  signal: AbortSignal,
): Promise<ObjectDrift[]> {
  const deployed = parseTime(release.history[0]?.last ?? release.history[0]?.first) ?? 0;
  const found = await Promise.all(
    release.inventory.map((ref) => ofObject(ref, release, deployed, index, signal)),
  );
  return [...drifted(release), ...found.flat()];
}

/** One object of a release; nothing when only Helm and controllers have touched it since. */
async function ofObject(
  ref: ObjectRef,
  release: FluxObject,
  deployed: number,
  index: LiveIndex,
  signal: AbortSignal,
): Promise<ObjectDrift[]> {
  const found = await index.findRef(ref, signal);
  if (found.is === 'absent')
    return [driftOf(ref, release, { state: 'deleted', health: 'absent', told: correction(release) })];
  if (found.is !== 'there' || isExcluded(found.object)) return [];
  const fields = handsOn(found.object, deployed, correction(release));
  return fields.length === 0
    ? []
    : [driftOf(ref, release, { state: 'drifted', health: healthOf(found.object), fields })];
}

function handsOn(live: JsonObject, deployed: number, told: Told): FieldDrift[] {
  return ownersIn(live).flatMap((owner, at) => {
    const isLater = (parseTime(owner.time) ?? 0) > deployed;
    if (isFlux(owner) || isBenign(owner) || owner.subresource === 'status' || !isLater) return [];
    return ownedPaths(live, at, MOST_FIELDS).map((path): FieldDrift => ({
      path,
      who: wordsFor(owner),
      ...(owner.time !== undefined && { when: `by ${owner.time}` }),
      isBenign: false,
      told,
    }));
  });
}

/** helm-controller 1.6: `Drifted` is set in the modes warn and enabled, with a line for each object. */
function drifted(release: FluxObject): ObjectDrift[] {
  const condition = conditionOf(release, 'Drifted');
  if (condition?.status !== 'True') return [];
  const about = {
    state: 'drifted',
    health: 'ok',
    why: condition.message ?? 'helm-controller has found drift',
  } as const;
  return [driftOf(release, release, { ...about, told: correction(release) })];
}

function correction({ driftMode, interval, suspended }: FluxObject): Told {
  if (suspended) return { fate: 'held', why: 'not until the release is resumed' };
  if (driftMode === 'enabled')
    return {
      fate: 'reverted',
      why: `by helm-controller${interval === undefined ? '' : ` within ${interval}`}`,
    };
  return {
    fate: 'kept',
    why: `the release's drift detection is ${driftMode ?? 'disabled'}: until its next upgrade`,
  };
}

function isExcluded(live: JsonObject): boolean {
  const metadata = mapAt(live, 'metadata');
  return [mapAt(metadata, 'annotations'), mapAt(metadata, 'labels')].some(
    (marks) => textAt(marks, 'helm.toolkit.fluxcd.io/driftDetection').toLowerCase() === 'disabled',
  );
}

function driftOf(
  ref: ObjectRef,
  release: FluxObject,
  about: Pick<ObjectDrift, 'state' | 'health'> & Partial<ObjectDrift>,
): ObjectDrift {
  return {
    ref: refOf(ref),
    kind: ref.kind,
    ...(ref.namespace !== undefined && { namespace: ref.namespace }),
    name: ref.name,
    by: refOf(release),
    commit: '',
    isPending: false,
    fields: [],
    ...about,
  };
}
