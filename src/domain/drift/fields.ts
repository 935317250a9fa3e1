import type { DesiredObject } from '../desired/desired.ts';
import type { FieldChange, JsonObject, Prediction } from '../desired/engine.ts';
import { parseTime } from '../duration.ts';
import type { Applier } from './applier.ts';
import { type Told, fateOfChange, fateOfKept } from './fate.ts';
import { type FieldOwner, SCALER_TO_ZERO, isFlux, isScaledToZero, ownersIn } from './managed-fields.ts';
import { isAutoscaler, isBenign, wordsFor } from './managers.ts';
import { overlap } from './paths.ts';
import type { FieldDrift } from './report.ts';
import type { Treatment } from './rules.ts';
import { liveText, shownChange, shownPath } from './shown.ts';

/** An object that is there, with what decides about its differences. */
export interface Compared {
  desired: DesiredObject;
  live: JsonObject;
  treatment: Treatment;
  applier: Applier;
  /** Paths in which Git wants the object otherwise than as it was applied. */
  ahead: readonly string[];
}

/** Fields that differ, fields that Flux applied otherwise than Git wants them now, and how many could not be compared. */
export interface FieldDrifts {
  drifted: FieldDrift[];
  pending: FieldDrift[];
  holes: number;
}

/** Annotations that tools keep for themselves. */
const BOOKKEEPING =
  /^\.metadata\.annotations\["(?:kubectl\.kubernetes\.io\/last-applied-configuration|reconcile\.fluxcd\.io\/requestedAt|deployment\.kubernetes\.io\/revision)"\]$/;

/** What a prediction means for people: who, until when, and what may be shown. */
export function fieldDrifts(prediction: Prediction & { ok: true }, compared: Compared): FieldDrifts {
  const owners = ownersIn(compared.live);
  const result: FieldDrifts = { drifted: [], pending: [], holes: 0 };
  for (const change of prediction.changes) {
    if (BOOKKEEPING.test(change.path) || isSharedOwner(change, owners)) continue;
    const { isHole } = shownChange(change, compared.desired);
    if (isHole) result.holes += 1;
    else if (isOwnChange(change, owners, compared.ahead)) result.pending.push(wantedByGit(change, compared));
    else result.drifted.push(changed(change, owners, compared));
  }
  const kept = prediction.kept.filter((change) => !BOOKKEEPING.test(change.path));
  result.drifted.push(...kept.flatMap((change) => keptField(change, owners, compared)));
  return result;
}

const OWNER_LABEL = /^\.metadata\.labels\["kustomize\.toolkit\.fluxcd\.io\/(?:name|namespace)"\]$/;

/** Two Kustomizations apply the same object: each puts its own name on it when its turn comes. */
function isSharedOwner(change: FieldChange, owners: readonly FieldOwner[]): boolean {
  return OWNER_LABEL.test(change.path) && isOwnChange(change, owners, []);
}

/**
 * Only Flux has set it: so nobody changed it since, and Git wants something else than what was applied. A field that is not
 * there has no owner: Git has added it, or somebody has taken it away.
 */
function isOwnChange(
  { owners: at, path }: FieldChange,
  owners: readonly FieldOwner[],
  ahead: readonly string[],
): boolean {
  const named = at.flatMap((index) => owners[index] ?? []);
  return named.length > 0 ? named.every(isFlux) : ahead.some((one) => overlap(one, path));
}

function changed(change: FieldChange, owners: readonly FieldOwner[], compared: Compared): FieldDrift {
  if (change.path === '.spec.replicas' && isScaledToZero(compared.live))
    return { ...fieldOf(change, undefined, fateOfChange(change, compared), compared), who: SCALER_TO_ZERO };
  const by = culprit(change, owners);
  const { fate, why } = fateOfChange(change, compared);
  const isSetAgain = by !== undefined && isController(by) && fate === 'reverted';
  const told: Told = { fate, why: isSetAgain ? `${why}; then ${wordsFor(by)} sets it again` : why };
  return fieldOf(change, by, told, compared);
}

/** Nobody has changed it but Git. */
function wantedByGit(change: FieldChange, compared: Compared): FieldDrift {
  const { fate, why } = fateOfChange(change, compared);
  const told: Told = { fate: fate === 'reverted' ? 'applied' : fate, why };
  return { ...fieldOf(change, undefined, told, compared), isPending: true };
}

/** Others that change objects as their work; their differences are told, but are no drift. */
function isController(owner: FieldOwner): boolean {
  return isBenign(owner) || isAutoscaler(owner);
}

function keptField(change: FieldChange, owners: readonly FieldOwner[], compared: Compared): FieldDrift[] {
  const by = culprit(change, owners);
  if (by === undefined || isBenign(by)) return [];
  const told = fateOfKept(wordsFor(by), compared.treatment);
  return [fieldOf(change, by, told, compared)];
}

function fieldOf(
  change: FieldChange,
  by: FieldOwner | undefined,
  told: Told,
  { desired, applier }: Compared,
): FieldDrift {
  const { live, git } = shownChange(change, desired);
  const value = valueOf(change, live);
  return {
    path: shownPath(change.path),
    ...(live !== undefined && { live }),
    ...(git !== undefined && { git }),
    ...whoOf(change, by),
    ...whenOf(by, told, applier),
    isBenign: by !== undefined && isController(by),
    isPending: false,
    told,
    ...(value !== undefined && { value }),
  };
}

function whoOf({ owners }: FieldChange, by: FieldOwner | undefined): Pick<FieldDrift, 'who'> {
  if (by === undefined) return {};
  return { who: owners.length > 0 ? wordsFor(by) : `perhaps ${wordsFor(by)}` };
}

/** Scaling leaves no time: but what a reconciliation reverts was changed after the last one. */
function whenOf(by: FieldOwner | undefined, told: Told, { last }: Applier): Pick<FieldDrift, 'when'> {
  if (by?.time !== undefined) return { when: `by ${by.time}` };
  const isReverted = told.fate === 'reverted' || told.fate === 'held';
  return isReverted && last !== undefined ? { when: `after ${last}` } : {};
}

/** A scalar that is shown whole. */
function valueOf({ live, path }: FieldChange, shown: string | undefined): FieldDrift['value'] {
  if (live === null || typeof live === 'number' || typeof live === 'boolean') return live;
  return typeof live === 'string' && shown === live && liveText(live, path) === live ? live : undefined;
}

/**
 * Who set a field: of its owners beside Flux the latest, hands before controllers. A field that is gone has no owner: then
 * the hand that changed the object last.
 */
function culprit({ owners: at }: FieldChange, owners: readonly FieldOwner[]): FieldOwner | undefined {
  const named = at.flatMap((index) => owners[index] ?? []).filter((owner) => !isFlux(owner));
  if (named.length > 0) return latest(named.filter((owner) => !isBenign(owner))) ?? latest(named);
  if (at.length > 0) return undefined;
  return latest(owners.filter((owner) => !isBenign(owner) && owner.subresource !== 'status'));
}

function latest(owners: readonly FieldOwner[]): FieldOwner | undefined {
  return owners.toSorted((a, b) => (parseTime(b.time) ?? 0) - (parseTime(a.time) ?? 0))[0];
}
