import type { Problem } from './problems.ts';
import { countOf } from './totals.ts';
import { type FluxState, type FluxVerdict } from './verdict.ts';

/** Worst first. `unknown`: not all could be read, and what could shows no failure. `absent`: there is nothing to judge. */
export const VERDICTS = ['failing', 'unknown', 'waiting', 'reconciled', 'absent'] as const;

export type Verdict = (typeof VERDICTS)[number];

const FAILING: readonly FluxState[] = ['failed', 'stalled', 'stale'];
const WAITING: readonly FluxState[] = ['terminating', 'unknown', 'blocked', 'behind', 'progressing'];

/** What a summary is drawn from: the objects asked for, their problems, and what could not be read. */
export interface Subject {
  verdicts: readonly FluxVerdict[];
  problems: readonly Problem[];
  /** `Kind (why)` of each listing that is unknown or stale. */
  unread: readonly string[];
  /** A sentence on the controllers and one on what the cluster follows, as far as they are known. */
  notes: readonly string[];
}

/** The one word for all objects asked for. */
export function verdictOn({ verdicts, problems, unread }: Subject): Verdict {
  if (countOf(verdicts, ...FAILING) + countOf(problems, ...FAILING) > 0) return 'failing';
  if (unread.length > 0) return 'unknown';
  if (verdicts.length === 0) return 'absent';
  return problems.some(({ state }) => state !== 'suspended') ? 'waiting' : 'reconciled';
}

/** At most three lines: how many are how, the roots that block others, what is not known or what is followed. */
export function summaryOf(subject: Subject): string[] {
  const unread = subject.unread.length > 0 ? [`Not fully read: ${subject.unread.join(', ')}.`] : [];
  return [countsOf(subject), ...unread, ...rootsIn(subject.problems), ...subject.notes].slice(0, 3);
}

function countsOf({ verdicts }: Subject): string {
  const total = verdicts.length;
  if (total === 0) return 'There is no Flux object to judge.';
  const ready = countOf(verdicts, 'ready');
  if (ready === total) return `All ${total} Flux objects are reconciled.`;
  const parts = [
    [countOf(verdicts, ...FAILING), 'failing'],
    [countOf(verdicts, ...WAITING), 'waiting'],
    [countOf(verdicts, 'suspended'), 'suspended'],
    [ready, 'reconciled'],
  ].filter(([count]) => count !== 0);
  return `Of ${total} Flux objects: ${parts.map((part) => part.join(' ')).join(', ')}.`;
}

const ROOTS = 3;

function rootsIn(problems: readonly Problem[]): string[] {
  const roots = problems.filter(({ causedBy, blocked }) => causedBy.length === 0 && blocked.length > 0);
  if (roots.length === 0) return [];
  const named = roots
    .slice(0, ROOTS)
    .map(({ ref, reason, blocked }) => `${ref} (${reason}) blocks ${blocked.length}`);
  const more = roots.length > ROOTS ? `; ${roots.length - ROOTS} more roots` : '';
  return [`${named.join('; ')}${more}.`];
}
