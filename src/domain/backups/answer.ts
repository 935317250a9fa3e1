import { z } from 'zod';

import { ageOf } from '../duration.ts';
import { NextCall } from '../finding.ts';
import { refOf } from '../objects/meta.ts';
import { paginate, type Row, Table } from '../table.ts';
import { byText, nameSome } from '../text.ts';
import type { BackupWorld } from './read.ts';
import { type BackupRow, databaseRows, drillRows, type Subject } from './rows.ts';
import { BACKUP_STATES, type BackupState } from './verdict.ts';
import { volumeRows } from './volumes.ts';

const Counts = z.strictObject({
  columns: z.array(z.string()),
  rows: z.array(z.array(z.union([z.string(), z.number()]))),
});

/** The answer of `backup_status`: verdict, summary and totals look past the `state` filter, `backups` does not. */
export const BackupAnswer = z.strictObject({
  verdict: z.enum(['good', 'at-risk', 'unknown', 'nothing']),
  summary: z.array(z.string()),
  totals: Counts,
  /** Worst first; `newest` is the age of the newest good one. */
  backups: Table,
  /** Claims that need no backup of their own. */
  leftOut: Counts.optional(),
  next: z.array(NextCall),
});

export type BackupAnswer = z.infer<typeof BackupAnswer>;

/** Which backups to list. */
export interface BackupQuestion {
  namespace?: string;
  state?: BackupState;
  limit: number;
  cursor?: string;
}

/** Bytes of the rows, so that the whole answer stays under 4 KB. */
const BUDGET = 2_600;

/** Whether everything is backed up, and what is not. */
export function backupAnswer(world: BackupWorld, question: BackupQuestion): BackupAnswer {
  const { namespace, state } = question;
  const isAsked = (row: BackupRow): boolean => namespace === undefined || row.namespace === namespace;
  const volumes = volumeRows(world, namespace);
  const rows = [...volumes.rows, ...databaseRows(world), ...drillRows(world)]
    .filter(isAsked)
    .toSorted(worstFirst);
  return {
    verdict: verdictOf(rows, world),
    summary: summaryOf(rows, world),
    totals: totalsOf(rows),
    backups: page(
      rows.filter((row) => state === undefined || row.state === state),
      world.now,
      question,
    ),
    ...(volumes.leftOut.size > 0 && {
      leftOut: {
        columns: ['why', 'claims'],
        rows: [...volumes.leftOut].toSorted(([a], [b]) => byText(a, b)),
      },
    }),
    next: nextOf(rows),
  };
}

function worstFirst(a: BackupRow, b: BackupRow): number {
  return (
    BACKUP_STATES.indexOf(a.state) - BACKUP_STATES.indexOf(b.state) ||
    byText(a.subject, b.subject) ||
    byText(a.by ?? '', b.by ?? '')
  );
}

function verdictOf(rows: readonly BackupRow[], { unread }: BackupWorld): BackupAnswer['verdict'] {
  if (rows.some(({ state }) => state !== 'good' && state !== 'unknown')) return 'at-risk';
  if (unread.length > 0 || rows.some(({ state }) => state === 'unknown')) return 'unknown';
  return rows.length === 0 ? 'nothing' : 'good';
}

const SUBJECTS: readonly Subject[] = ['volumes', 'databases', 'drills'];

function totalsOf(rows: readonly BackupRow[]): BackupAnswer['totals'] {
  const counts = SUBJECTS.map((about): (string | number)[] => {
    const own = rows.filter((row) => row.about === about);
    return [
      about,
      own.length,
      ...BACKUP_STATES.map((state) => own.filter((row) => row.state === state).length),
    ];
  });
  return { columns: ['what', 'total', ...BACKUP_STATES], rows: counts.filter(([, total]) => total !== 0) };
}

function summaryOf(rows: readonly BackupRow[], world: BackupWorld): string[] {
  return [headline(rows), ...drills(rows), ...targets(world)];
}

function headline(rows: readonly BackupRow[]): string {
  const all = rows.filter(({ about }) => about !== 'drills');
  if (all.length === 0) return 'nothing here ought to be backed up, or nothing is seen';
  const good = all.filter(({ state }) => state === 'good').length;
  if (good === all.length) return `good: all ${good} backups are within their schedule`;
  const bad = BACKUP_STATES.filter((state) => state !== 'good')
    .map((state) => ({ state, count: all.filter((row) => row.state === state).length }))
    .filter(({ count }) => count > 0);
  return `${bad.map(({ state, count }) => `${count} ${state}`).join(', ')}; ${good} of ${all.length} good`;
}

/** A backup that nobody has read back is a hope. */
function drills(rows: readonly BackupRow[]): string[] {
  const own = rows.filter(({ about }) => about === 'drills');
  const drilled = new Set(own.map(({ subject }) => subject));
  const backedUp = new Set(
    rows
      .filter(({ about, newest }) => about === 'volumes' && newest !== undefined)
      .map(({ subject }) => subject),
  );
  const without = [...backedUp].filter((subject) => !drilled.has(subject));
  if (backedUp.size === 0 && own.length === 0) return [];
  const good = own.filter(({ state }) => state === 'good').length;
  return [
    `restore drills: ${good} of ${own.length} good; ${without.length} of ${backedUp.size} backed-up volumes have none`,
  ];
}

function targets({ objects, unread, others }: BackupWorld): string[] {
  const away = objects.BackupTarget.filter(({ configured, available }) => configured && !available);
  const none = objects.BackupTarget.length > 0 && objects.BackupTarget.every(({ configured }) => !configured);
  return [
    ...(away.length > 0 ? [`not available: ${nameSome(away.map(refOf), 3)}`] : []),
    ...(none ? ['Longhorn has no backup target'] : []),
    ...(others.length > 0 ? [`backups that are not read: those of ${nameSome(others, 3)}`] : []),
    ...(unread.length > 0 ? [`could not be read: ${nameSome(unread, 5)}`] : []),
  ];
}

const COLUMNS = ['state', 'subject', 'method', 'newest', 'schedule', 'by', 'why'] as const;

function page(rows: readonly BackupRow[], now: number, { limit, cursor, ...filters }: BackupQuestion): Table {
  const cells = rows.map(({ state, subject, method, newest, schedule, by, why }): Row => [
    state,
    subject,
    method,
    ageOf(newest, now) ?? null,
    schedule ?? null,
    by ?? null,
    state === 'good' && schedule !== undefined ? null : why,
  ]);
  return paginate(cells, {
    columns: COLUMNS,
    cursor,
    limit,
    budget: BUDGET,
    question: JSON.stringify(filters),
    narrow: 'narrow by namespace or state',
  });
}

/** Where the causes are told, and the object of the worst row. */
function nextOf(rows: readonly BackupRow[]): BackupAnswer['next'] {
  const worst = rows.find(({ state, by }) => state !== 'good' && by !== undefined);
  if (worst?.by === undefined) return [];
  const [kind = '', namespace = '', name = ''] = worst.by.split('/');
  return [
    { tool: 'health_summary', arguments: { component: 'backup' } },
    { tool: 'resource_get', arguments: { kind, namespace, name } },
  ];
}
