import type { DesiredObject, Rendering } from '../desired/desired.ts';
import type { JsonObject, Prediction } from '../desired/engine.ts';
import { groupIn, mapAt, refIn, textAt } from '../desired/manifest.ts';
import { withNames } from '../desired/sentinels.ts';
import { type ObjectRef, refOf } from '../objects/meta.ts';
import type { Applier } from './applier.ts';
import { fateOfExtra, fateOfMissing } from './fate.ts';
import { fieldDrifts } from './fields.ts';
import { healthOf } from './health.ts';
import type { Found, LiveIndex } from './live-index.ts';
import type { Predict } from './predictions.ts';
import type { ObjectDrift } from './report.ts';
import { treatmentOf } from './rules.ts';

/** One Kustomization's part of a comparison. */
export interface RenderingQuestion {
  rendering: Rendering;
  applier: Applier;
  /** What Flux says it has applied. */
  inventory: readonly ObjectRef[];
  index: LiveIndex;
  predict: Predict;
  ahead: Ahead;
}

/** Refs of objects that Git wants otherwise than as they were applied, to the paths of the fields. */
export type Ahead = ReadonlyMap<string, readonly string[]>;

/** Every object of a Kustomization: what Git wants beside what is there, then what is there and Git does not want. */
export async function byRendering(question: RenderingQuestion, signal: AbortSignal): Promise<ObjectDrift[]> {
  const { rendering, index, predict } = question;
  if (rendering.spec['kubeConfig'] !== undefined)
    return rendering.objects.map((desired) => elsewhere(desired, question));
  const found = await Promise.all(rendering.objects.map(({ object }) => index.find(object, signal)));
  const pairs = rendering.objects.flatMap((desired, at) => {
    const live = found[at];
    return live?.is === 'there' && desired.unverifiable === undefined
      ? [{ desired: desired.object, live: live.object }]
      : [];
  });
  const made = await predict(pairs, index, signal);
  const predictions = new Map(pairs.map(({ desired }, at) => [desired, made[at]]));
  const wanted = rendering.objects.map((desired, at) =>
    judged(desired, found[at] ?? { is: 'not served' }, predictions.get(desired.object), question),
  );
  return [...wanted, ...(await extras(question, signal))];
}

function judged(
  desired: DesiredObject,
  found: Found,
  prediction: Prediction | undefined,
  question: RenderingQuestion,
): ObjectDrift {
  const about = aboutDesired(desired, question);
  if (found.is === 'unknown') return { ...about, state: 'unverifiable', health: 'unknown', why: found.why };
  if (found.is === 'not served')
    return { ...about, state: 'unverifiable', health: 'unknown', why: 'the cluster does not serve its kind' };
  if (found.is === 'absent') return absent(desired, about, question);
  const seen = { ...about, health: healthOf(found.object) };
  if (desired.unverifiable !== undefined)
    return { ...seen, state: 'unverifiable', why: desired.unverifiable };
  if (prediction === undefined || !prediction.ok)
    return { ...seen, state: 'unverifiable', why: prediction?.message ?? 'not compared' };
  return compared(desired, found.object, prediction, seen, question);
}

function elsewhere(desired: DesiredObject, question: RenderingQuestion): ObjectDrift {
  const why = 'it is applied to another cluster (spec.kubeConfig)';
  return { ...aboutDesired(desired, question), state: 'unverifiable', health: 'unknown', why };
}

function compared(
  desired: DesiredObject,
  live: JsonObject,
  prediction: Prediction & { ok: true },
  about: About & { health: string },
  { rendering, applier, ahead }: RenderingQuestion,
): ObjectDrift {
  const treatment = treatmentOf(desired.object, live, rendering.spec);
  const wanted = ahead.get(refIn(desired.object)) ?? [];
  const question = { desired, live, treatment, applier, ahead: wanted };
  const { drifted, pending, holes } = fieldDrifts(prediction, question);
  const why = holes > 0 ? { why: `${holes} fields depend on variables whose values are not compared` } : {};
  const hands = drifted.filter(({ isBenign }) => !isBenign);
  if (hands.length > 0) return { ...about, ...why, state: 'drifted', fields: [...drifted, ...pending] };
  if (pending.length > 0) return { ...about, ...why, state: 'pending', fields: [...pending, ...drifted] };
  return { ...about, ...why, state: 'clean', fields: drifted };
}

