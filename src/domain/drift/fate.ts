import type { FieldChange, JsonObject } from '../desired/engine.ts';
import { isImmutable } from '../desired/immutable.ts';
import type { Applier } from './applier.ts';
import { overlap } from './paths.ts';
import type { Treatment } from './rules.ts';

/** What becomes of a difference by itself. */
export type Fate =
  | 'reverted'
  | 'applied'
  | 'recreated'
  | 'kept'
  | 'held'
  | 'fails'
  | 'pruned'
  | 'left'
  | 'created';

/** A fate with when or why, in words. */
export interface Told {
  fate: Fate;
  why: string;
}

/** Of a field that a reconciliation would change. */
export function fateOfChange(
  change: FieldChange,
  { live, treatment, applier }: { live: JsonObject; treatment: Treatment; applier: Applier },
): Told {
  if (treatment.left !== undefined) return { fate: 'kept', why: treatment.left };
  if (treatment.ignored.some((path) => overlap(path, change.path)))
    return { fate: 'kept', why: `${applier.ref} ignores this field (spec.ignore)` };
  if (UNSEEN.test(change.path))
    return {
      fate: 'kept',
      why: 'Flux does not look at it: put back only when it applies the object for something else',
    };
  const isFixed = isImmutable(live, change.path);
  if (isFixed && !treatment.isForced)
    return { fate: 'fails', why: 'the field is immutable: Flux cannot apply it' };
  if (applier.held !== undefined) return { fate: 'held', why: applier.held };
  return isFixed
    ? { fate: 'recreated', why: `the field is immutable: Flux makes the object anew ${whenNext(applier)}` }
    : { fate: 'reverted', why: whenNext(applier) };
}

/** Metadata that kustomize-controller leaves out when it asks whether an object differs (fluxcd/pkg, ssa/manager_diff.go). */
const UNSEEN = /^\.metadata\.(?:finalizers|ownerReferences)\b/;

/** Of a field that Git does not set and that Flux does not take over. */
export function fateOfKept(words: string, { left, keepsAdditions }: Treatment): Told {
  const why = keepsAdditions
    ? 'it is marked kustomize.toolkit.fluxcd.io/ssa: Merge, so Flux leaves additions'
    : `Git does not set it, and Flux leaves what ${words} has added`;
  return { fate: 'kept', why: left ?? why };
}

/** Of an object that Git wants and the cluster does not have. */
export function fateOfMissing(treatment: Pick<Treatment, 'left'>, applier: Applier): Told {
  if (treatment.left?.includes('IfNotPresent') !== true && treatment.left !== undefined)
    return { fate: 'kept', why: treatment.left };
  return applier.held === undefined
    ? { fate: 'created', why: whenNext(applier) }
    : { fate: 'held', why: applier.held };
}

/** Of an object that Flux has applied and Git does not have any more. */
export function fateOfExtra({ isPruned }: Pick<Treatment, 'isPruned'>, applier: Applier): Told {
  if (!isPruned) return { fate: 'left', why: 'pruning is off for it' };
  return applier.held === undefined
    ? { fate: 'pruned', why: whenNext(applier) }
    : { fate: 'held', why: applier.held };
}

/** When a Kustomization applies next, in words. */
function whenNext({ next, isDue, interval }: Pick<Applier, 'next' | 'isDue' | 'interval'>): string {
  if (next !== undefined) return isDue ? `now: due since ${next}` : `at ${next}, or when asked to`;
  return interval === undefined ? 'at the next reconciliation' : `within ${interval}`;
}
