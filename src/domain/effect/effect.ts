import { z } from 'zod';

import type { Rendering } from '../desired/desired.ts';
import { Table, paginate } from '../table.ts';
import { nameSome } from '../text.ts';
import { type Danger, dangersOf } from './dangers.ts';
import { type ObjectChange, objectChanges } from './objects.ts';
import { sideOf } from './shown.ts';

/** What a proposal would do to the cluster: objects and fields, what a reviewer should not miss, what could not be told. */
export const Effect = z.strictObject({
  summary: z.string(),
  changes: Table,
  warnings: z.array(z.string()),
  unchecked: z.array(z.string()),
});

export type Effect = z.infer<typeof Effect>;

/** An effect with the reasons for which the change must not leave; none for a sound one. */
export interface JudgedEffect {
  effect: Effect;
  refusals: string[];
  /** For the commit message: a line an object, bounded. */
  lines: string[];
}

const COLUMNS = ['does', 'object', 'field', 'from', 'to'] as const;

/** Rows and bytes of an answer; fields of one object; lines of a commit message. */
const MOST = { rows: 60, bytes: 4_000, fields: 12, lines: 20 };

/** Compares the repository before and after a change, both rendered as Flux would. */
export function effectOf(before: readonly Rendering[], after: readonly Rendering[]): JudgedEffect {
  const changes = objectChanges(comparable(before, after), comparable(after, before));
  const dangers = [...buildDangers(before, after), ...dangersOf(changes)];
  const graded = (grade: Danger['grade']): string[] =>
    dangers.filter((danger) => danger.grade === grade).map(({ text }) => text);
  return {
    refusals: graded('refuse'),
    lines: linesOf(changes),
    effect: {
      summary: summaryOf(changes),
      changes: paginate(changes.flatMap(rowsOf), {
        columns: COLUMNS,
        limit: MOST.rows,
        budget: MOST.bytes,
        narrow: 'propose less at once',
      }),
      warnings: graded('warn'),
      unchecked: uncheckedOf(before, after),
    },
  };
}

/** Of a Kustomization that cannot be built on one of the sides, nothing is called created or pruned. */
function comparable(own: readonly Rendering[], other: readonly Rendering[]): Rendering[] {
  const failing = new Set(other.filter(isUnbuilt).map(({ ref }) => ref));
  return own.filter((rendering) => !isUnbuilt(rendering) && !failing.has(rendering.ref));
}

function isUnbuilt({ status, objects }: Rendering): boolean {
  return status === 'failed' || (objects.length === 0 && status !== 'ok' && status !== 'generated');
}

/** A change must not break what Flux builds today; what was broken before it is no reason to refuse. */
function buildDangers(before: readonly Rendering[], after: readonly Rendering[]): Danger[] {
  const old = new Map(before.map((rendering) => [rendering.ref, rendering]));
  return after.flatMap((rendering): Danger[] => {
    const was = old.get(rendering.ref);
    return [...failureOf(rendering, was), ...variablesOf(rendering, was), ...unreachedOf(rendering, was)];
  });
}

function failureOf(rendering: Rendering, was: Rendering | undefined): Danger[] {
  // One refusal is enough for a Kustomization and all that it applies.
  if (rendering.status !== 'failed' || rendering.blockedBy !== undefined || was?.status === 'failed')
    return [];
  const at = rendering.failure ? ` (${placeOf(rendering.failure)})` : '';
  return [
    { grade: 'refuse', text: `${rendering.ref} could not be built: ${rendering.reason ?? 'failed'}${at}` },
  ];
}

function placeOf({ file, line }: { file: string; line?: number }): string {
  return line === undefined ? file : `${file}:${line}`;
}

function variablesOf({ ref, unresolved, status, objects }: Rendering, was: Rendering | undefined): Danger[] {
  const fresh = unresolved.filter((name) => was?.unresolved.includes(name) !== true);
  if (fresh.length === 0) return [];
  const names = nameSome(fresh, 5);
  return status === 'unresolved variables' && objects.length === 0
    ? [{ grade: 'refuse', text: `${ref} uses ${names}, which nothing defines: the build would fail` }]
    : [{ grade: 'warn', text: `${ref} uses ${names}, whose value is not known here` }];
}

function unreachedOf({ ref, unreached }: Rendering, was: Rendering | undefined): Danger[] {
  if (unreached !== true || was?.unreached === true) return [];
  return [
    { grade: 'warn', text: `${ref} is in no Kustomization that Flux applies: nothing will come of it` },
  ];
}

function uncheckedOf(before: readonly Rendering[], after: readonly Rendering[]): string[] {
  const failing = after.filter((rendering) => isUnbuilt(rendering) && rendering.status !== 'foreign source');
  const known = new Set(before.filter(isUnbuilt).map(({ ref }) => ref));
  return failing
    .filter(({ ref }) => known.has(ref))
    .map(({ ref, status, reason }) => `${ref}: ${status}${reason ? `, ${reason}` : ''}; so it was before`);
}

function summaryOf(changes: readonly ObjectChange[]): string {
  if (changes.length === 0) return 'no object in the cluster changes';
  const count = (does: ObjectChange['does']): number => changes.filter((one) => one.does === does).length;
  const parts = [
    [count('changes'), 'changed'],
    [count('creates'), 'created'],
    [count('prunes'), 'pruned'],
    [count('leaves'), 'left behind'],
  ].filter(([number]) => number !== 0);
  return `objects: ${parts.map((part) => part.join(' ')).join(', ')}`;
}

function rowsOf(change: ObjectChange): (string | null)[][] {
  const { does, ref, fields } = change;
  if (fields.length === 0) return [[does, ref, null, null, null]];
  const rows = fields
    .slice(0, MOST.fields)
    .map((field) => [
      does,
      ref,
      field.path,
      sideOf(field, 'before', change) ?? null,
      sideOf(field, 'after', change) ?? null,
    ]);
  const more = fields.length - rows.length;
  return more > 0 ? [...rows, [does, ref, `and ${more} more fields`, null, null]] : rows;
}

function linesOf(changes: readonly ObjectChange[]): string[] {
  const lines = changes.map((change) => {
    const shown = change.fields.slice(0, 3).map((field) => {
      const [from, to] = (['before', 'after'] as const).map((side) => sideOf(field, side, change) ?? 'unset');
      return `${field.path} ${from} -> ${to}`;
    });
    const more = change.fields.length - shown.length;
    return `${change.does} ${change.ref}${shown.length > 0 ? `: ${shown.join('; ')}` : ''}${more > 0 ? ` and ${more} more` : ''}`;
  });
  const rest = lines.length - MOST.lines;
  return rest > 0 ? [...lines.slice(0, MOST.lines), `and ${rest} more objects`] : lines;
}
