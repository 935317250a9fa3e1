import { z } from 'zod';

import { clip } from '../text.ts';
import type { Lookup, Match } from './lookup.ts';
import type { RunbookIndex } from './indexed.ts';

/** A section as an answer shows it; `path` and `line` are in the repository at `commit`, or in daytwo itself. */
const Shown = z.strictObject({
  runbook: z.string(),
  title: z.string(),
  origin: z.enum(['operator', 'built-in']),
  heading: z.string(),
  why: z.string(),
  path: z.string(),
  line: z.int(),
  anchor: z.string().optional(),
  commit: z.string().optional(),
  text: z.string(),
  cut: z.string().optional(),
  /** The other headings that can be asked for. */
  sections: z.array(z.string()).optional(),
});

/** The sections that answer, best first, or why there is none. */
export const RunbookAnswer = z.strictObject({
  matches: z.array(Shown),
  total: z.int(),
  shown: z.int(),
  none: z.string().optional(),
  link: z.string().optional(),
  warnings: z.array(z.string()).optional(),
});

export type RunbookAnswer = z.infer<typeof RunbookAnswer>;

/** Bytes of an answer, as JSON; a little is left for what the gate adds. */
const BUDGET = 5_900;

/** Bytes of each further match: enough to choose by. */
const GLIMPSE = 240;

/** The first section whole, as far as the budget reaches, and a glimpse of the others. */
export function answerOf(
  { matches, none, deadLink }: Lookup,
  { places, warnings }: RunbookIndex,
  limit: number,
): RunbookAnswer {
  const [best, ...others] = matches.slice(0, limit);
  const frame = {
    total: matches.length,
    shown: Math.min(limit, matches.length),
    ...(none !== undefined && { none }),
    ...(deadLink && { link: 'the link of the alert leads to no runbook that is known here' }),
    ...(warnings.length > 0 && { warnings: warnings.slice(0, 3).map((text) => text.slice(0, 200)) }),
  };
  const glimpses = others.map((match) => shown(match, GLIMPSE));
  if (best === undefined) return { matches: [], ...frame };
  const headings = places.filter(
    ({ runbook, section }) => runbook === best.runbook && section !== best.section,
  );
  const sections = headings.map(({ section }) => section.heading.slice(0, 80)).slice(0, 20);
  const rest = BUDGET - sizeOf({ matches: [{ ...shown(best, 0), sections }, ...glimpses], ...frame });
  return { matches: [{ ...shown(best, rest), sections }, ...glimpses], ...frame };
}

function shown({ runbook, section, why }: Match, bytes: number): z.infer<typeof Shown> {
  const text = within(section.text, bytes);
  const line = section.line + text.split('\n').length;
  return {
    runbook: runbook.id,
    title: runbook.title,
    origin: runbook.origin,
    heading: section.heading.slice(0, 120),
    why,
    path: runbook.path,
    line: section.line,
    ...(section.anchor !== '' && { anchor: section.anchor.slice(0, 120) }),
    ...(runbook.commit !== undefined && { commit: runbook.commit }),
    text,
    ...(text.length < section.text.length && {
      cut: `ask with runbook and section for more${runbook.origin === 'operator' ? `, or repo_read from line ${line}` : ''}`,
    }),
  };
}

/** Whole lines that fit into so many bytes of JSON; a code block that is cut is closed, a line too long for all is clipped. */
function within(text: string, bytes: number): string {
  if (sizeOf(text) <= bytes) return text;
  const lines: string[] = [];
  let size = sizeOf('\n```');
  for (const line of text.split('\n')) {
    size += sizeOf(line);
    if (size > bytes) break;
    lines.push(line);
  }
  if (lines.length === 0) return clip(text.slice(0, bytes), Math.max(0, Math.floor(bytes / LONGEST_ESCAPE)));
  return closed(lines).join('\n').trimEnd();
}

function closed(lines: readonly string[]): readonly string[] {
  if (lines.filter((line) => FENCE.test(line)).length % 2 === 0) return lines;
  return FENCE.test(lines.at(-1) ?? '') ? lines.slice(0, -1) : [...lines, '```'];
}

const FENCE = /^\s*```/;

/** Bytes that one character may need in JSON. */
const LONGEST_ESCAPE = 6;

/** Bytes of a value as JSON; for a text its quotes stand for the line end. */
function sizeOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value));
}
