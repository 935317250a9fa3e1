import { z } from 'zod';

import { ToolError } from '../../errors.ts';
import { Finding, type GitPlace } from '../finding.ts';
import { paginate, type Row, Table } from '../table.ts';
import { clip, nameSome } from '../text.ts';
import type { Component, Fault } from './fault.ts';
import { findingOf, idOf } from './finding-of.ts';
import { type Count, type Health, LISTED } from './health.ts';
import type { Root } from './roll-up.ts';
import { BRIEF, tell } from './telling.ts';
import { uncheckedIn } from './unchecked.ts';
import type { World } from './world.ts';

/** What `health_summary` answers; `consequences` is filled for one finding that was asked for. */
export const HealthAnswer = z.strictObject({
  verdict: z.enum(['healthy', 'degraded', 'failed', 'unknown']),
  /** One to three lines. */
  summary: z.array(z.string()),
  components: z.strictObject({
    columns: z.array(z.string()),
    rows: z.array(z.array(z.union([z.string(), z.number()]))),
  }),
  findings: z.array(Finding),
  /** The findings that follow, in brief; ask for one by its id. */
  more: z
    .strictObject({ columns: z.array(z.string()), rows: z.array(z.array(z.union([z.string(), z.number()]))) })
    .optional(),
  total: z.number().int(),
  shown: z.number().int(),
  cursor: z.string().optional(),
  cut: z.string().optional(),
  /** Findings that are known and not listed; each reason with their number. */
  acknowledged: z
    .strictObject({ total: z.number().int(), reasons: z.record(z.string(), z.number()) })
    .optional(),
  suspended: z.strictObject({ total: z.number().int(), names: z.string() }).optional(),
  consequences: Table.optional(),
  /** What nothing here looks at though it is there. */
  unchecked: z.array(z.strictObject({ what: z.string(), why: z.string() })).optional(),
});

export type HealthAnswer = z.infer<typeof HealthAnswer>;

/** Which findings to give, and how many. */
export interface Question {
  /** Which runbook fits a finding. */
  runbookOf?: (finding: Finding) => Finding['runbook'];
  /** Which line in Git to look at for a root. */
  gitOf?: (root: Root) => GitPlace | undefined;
  component?: Component;
  state?: Finding['state'];
  /** The id of one finding: it is given with all its consequences. */
  finding?: string;
  /** What else could not be looked at. */
  unchecked?: HealthAnswer['unchecked'];
  limit: number;
  cursor?: string;
}

/** The answer to a question about health. Throws `not_found` for a finding that no longer is one. */
export function answerOf(health: Health, world: World, question: Question): HealthAnswer {
  const unchecked = [...uncheckedIn(world), ...(question.unchecked ?? [])];
  const frame = {
    verdict: health.verdict,
    summary: summaryOf(health),
    components: componentsOf(health.counts),
    ...acknowledgedOf(health),
    ...(unchecked.length > 0 && { unchecked }),
    ...(health.suspended.length > 0 && {
      suspended: { total: health.suspended.length, names: nameSome(health.suspended, 5) },
    }),
  };
  if (question.finding !== undefined)
    return { ...frame, ...oneFinding(health, world, question.finding, question) };
  const wanted = [...health.roots, ...health.notes].filter((root) => isWanted(root, question, health));
  return { ...frame, ...page(wanted, world, question) };
}

function isWanted(root: Root, { component, state: asked }: Question, { notes }: Health): boolean {
  const { state, fault, consequences } = root;
  const fits = asked === undefined ? LISTED.includes(state) || notes.includes(root) : state === asked;
  return (
    fits && (component === undefined || [fault, ...consequences].some((one) => one.component === component))
  );
}

function acknowledgedOf({ acknowledged, known }: Health): Pick<HealthAnswer, 'acknowledged'> {
  if (known.length === 0) return {};
  const reasons = [...acknowledged]
    .slice(0, REASONS)
    .map(([reason, count]) => [clip(reason, 80), count] as const);
  return { acknowledged: { total: known.length, reasons: Object.fromEntries(reasons) } };
}

/** Most reasons of acknowledgements that an answer names. */
const REASONS = 10;

type Findings = Pick<HealthAnswer, 'findings' | 'more' | 'total' | 'shown' | 'cursor' | 'cut'>;

