import { STATES } from '../finding.ts';
import type { Fault, Known } from './fault.ts';

const RESTING: ReadonlySet<string> = new Set(['suspended', 'info']);

/** Whether a fault can explain another: what is so on purpose explains nothing, unless an upgrade passes through it. */
export function isFlowing({ state, inert, expectedBy }: Fault): boolean {
  return inert !== true && (expectedBy !== undefined || !RESTING.has(state));
}

/** Adds faults to an index by ref. */
export function addKnown(known: Map<string, Fault[]>, faults: readonly Fault[]): void {
  for (const fault of faults) known.set(fault.ref, [...(known.get(fault.ref) ?? []), fault]);
}

/** Whether anything that may explain others is known of an object. */
export function isKnown(known: Known, ref: string): boolean {
  return known.get(ref)?.some(isFlowing) ?? false;
}

/** The fault without those of its causes that are Jobs which merely run: what has got stuck is not excused by them. */
export function withoutRunningJobs(fault: Fault, known: Known): Fault {
  const isBroken = (ref: string): boolean =>
    known.get(ref)?.some((one) => isFlowing(one) && one.state !== 'progressing') ?? false;
  return { ...fault, causes: fault.causes.filter((ref) => !ref.startsWith('Job/') || isBroken(ref)) };
}

/**
 * The fault without those of its causes that have only just begun to move, with nothing broken behind them: what has
 * lasted is not excused by a new attempt.
 */
export function withoutTransitions(fault: Fault, known: Known): Fault {
  if (fault.state === 'progressing') return fault;
  const causes = fault.causes.filter(
    (ref) => !known.has(ref) || leadsToFailure(ref, known, new Set([fault.ref])),
  );
  return { ...fault, causes };
}

function leadsToFailure(ref: string, known: Known, seen: Set<string>): boolean {
  if (seen.has(ref)) return false;
  seen.add(ref);
  return (known.get(ref) ?? []).some(
    (one) =>
      (isFlowing(one) && one.state !== 'progressing') ||
      one.causes.some((cause) => leadsToFailure(cause, known, seen)),
  );
}

/** Worst first. */
export function severity({ state }: Pick<Fault, 'state'>): number {
  return STATES.indexOf(state);
}
