import { z } from 'zod';

import type { RecentChange } from '../changes/change.ts';
import { formatAge, parseTime } from '../duration.ts';
import { EVENT_COLUMNS, eventRows } from '../event-rows.ts';
import { Finding, GitPlace, NextCall } from '../finding.ts';
import type { Event } from '../objects/platform.ts';
import { type Row, Table, paginate } from '../table.ts';
import { byText, clip } from '../text.ts';
import { type Explained, FINE, type StandingLink } from './explain.ts';
import type { LastWords } from './log.ts';

/** The answer of `explain_resource`: the cause first, then the chain, what happened and what changed. */
export const Explanation = z.strictObject({
  ref: z.string(),
  state: z.string(),
  summary: z.array(z.string()),
  cause: Finding.optional(),
  git: GitPlace.optional(),
  chain: Table,
  events: Table.optional(),
  log: z
    .strictObject({
      pod: z.string(),
      container: z.string(),
      previous: z.boolean(),
      lines: z.array(z.string()),
    })
    .optional(),
  changes: Table.optional(),
  next: z.array(NextCall),
});

export type Explanation = z.infer<typeof Explanation>;

/** What an explanation is put together from. */
export interface Told {
  finding?: Finding;
  git?: GitPlace;
  log: LastWords;
  events: readonly Event[];
  changes: readonly RecentChange[];
  now: number;
}

/** The answer but for where to go on. */
export function explanationOf(explained: Explained, told: Told): Omit<Explanation, 'next'> {
  const { finding, git, log, now } = told;
  const events = paginate(eventRows(told.events, now), { columns: EVENT_COLUMNS, limit: 6, budget: 900 });
  const changes = changesTable(told.changes, finding?.since, now);
  return {
    ref: explained.ref,
    state: explained.state,
    summary: summaryOf(explained),
    ...(finding ? { cause: finding } : git && { git }),
    chain: chainTable(explained.chain),
    ...(events.total > 0 && { events }),
    ...(log.lines && { log: log.lines }),
    ...(changes && { changes }),
  };
}

const CHAIN = ['direction', 'how', 'object', 'state', 'why'] as const;
const MOST_LINKS = 24;

/** The chain as rows: what made the object in full, of the rest what is not well, and how much is. */
function chainTable(chain: readonly StandingLink[]): Table {
  const up = chain.filter(({ direction }) => direction === 'up');
  const down = chain.filter(({ direction }) => direction === 'down');
  const wrong = down.filter(({ state }) => !FINE.has(state));
  const fine = down.filter(({ state }) => FINE.has(state));
  const few = fine.length <= 6 ? fine.map(rowOf) : countsOf(fine);
  const sorted = [...up.map(rowOf), ...wrong.toSorted((a, b) => byText(a.ref, b.ref)).map(rowOf), ...few];
  return paginate(sorted, {
    columns: CHAIN,
    limit: MOST_LINKS,
    budget: 2_200,
    narrow: 'explain one of them',
  });
}

function rowOf({ direction, how, ref, state, why }: StandingLink): Row {
  return [direction, how, ref, state, why ?? null];
}

function countsOf(links: readonly StandingLink[]): Row[] {
  const groups = Map.groupBy(links, ({ how, ref, state }) => `${how}\0${ref.split('/')[0]}\0${state}`);
  return [...groups].map(([key, own]): Row => {
    const [how = '', kind = '', state = ''] = key.split('\0');
    return ['down', how, `${own.length} × ${kind}`, state, null];
  });
}

/** In words: how the object stands, and what is the cause when that is another. */
function summaryOf({ ref, state, why, cause }: Explained): string[] {
  const own = `${ref} is ${state}${why === undefined ? '' : `: ${clip(why, 200)}`}`;
  if (cause === undefined) return [own, 'nothing in its chain fails'];
  if (cause.ref === ref) return [own];
  return [own, `the cause is ${cause.ref}: ${clip(cause.fault.message, 200)}`];
}

/** Changes on the chain around the time when it broke, nearest before first; `since` is RFC 3339. */
function changesTable(
  changes: readonly RecentChange[],
  since: string | undefined,
  now: number,
): Table | undefined {
  const broke = parseTime(since) ?? now;
  const near = changes
    .filter(({ when }) => Math.abs((parseTime(when) ?? 0) - broke) <= DAY && (parseTime(when) ?? 0) <= now)
    .toSorted((a, b) => distance(a, broke) - distance(b, broke) || byText(a.object, b.object));
  if (near.length === 0) return undefined;
  const columns = ['when', 'against', 'kind', 'object', 'what', 'by'];
  const rows = near.map(({ when, kind, object, what, by }): Row => [
    when,
    against(when, broke, since),
    kind,
    object,
    clip(what, 120),
    by ?? null,
  ]);
  return paginate(rows, { columns, limit: 8, budget: 1_400, narrow: 'recent_changes has all of them' });
}

const DAY = 24 * 3_600_000;

/** What came before counts more than what came after. */
function distance({ when }: RecentChange, broke: number): number {
  const difference = broke - (parseTime(when) ?? 0);
  return difference >= -60_000 ? difference : DAY - difference;
}

function against(when: string, broke: number, since: string | undefined): string {
  const difference = broke - (parseTime(when) ?? 0);
  if (since === undefined) return `${formatAge(difference)} ago`;
  return difference >= 0 ? `${formatAge(difference)} before it broke` : `${formatAge(-difference)} after`;
}
