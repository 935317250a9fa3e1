import { byText } from '../text.ts';
import type { Fault, Known } from './fault.ts';
import { addKnown, isFlowing, severity } from './known.ts';
import { layerOf } from './layers.ts';
import { STATES, type State } from '../finding.ts';

/** An object that is at fault by itself, with all that is broken because of it. */
export interface Root {
  ref: string;
  /** The fault that tells most. */
  fault: Fault;
  state: State;
  /** Other faults of the same object. */
  also: Fault[];
  /** Faults of other objects, one for each object. */
  consequences: Fault[];
}

/**
 * Folds each fault under the root that explains it; worst root first. Within one object the fault that was found first
 * tells most, as rule sets run from the near to the far. In a cycle the object that comes first in order is the root's
 * consequence, never lost.
 */
export function rollUp(faults: readonly Fault[]): Root[] {
  const known = new Map<string, Fault[]>();
  addKnown(known, faults);
  const resolved = resolveAll(known);
  const byRoot = Map.groupBy(faults, (fault) => resolved.get(fault) ?? fault.ref);
  return [...byRoot].map(([ref, folded]) => rootOf(ref, folded)).toSorted(compareRoots);
}

function rootOf(ref: string, folded: readonly Fault[]): Root {
  const own = folded.filter((fault) => fault.ref === ref);
  const fault = (own.find(isTelling) ?? own[0]) as Fault;
  const consequences = onePerObject(folded.filter((one) => one.ref !== ref));
  return {
    ref,
    fault,
    state: stateOf(own, consequences),
    also: own.filter((one) => one !== fault),
    consequences,
  };
}

function isTelling({ state }: Fault): boolean {
  return state !== 'progressing' && state !== 'suspended' && state !== 'info';
}

/** What is suspended on purpose becomes a finding when others cannot go on without it. */
function stateOf(own: readonly Fault[], consequences: readonly Fault[]): State {
  const worst = STATES.find((state) => own.some((fault) => fault.state === state)) ?? 'unknown';
  return worst === 'suspended' && consequences.length > 0 ? 'blocked' : worst;
}

function onePerObject(faults: readonly Fault[]): Fault[] {
  const byRef = Map.groupBy(faults, ({ ref }) => ref);
  return [...byRef.values()]
    .map((same) => same.toSorted((a, b) => severity(a) - severity(b))[0] as Fault)
    .toSorted((a, b) => severity(a) - severity(b) || byText(a.ref, b.ref));
}

/** State, then layer (what is below explains what is above), then how much depends on it. */
function compareRoots(a: Root, b: Root): number {
  return (
    severity(a) - severity(b) ||
    layerOf(a.fault) - layerOf(b.fault) ||
    b.consequences.length - a.consequences.length ||
    byText(a.ref, b.ref)
  );
}

/** The ref of the root of each fault. */
function resolveAll(known: Known): Map<Fault, string> {
  const roots = new Map<Fault, string>();
  const settled = new Map<string, string>();
  const open = new Set<string>();
  const settle = (ref: string): string => {
    const done = settled.get(ref);
    if (done !== undefined) return done;
    open.add(ref);
    const own = known.get(ref) ?? [];
    for (const fault of own) roots.set(fault, resolve(fault));
    open.delete(ref);
    const root = own.some((fault) => isFlowing(fault) && roots.get(fault) === ref)
      ? ref
      : firstRoot(own, roots, ref);
    settled.set(ref, root);
    return root;
  };
  const resolve = (fault: Fault): string => {
    const causes = fault.causes.filter(
      (ref) => ref !== fault.ref && !open.has(ref) && explains(ref, fault, known),
    );
    return bestOf([...new Set(causes.map(settle))], known) ?? fault.ref;
  };
  for (const ref of [...known.keys()].toSorted(byText)) settle(ref);
  return roots;
}

function firstRoot(own: readonly Fault[], roots: ReadonlyMap<Fault, string>, ref: string): string {
  const flowing = own.find(isFlowing) ?? own[0];
  return (flowing && roots.get(flowing)) ?? ref;
}

/**
 * Whether what is known of an object can explain a fault. A transition excuses what waits for it, but not what Flux
 * reports as failed; what is suspended explains only what waits for it.
 */
function explains(ref: string, fault: Fault, known: Known): boolean {
  return (known.get(ref) ?? []).some(({ state, inert, expectedBy }) => {
    if (inert === true || (state === 'info' && expectedBy === undefined)) return false;
    if (state === 'suspended') return fault.state === 'blocked';
    return (
      state !== 'progressing' || fault.component !== 'flux' || !isTelling(fault) || fault.state === 'blocked'
    );
  });
}

function bestOf(refs: readonly string[], known: Known): string | undefined {
  return refs.toSorted((a, b) => rank(a, known) - rank(b, known) || byText(a, b))[0];
}

function rank(ref: string, known: Known): number {
  const faults = known.get(ref) ?? [];
  return Math.min(...faults.map((fault) => severity(fault) * 100 + layerOf(fault)));
}
