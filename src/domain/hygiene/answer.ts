import { z } from 'zod';

import { Table, paginate } from '../table.ts';
import type { Found, HygieneReport } from './scan.ts';

/** The answer of `secret_hygiene`: paths, keys and lines; never a value. */
export const HygieneAnswer = z.strictObject({
  verdict: z.enum(['clean', 'leaking', 'untidy']),
  summary: z.array(z.string()),
  findings: Table,
});

export type HygieneAnswer = z.infer<typeof HygieneAnswer>;

const COLUMNS = ['state', 'what', 'path', 'line', 'key', 'commit', 'why'] as const;

/** How the answer is cut. */
export interface HygienePage {
  cursor?: string;
  limit: number;
  question: string;
}

/** Puts a report into words and a table, worst first. */
export function hygieneAnswer(report: HygieneReport, { question, ...page }: HygienePage): HygieneAnswer {
  const { findings } = report;
  const isLeaking = findings.some(({ state }) => state === 'failed');
  return {
    verdict: isLeaking ? 'leaking' : findings.length > 0 ? 'untidy' : 'clean',
    summary: summaryOf(report),
    findings: paginate(findings.map(rowOf), {
      ...page,
      columns: COLUMNS,
      budget: 5_000,
      question,
      narrow: 'mend the first ones',
    }),
  };
}

function summaryOf({ findings, files, commits, isCut }: HygieneReport): string[] {
  const byWhat = Map.groupBy(findings, ({ what }) => what);
  const counts = [...byWhat].map(([what, found]) => `${found.length} ${what}`);
  return [
    `${files} files: ${counts.length === 0 ? 'nothing found' : counts.join(', ')}`,
    ...(commits > 0
      ? [`and the ${commits} newest commits${isCut ? '; older ones were not looked through' : ''}`]
      : []),
  ];
}

function rowOf({ state, what, path, line, key, commit, why }: Found): (string | number | null)[] {
  return [state, what, path, line ?? null, key ?? null, commit ? commit.sha.slice(0, 12) : null, why];
}
