import type { Finding } from '../finding.ts';
import { clip } from '../text.ts';

/** Columns of what is told in brief. */
export const BRIEF = ['id', 'state', 'ref', 'reason', 'message', 'consequences'] as const;

type Brief = (string | number)[];

/** Findings in full and those that follow in brief, as rows of `BRIEF`. */
export interface Telling {
  full: readonly Finding[];
  brief: readonly Brief[];
}

/** Bytes of all findings of an answer as JSON, so that the whole answer stays under 8 KB, mostly under 6. */
const BUDGET = 4_800;

/** Bytes of the findings in full, where even in brief not all fit. */
const FULL = 2_800;

/** Most characters of a message in brief; shorter where more findings have to be named, and at last none. */
const MESSAGES = [120, 60, 1] as const;

/**
 * As many findings in full as leave room to name every other: with many causes it matters more to name each than to
 * prove a few. The first is always told in full; where not all can be named, the last are left out.
 */
export function tell(findings: readonly Finding[]): Telling {
  for (const length of MESSAGES) {
    const telling = nameAll(findings, length);
    if (telling) return telling;
  }
  return nameMost(findings);
}

function nameAll(findings: readonly Finding[], length: number): Telling | undefined {
  const rows = findings.map((finding) => briefly(finding, length));
  const [full, brief] = [bytesUpTo(findings), bytesUpTo(rows)];
  const all = brief.at(-1) ?? 0;
  const count = full.findLastIndex((bytes, at) => bytes + all - (brief[at] ?? 0) <= BUDGET);
  if (count < Math.min(1, findings.length)) return undefined;
  return { full: findings.slice(0, count), brief: rows.slice(count) };
}

function nameMost(findings: readonly Finding[]): Telling {
  const sizes = bytesUpTo(findings);
  const count = Math.max(1, fitting(sizes, FULL));
  const rows = findings.slice(count).map((finding) => briefly(finding, MESSAGES[0]));
  const named = fitting(bytesUpTo(rows), BUDGET - (sizes[count] ?? 0));
  return { full: findings.slice(0, count), brief: rows.slice(0, Math.max(0, named)) };
}

function briefly({ id, state, ref, reason, message, consequences }: Finding, length: number): Brief {
  return [id, state, ref, reason, clip(message, length), consequences];
}

/** How many of the first fit; -1 when the budget is less than nothing. */
function fitting(sizes: readonly number[], budget: number): number {
  return sizes.findLastIndex((bytes) => bytes <= budget);
}

/** Bytes of the first none, one, two and so on, with the comma after each. */
function bytesUpTo(items: readonly unknown[]): number[] {
  const totals = [0];
  for (const item of items) totals.push((totals.at(-1) ?? 0) + Buffer.byteLength(JSON.stringify(item)) + 1);
  return totals;
}
