import type { Acknowledged, Acknowledgement } from '../acknowledged/file.ts';
import { matchesText } from '../glob.ts';
import { clip } from '../text.ts';
import { faultOf } from './fault.ts';
import { idOf } from './finding-of.ts';
import type { Root } from './roll-up.ts';
import type { State } from '../finding.ts';

/** Roots that somebody knows of are counted by the reason; the others stay as they are. */
export interface Split {
  open: Root[];
  known: Root[];
  /** Reason to number. */
  acknowledged: ReadonlyMap<string, number>;
  /** What the file itself has to say: mistakes and what has expired, as information. */
  notes: Root[];
}

/** Takes the roots that an entry of the file fits and that is still in force out of the list; only findings need one. */
export function acknowledge(
  roots: readonly Root[],
  { path, entries, mistakes }: Acknowledged,
  { now, listed }: { now: number; listed: readonly State[] },
): Split {
  const findings = roots.filter(({ state }) => listed.includes(state));
  const { valid = [], expired = [] } = Object.groupBy(entries, ({ until }) =>
    isOver(until, now) ? 'expired' : 'valid',
  );
  const reasons = new Map<Root, string>();
  for (const root of valid.length === 0 ? [] : findings) {
    const entry = valid.find((one) => fits(one, root));
    if (entry) reasons.set(root, entry.reason);
  }
  const back = findings.filter((root) => !reasons.has(root));
  return {
    open: reasons.size === 0 ? [...roots] : roots.filter((root) => !reasons.has(root)),
    known: [...reasons.keys()],
    acknowledged: new Map(
      [...Map.groupBy(reasons.values(), (reason) => reason)].map(([reason, of]) => [reason, of.length]),
    ),
    notes: [
      ...mistakes.map(({ line, message }) =>
        noteOf(path, line, 'AcknowledgementMistake', `acknowledges nothing: ${message}`),
      ),
      ...expired.map((entry) => noteOf(path, entry.line, 'AcknowledgementExpired', expiry(entry, back))),
    ],
  };
}

function isOver(until: string, now: number): boolean {
  return now >= Date.parse(`${until}T00:00:00Z`) + 24 * 3_600_000;
}

function fits({ id, match }: Acknowledgement, { fault, ref }: Root): boolean {
  if (id !== undefined) return id === idOf(fault);
  const [kind = '', ...rest] = ref.split('/');
  const told = {
    kind,
    namespace: rest.length > 1 ? rest[0] : undefined,
    name: rest.at(-1),
    reason: fault.reason,
  };
  return Object.entries(match ?? {}).every(([key, glob]) => {
    const value = told[key as keyof typeof told];
    return value !== undefined && matchesText(glob, value);
  });
}

function expiry(entry: Acknowledgement, findings: readonly Root[]): string {
  const count = findings.filter((root) => fits(entry, root)).length;
  const what = count === 0 ? 'nothing fits it any more: remove it' : `${count} of its findings listed again`;
  return `held until ${entry.until} (${clip(entry.reason, 80)}): ${what}`;
}

function noteOf(path: string, line: number, rule: string, message: string): Root {
  const ref = `File/${path}:${line}`;
  const fault = faultOf(
    {
      state: 'info',
      message: clip(message, 240),
      git: { file: path, line },
      next: { tool: 'repo_read', arguments: { path, from: Math.max(1, line - 2), lines: 10 } },
    },
    { component: 'other', rule, ref },
  );
  return { ref, fault, state: 'info', also: [], consequences: [] };
}