/** The rows of a page are the places of its findings, so that pages have the sizes and cursors of every other list. */
function page(
  roots: readonly Root[],
  world: World,
  { limit, cursor, runbookOf, gitOf, component, state }: Question,
): Findings {
  const list = {
    columns: ['finding'],
    cursor,
    budget: Infinity,
    question: JSON.stringify({ component, state }),
    narrow: 'narrow by namespace, component or state',
  };
  const places = roots.map((_, at): Row => [at]);
  const wanted = paginate(places, { ...list, limit }).rows.flatMap(([at]) => roots[Number(at)] ?? []);
  const { full, brief } = tell(
    wanted.map((root, at) => findingWith(root, world, { runbookOf, ...(at < MOST_FULL && { gitOf }) })),
  );
  const table = paginate(places, { ...list, limit: full.length + brief.length });
  return {
    findings: [...full],
    ...(brief.length > 0 && { more: { columns: [...BRIEF], rows: [...brief] } }),
    total: table.total,
    shown: table.shown,
    ...(table.cursor !== undefined && { cursor: table.cursor, cut: table.cut }),
  };
}

/** More cannot be told in full, and only those have a line. */
const MOST_FULL = 30;

/** A root as a finding, with its runbook and its line in Git. */
export function findingWith(
  root: Root,
  world: World,
  { runbookOf, gitOf }: Pick<Question, 'runbookOf' | 'gitOf'>,
): Finding {
  const finding = findingOf(root, world);
  const [git, runbook] = [gitOf?.(root), runbookOf?.(finding)];
  return { ...finding, ...(git && { git }), ...(runbook && { runbook }) };
}

function oneFinding(
  health: Health,
  world: World,
  id: string,
  { limit, cursor, runbookOf, gitOf }: Question,
): Findings & { consequences: Table } {
  const all = [...health.roots, ...health.known, ...health.notes];
  const root = all.find(({ fault }) => idOf(fault) === id);
  if (root === undefined) {
    throw new ToolError(
      'not_found',
      `no finding has the id ${JSON.stringify(clip(id, 40))}: it may have been resolved`,
      'Call health_summary without arguments for what is wrong now.',
    );
  }
  const rows = [
    ...root.fault.members.map((ref) => [ref, root.fault.state, root.fault.reason]),
    ...root.consequences.map(rowOf),
  ];
  const consequences = paginate(rows, {
    columns: ['ref', 'state', 'reason'],
    limit: Math.max(limit, 50),
    cursor,
    budget: CONSEQUENCES,
    question: id,
  });
  const finding = findingWith(root, world, { runbookOf, gitOf });
  return { findings: [finding], total: 1, shown: 1, consequences };
}

/** Bytes of the consequences of one finding. */
const CONSEQUENCES = 4_400;

function rowOf({ ref, state, reason }: Fault): Row {
  return [ref, state, reason];
}

const COLUMNS = [
  'component',
  'checked',
  'failed',
  'degraded',
  'blocked',
  'progressing',
  'suspended',
] as const;

function componentsOf(counts: readonly Count[]): HealthAnswer['components'] {
  return { columns: [...COLUMNS], rows: counts.map((count) => COLUMNS.map((column) => count[column])) };
}

function summaryOf(health: Health): string[] {
  const roots = health.roots.filter(({ state }) => LISTED.includes(state));
  return [headline(health, roots), detail(health, roots), resting(health)];
}

function headline({ verdict, unsure }: Health, roots: readonly Root[]): string {
  if (verdict === 'healthy') return 'healthy: nothing is failed, degraded, stale or blocked';
  if (roots.length === 0)
    return `unknown: nothing wrong is seen, but ${nameSome(unsure, 5)} could not be read as of now`;
  const states = [...Map.groupBy(roots, ({ state }) => state)]
    .map(([state, of]) => `${of.length} ${state}`)
    .join(', ');
  const consequences = roots.reduce((sum, root) => sum + root.consequences.length, 0);
  return `${verdict}: ${plural(roots.length, 'root cause')} (${states}), ${plural(consequences, 'consequence')} folded under them`;
}

function detail({ counts }: Health, [worst]: readonly Root[]): string {
  if (worst) return clip(`first: ${worst.ref}: ${worst.fault.message}`, 200);
  return `checked: ${counts.map(({ component, checked }) => `${component} ${checked}`).join(', ') || 'nothing'}`;
}

function resting({ counts }: Health): string {
  const sum = (column: 'progressing' | 'suspended'): number =>
    counts.reduce((all, count) => all + count[column], 0);
  return `${sum('progressing')} progressing, ${sum('suspended')} suspended`;
}

function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}
