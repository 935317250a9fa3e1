import type { Json, JsonObject } from '../desired/engine.ts';
import { conditionOf } from '../conditions.ts';
import { parseTime } from '../duration.ts';
import type { FluxObject } from '../objects/flux.ts';
import { type ObjectRef, refOf } from '../objects/meta.ts';
import { isObject, mapAt, textAt } from '../desired/manifest.ts';
import type { Told } from './fate.ts';
import { healthOf } from './health.ts';
import type { LiveIndex } from './live-index.ts';
import { type FieldOwner, SCALER_TO_ZERO, isFlux, isScaledToZero, ownersIn } from './managed-fields.ts';
import { isBenign, wordsFor } from './managers.ts';
import { ownedPaths } from './owned-paths.ts';
import { fieldsOf } from './paths.ts';
import type { FieldDrift, ObjectDrift } from './report.ts';
import { liveText, shownPath } from './shown.ts';

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
  if (release.remote) return release.inventory.map((ref) => driftOf(ref, release, ELSEWHERE));
  const found = await Promise.all(release.inventory.map((ref) => ofObject(ref, release, index, signal)));
  return [...drifted(release), ...found];
}

const ELSEWHERE = {
  state: 'unverifiable',
  health: 'unknown',
  why: 'it is installed in another cluster (spec.kubeConfig)',
} as const;

/** One object of a release: clean when only Helm and controllers have touched it since. */
async function ofObject(
  ref: ObjectRef,
  release: FluxObject,
  index: LiveIndex,
  signal: AbortSignal,
): Promise<ObjectDrift> {
  const found = await index.findRef(ref, signal);
  if (found.is === 'absent')
    return driftOf(ref, release, { state: 'deleted', health: 'absent', told: correction(release) });
  if (found.is !== 'there') {
    const why = found.is === 'unknown' ? found.why : 'the cluster does not serve its kind';
    return driftOf(ref, release, { state: 'unverifiable', health: 'unknown', why });
  }
  const fields = isExcluded(found.object) ? [] : handsOn(found.object, release);
  const state = fields.length === 0 ? 'clean' : 'drifted';
  return driftOf(ref, release, { state, health: healthOf(found.object), fields });
}

function handsOn(live: JsonObject, release: FluxObject): FieldDrift[] {
  const told = correction(release);
  const zero = isScaledToZero(live) ? [scaledToZero(told)] : [];
  const named = ownersIn(live).flatMap((owner, at) =>
    isHandSince(owner, release)
      ? ownedPaths(live, at, MOST_FIELDS).map((path) => handMade(live, path, owner, told))
      : [],
  );
  return [...zero, ...named];
}

function scaledToZero(told: Told): FieldDrift {
  return {
    path: '.spec.replicas',
    live: '0',
    who: SCALER_TO_ZERO,
    isBenign: false,
    isPending: false,
    told,
  };
}

/** Scaling leaves no time; as Helm takes over what it sets, an entry that is still there is in force. */
function isHandSince(owner: FieldOwner, { history }: FluxObject): boolean {
  if (isFlux(owner) || isBenign(owner) || owner.subresource === 'status') return false;
  if (owner.time === undefined) return owner.subresource === 'scale';
  const deployed = parseTime(history[0]?.last ?? history[0]?.first) ?? 0;
  return (parseTime(owner.time) ?? 0) > deployed;
}

function handMade(live: JsonObject, path: string, owner: FieldOwner, told: Told): FieldDrift {
  const value = valueAt(live, path);
  return {
    path: shownPath(path),
    ...(value !== undefined && { live: liveText(value, path) }),
    who: wordsFor(owner),
    ...(owner.time !== undefined && { when: `by ${owner.time}` }),
    isBenign: false,
    isPending: false,
    told,
  };
}

/** A value below maps only; undefined where a list is on the way. */
function valueAt(live: JsonObject, path: string): Json | undefined {
  let value: Json | undefined = live;
  for (const field of fieldsOf(path) ?? ['']) value = isObject(value) ? value[field] : undefined;
  return value;
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
