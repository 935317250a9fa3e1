import { z } from 'zod';

import type { RecentChange } from '../changes/change.ts';
import { EVENT_COLUMNS, eventRows } from '../event-rows.ts';
import { Finding, GitPlace, NextCall } from '../finding.ts';
import type { Event } from '../objects/platform.ts';
import { type Row, Table } from '../table.ts';
import { byText, clip } from '../text.ts';
import { bounded } from './bounded.ts';
import { changesTable } from './changes-table.ts';
import type { Explained, StandingLink } from './explain.ts';
import type { Gap } from './gather.ts';
import type { LastWords } from './log.ts';
import { FINE } from './standing.ts';

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
  unchecked: z.array(z.strictObject({ what: z.string(), why: z.string() })).optional(),
});

export type Explanation = z.infer<typeof Explanation>;

/** What an explanation is put together from. */
export interface Told {
  finding?: Finding;
  git?: GitPlace;
  log: LastWords;
  events: readonly Event[];
  changes: readonly RecentChange[];
  next: z.infer<typeof NextCall>[];
  gaps: readonly Gap[];
  /** Whether all kinds could be read. */
  sure: boolean;
  now: number;
}

/** Bytes of the whole, and how much room the lists get until they fit. */
const MOST_BYTES = 6_000;
const ROOM = [1, 0.6];
const LEAST = 0.35;

/** The answer; its lists are cut shorter where it would be too large. */
export function explanationOf(explained: Explained, told: Told): Explanation {
  for (const room of ROOM) {
    const answer = sized(explained, told, room);
    if (Buffer.byteLength(JSON.stringify(answer)) <= MOST_BYTES) return answer;
  }
  return sized(explained, told, LEAST);
}

function sized(explained: Explained, told: Told, room: number): Explanation {
  const { finding, git, log, next, gaps, now } = told;
  const changes = changesTable(told.changes, { since: finding?.since, now, room });
  const events = eventsTable(told.events, now, room);
  const lines = log.lines && { ...log.lines, lines: log.lines.lines.slice(-Math.ceil(10 * room)) };
  return {
    ref: explained.ref,
    state: explained.state,
    summary: summaryOf(explained, told),
    ...(finding ? { cause: finding } : git && { git }),
    chain: chainTable(explained.chain, room),
    ...(events && { events }),
    ...(lines && { log: lines }),
    ...(changes && { changes }),
    next,
    ...(gaps.length > 0 && { unchecked: gaps.slice(0, 6) }),
  };
}

function eventsTable(events: readonly Event[], now: number, room: number): Table | undefined {
  if (events.length === 0) return undefined;
  const rows = [
    ...eventRows(events.filter(isWarning), now),
    ...eventRows(
      events.filter((event) => !isWarning(event)),
      now,
    ),
  ].map((row): Row => row.map((cell) => (typeof cell === 'string' ? clip(cell, 200) : cell)));
  return bounded(rows, {
    columns: EVENT_COLUMNS,
    limit: Math.ceil(5 * room),
    budget: 1_100 * room,
    narrow: 'event_list has all of them',
  });
}

function isWarning({ type }: Event): boolean {
  return type === 'Warning';
}

const CHAIN = ['direction', 'how', 'object', 'state', 'why'] as const;
/** So many of one kind of link that are well are named; of more, their number is told. */
const NAMED = 3;

/** The chain as rows: what made the object in full, of the rest what is not well, and how much is. */
function chainTable(chain: readonly StandingLink[], room: number): Table {
  const up = chain.filter(({ direction }) => direction === 'up');
  const down = chain.filter(({ direction }) => direction === 'down');
  const wrong = down.filter(({ state }) => !FINE.has(state));
  const rows = [
    ...briefly(up),
    ...wrong.toSorted((a, b) => byText(a.ref, b.ref)).map(rowOf),
    ...briefly(down.filter(({ state }) => FINE.has(state))),
  ];
  const narrow = 'explain one of them';
  return bounded(rows, { columns: CHAIN, limit: Math.ceil(20 * room), budget: 1_700 * room, narrow });
}

function rowOf({ direction, how, ref, state, why }: StandingLink): Row {
  return [direction, how, ref, state, why === undefined ? null : clip(why, 140)];
}

/** Links in their order; many of one kind that are well become one row. */
function briefly(links: readonly StandingLink[]): Row[] {
  const groups = Map.groupBy(links, ({ how, ref, state }) => `${how}\0${ref.split('/')[0]}\0${state}`);
  return [...groups.values()].flatMap((group): Row[] => {
    const [first] = group;
    if (first === undefined || group.length <= NAMED || !FINE.has(first.state)) return group.map(rowOf);
    return [[first.direction, first.how, `${group.length} × ${first.ref.split('/')[0]}`, first.state, null]];
  });
}

/** In words: how the object stands, what is the cause when that is another, and what is odd in its references. */
function summaryOf(explained: Explained, { sure, finding }: Told): string[] {
  const { ref, state, why, remarks } = explained;
  const own = `${ref} is ${state === 'exists' ? 'there' : state}${why === undefined ? '' : `: ${clip(why, 200)}`}`;
  const told = `${own} ${finding?.message ?? ''}`;
  const others = remarks.filter((remark) => !told.includes(remark)).slice(0, 3);
  return [own, ...causeIn(explained, sure), ...others];
}

function causeIn({ ref, cause, failing, state }: Explained, sure: boolean): string[] {
  if (cause?.ref === ref) return [];
  if (cause !== undefined) {
    const text = `${cause.ref}: ${clip(cause.fault.message, 200)}`;
    return [FINE.has(state) ? `in its chain fails ${text}` : `the cause is ${text}`];
  }
  if (failing !== undefined) return [`in its chain ${failing.ref} is ${failing.state}`];
  return [sure ? 'nothing in its chain fails' : 'nothing in its chain that could be read fails'];
}
