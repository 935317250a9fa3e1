import { z } from 'zod';

import { ToolError } from '../errors.ts';
import { fingerprint } from './text.ts';

const Cell = z.union([z.string(), z.number(), z.boolean(), z.null()]);

export type Cell = z.infer<typeof Cell>;

export type Row = readonly Cell[];

/** A columnar list: `total` and `shown` count rows before equal ones were folded into one with a `count`. */
export const Table = z.strictObject({
  columns: z.array(z.string()),
  rows: z.array(z.array(Cell)),
  total: z.number().int(),
  shown: z.number().int(),
  /** Continues after the last row; absent on the last page. */
  cursor: z.string().optional(),
  /** What was left out and how to ask for less. */
  cut: z.string().optional(),
});

export type Table = z.infer<typeof Table>;

/** Which page of a list to give and how large it may be. */
export interface Page {
  columns: readonly string[];
  cursor?: string;
  /** Most rows of a page. */
  limit: number;
  /** Most bytes of a page's rows as JSON; one row is always given. */
  budget: number;
  /** What the list answers, for example its filters as JSON: a cursor of one question is refused by another. */
  question?: string;
  /** How to narrow it, as in `filter by namespace or kind`. */
  narrow?: string;
}

/**
 * One page of `rows`, in their order. Equal rows become one with its number in a last column `count`. Throws
 * `invalid_input` for a cursor that this question did not give.
 */
export function paginate(rows: readonly Row[], page: Page): Table {
  const mark = fingerprint(JSON.stringify([page.columns, page.question ?? '']));
  const folded = foldEqual(rows);
  const counted = folded.some(({ count }) => count > 1);
  const start = page.cursor === undefined ? 0 : offsetOf(page.cursor, mark);
  const cells = folded.slice(start).map(({ row, count }) => (counted ? [...row, count] : [...row]));
  const given = cells.slice(0, fitting(cells, page));
  const end = start + given.length;
  const shown = folded.slice(start, end).reduce((sum, { count }) => sum + count, 0);
  return {
    columns: counted ? [...page.columns, 'count'] : [...page.columns],
    rows: given,
    total: rows.length,
    shown,
    ...(end < folded.length && { cursor: cursorAt(end, mark), cut: cutOf(rows.length, shown, page) }),
  };
}

function foldEqual(rows: readonly Row[]): { row: Row; count: number }[] {
  const byContent = new Map<string, { row: Row; count: number }>();
  for (const row of rows) {
    const key = JSON.stringify(row);
    const known = byContent.get(key);
    if (known) known.count += 1;
    else byContent.set(key, { row, count: 1 });
  }
  return [...byContent.values()];
}

function fitting(rows: readonly Row[], page: Page): number {
  let bytes = 0;
  let count = 0;
  for (const row of rows.slice(0, page.limit)) {
    bytes += Buffer.byteLength(JSON.stringify(row)) + 1;
    if (bytes > page.budget && count > 0) break;
    count += 1;
  }
  return count;
}

function cutOf(total: number, shown: number, page: Page): string {
  const narrow = page.narrow === undefined ? '' : `, or ${page.narrow}`;
  return `${shown} of ${total} shown; pass cursor for the next${narrow}.`;
}

function cursorAt(offset: number, mark: string): string {
  return Buffer.from(`${offset}.${mark}`).toString('base64url');
}

function offsetOf(cursor: string, mark: string): number {
  const parts = /^(\d{1,9})\.([0-9a-f]{8})$/.exec(Buffer.from(cursor, 'base64url').toString('latin1'));
  if (parts?.[1] !== undefined && parts[2] === mark) return Number(parts[1]);
  throw new ToolError(
    'invalid_input',
    'the cursor does not belong to this question',
    'Pass a cursor only with the same filters as the answer it came from, or leave it out to start again.',
  );
}
