import { type Acknowledged, NOTHING } from '../acknowledged/file.ts';
import type { State } from '../finding.ts';
import { type Remember, forgetful } from '../memory.ts';
import { byText } from '../text.ts';
import { acknowledge } from './acknowledge.ts';
import type { Component, Fault } from './fault.ts';
import { severity } from './known.ts';
import { COMPONENTS } from './layers.ts';
import { type Root, rollUp } from './roll-up.ts';
import { faultsOf, RULE_SETS } from './rule-sets.ts';
import type { World } from './world.ts';

export type Verdict = 'healthy' | 'degraded' | 'failed' | 'unknown';

/** States that are findings; the others are counted and listed only on request. */
export const LISTED: readonly State[] = ['failed', 'degraded', 'stale', 'unknown', 'blocked'];

/** One component in numbers; `degraded` counts stale and unknown objects too. Consequences are counted as well. */
export interface Count {
  component: Component;
  checked: number;
  failed: number;
  degraded: number;
  blocked: number;
  progressing: number;
  suspended: number;
}

/** What is wrong, roots first; of a namespace, if one was named. */
export interface Health {
  verdict: Verdict;
  /** In order, resting ones too. */
  roots: Root[];
  /** What somebody has acknowledged: found by its id, but not listed. */
  known: Root[];
  /** How much of it, by the reason that was given. */
  acknowledged: ReadonlyMap<string, number>;
  /** What the file of acknowledgements itself has to say, as information. */
  notes: Root[];
  counts: Count[];
  /** Refs of what is suspended on purpose, in order. */
  suspended: string[];
  /** Kinds that could not be read, or only in an old copy. */
  unsure: readonly string[];
}

/** What narrows a judgement. */
export interface Judging {
  /** Narrows the result to the roots that are or show in it, not what is looked at. */
  namespace?: string;
  remember?: Remember;
  acknowledged?: Acknowledged;
}

/** Judges everything, and sets aside what is acknowledged. */
export function judgeHealth(
  world: World,
  { namespace, remember = forgetful, acknowledged = NOTHING }: Judging = {},
): Health {
  const all = remember('roots', [world], () => rollUp(faultsOf(world))).filter(
    (root) => namespace === undefined || touches(root, namespace),
  );
  const split = acknowledge(all, acknowledged, { now: world.now, listed: LISTED });
  const { open: roots } = split;
  const faults = countable(roots).filter(({ ref }) => namespace === undefined || isIn(ref, namespace));
  return {
    verdict: verdictOf(roots, world.unsure),
    roots,
    known: split.known,
    acknowledged: split.acknowledged,
    notes: namespace === undefined ? split.notes : [],
    counts: countsOf(faults, world, namespace),
    suspended: faults
      .filter(({ state }) => state === 'suspended')
      .map(({ ref }) => ref)
      .toSorted(byText),
    unsure: world.unsure,
  };
}

function touches({ ref, fault, consequences }: Root, namespace: string): boolean {
  return [ref, ...fault.members, ...consequences.map((one) => one.ref)].some((one) => isIn(one, namespace));
}

/** Whether a ref is of an object in the namespace, or the namespace itself. */
function isIn(ref: string, namespace: string): boolean {
  const [kind, ...rest] = ref.split('/');
  return rest[0] === namespace && (rest.length > 1 || kind === 'Namespace');
}

/** What is not known cannot make a cluster healthy, nor worse than what is known to be wrong. */
function verdictOf(roots: readonly Root[], unsure: readonly string[]): Verdict {
  if (roots.some(({ state }) => state === 'failed')) return 'failed';
  if (roots.some(({ state }) => state !== 'unknown' && LISTED.includes(state))) return 'degraded';
  return unsure.length > 0 || roots.some(({ state }) => state === 'unknown') ? 'unknown' : 'healthy';
}

/** One fault for each object; what waits for a transition is in transition itself. */
function countable(roots: readonly Root[]): Fault[] {
  const all = roots.flatMap(({ fault, also, consequences, state }) => [
    fault,
    ...also,
    ...consequences.map((one) => (state === 'progressing' ? { ...one, state } : one)),
  ]);
  const worst = new Map<string, Fault>();
  for (const fault of all) {
    const other = worst.get(fault.ref);
    if (other === undefined || severity(fault) < severity(other)) worst.set(fault.ref, fault);
  }
  return [...worst.values()];
}

function countsOf(faults: readonly Fault[], world: World, namespace: string | undefined): Count[] {
  const byComponent = Map.groupBy(faults, ({ component }) => component);
  return COMPONENTS.map((component) => {
    const own = byComponent.get(component) ?? [];
    const among = (...states: State[]): number => own.filter(({ state }) => states.includes(state)).length;
    return {
      component,
      checked: checkedOf(component, world, namespace),
      failed: among('failed'),
      degraded: among('degraded', 'stale', 'unknown'),
      blocked: among('blocked'),
      progressing: among('progressing'),
      suspended: among('suspended'),
    };
  }).filter(({ component, checked }) => checked > 0 || byComponent.has(component));
}

function checkedOf(component: Component, world: World, namespace: string | undefined): number {
  return RULE_SETS.filter((rules) => rules.component === component)
    .flatMap((rules) => rules.checked(world))
    .filter((object) => namespace === undefined || object.namespace === namespace).length;
}