function absent(desired: DesiredObject, about: About, question: RenderingQuestion): ObjectDrift {
  if (desired.unverifiable?.startsWith('its ') === true)
    return { ...about, state: 'unverifiable', health: 'unknown', why: desired.unverifiable };
  const treatment = treatmentOf(desired.object, {}, question.rendering.spec);
  const told = fateOfMissing(treatment, question.applier);
  const wasThere = question.inventory.some((ref) => refOf(ref) === about.ref);
  return { ...about, state: wasThere ? 'deleted' : 'missing', health: 'absent', told };
}

/** What Flux applied and this state of Git does not have. */
async function extras(question: RenderingQuestion, signal: AbortSignal): Promise<ObjectDrift[]> {
  const { rendering, inventory, index, applier } = question;
  if (rendering.status !== 'ok' && rendering.status !== 'generated') return [];
  const wanted = new Set(rendering.objects.map(({ object }) => keyOf(groupIn(object), refIn(object))));
  const gone = inventory.filter((ref) => !wanted.has(keyOf(ref.group ?? '', refOf(ref))));
  // A name that depends on a variable is in the inventory under its real name.
  const veiled = new Set(
    rendering.objects
      .filter(({ unverifiable }) => unverifiable?.startsWith('its '))
      .map(({ object }) => object['kind']),
  );
  const found = await Promise.all(
    gone
      .filter(({ kind }) => !veiled.has(kind))
      .map(async (ref) => ({ ref, live: await index.findRef(ref, signal) })),
  );
  return found.flatMap(({ ref, live }): ObjectDrift[] => {
    const about = aboutRef(ref, question);
    if (live.is === 'unknown')
      return [
        {
          ...about,
          state: 'unverifiable',
          health: 'unknown',
          why: `Git does not have it any more; ${live.why}`,
        },
      ];
    if (live.is !== 'there' || isAnothers(live.object, rendering)) return [];
    const told = fateOfExtra(treatmentOf(undefined, live.object, rendering.spec), applier);
    return [{ ...about, state: 'extra', health: healthOf(live.object), told }];
  });
}

const OWNER = 'kustomize.toolkit.fluxcd.io/';

/** Flux prunes what bears its owner's labels only: another Kustomization has taken this one over (fluxcd/pkg, ssa, Delete). */
function isAnothers(live: JsonObject, { namespace, name }: Rendering): boolean {
  const labels = mapAt(mapAt(live, 'metadata'), 'labels');
  const [home, owner] = [textAt(labels, `${OWNER}namespace`), textAt(labels, `${OWNER}name`)];
  return owner !== '' && (owner !== name || home !== namespace);
}

function keyOf(group: string, ref: string): string {
  return `${group} ${ref}`;
}

type About = Omit<ObjectDrift, 'state' | 'health'>;

function aboutDesired({ object, place }: DesiredObject, { rendering, ahead }: RenderingQuestion): About {
  const metadata = mapAt(object, 'metadata');
  const namespace = withNames(textAt(metadata, 'namespace'));
  const ref = refIn(object);
  return {
    ref: withNames(ref),
    kind: textAt(object, 'kind'),
    ...(namespace !== '' && { namespace }),
    name: withNames(textAt(metadata, 'name')),
    by: rendering.ref,
    ...(place && { place }),
    commit: rendering.commit,
    isPending: ahead.has(ref),
    fields: [],
  };
}

function aboutRef(ref: ObjectRef, { rendering: { ref: by, commit }, ahead }: RenderingQuestion): About {
  const { kind, name, namespace } = ref;
  return {
    ref: refOf(ref),
    kind,
    ...(namespace !== undefined && { namespace }),
    name,
    by,
    commit,
    isPending: ahead.has(refOf(ref)),
    fields: [],
  };
}
