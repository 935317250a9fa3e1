import { z } from 'zod';

import { ToolError } from '../../errors.ts';
import { closest } from '../closest.ts';
import type { Place } from '../desired/desired.ts';
import { type Row, Table, paginate } from '../table.ts';
import { byText, clip } from '../text.ts';
import type { Adoption } from './adopt.ts';
import type { DriftReport, FieldDrift, ObjectDrift } from './report.ts';
import { DIFFERS, appliersOf, isUnrendered, summaryOf, unverifiableOf, verdictOf } from './roll-up.ts';

/** The answer of `drift_diff`: the roll-up looks at everything that was asked for, the tables page through it. */
export const DriftAnswer = z.strictObject({
  verdict: z.enum(['clean', 'drifted', 'pending', 'unverifiable']),
  summary: z.array(z.string()),
  /** A row for each Kustomization or release that is not clean. */
  appliers: Table,
  drift: Table,
  adopt: z.array(z.unknown()).optional(),
  unverifiable: z.array(z.strictObject({ why: z.string(), count: z.int(), objects: z.string() })),
});

export type DriftAnswer = z.infer<typeof DriftAnswer>;

/** Which objects are asked for; every part that is given must fit. */
export interface DriftFilter {
  namespace?: string;
  kind?: string;
  name?: string;
}

/** How the answer is cut. */
export interface DriftPage {
  filter: DriftFilter;
  cursor?: string;
  limit: number;
  /** What is compared with, for the cursor. */
  against: string;
}

/** Bytes of an answer, its envelope aside; the rows get what the rest of it leaves. */
const BUDGET = { answer: 7_200, appliers: 900, leastRows: 1_000 };

/** `health` is null for an object that is well; `head` is `ahead` where Git wants something else than was applied. */
const COLUMNS = [
  'object',
  'is',
  'health',
  'head',
  'field',
  'live',
  'git',
  'by',
  'when',
  'fate',
  'why',
  'place',
] as const;

/**
 * The objects of a report that are asked for. Throws `not_found` where there is none and none can be missing: nothing is
 * not the same as nothing that differs.
 */
export function askedFor(report: DriftReport, filter: DriftFilter): ObjectDrift[] {
  const found = report.objects.filter((object) => fits(object, filter));
  const isOpen = Object.values(filter).every((part) => part === undefined);
  if (found.length > 0 || isOpen || report.appliers.some(isUnrendered)) return found;
  const { namespace, kind, name } = filter;
  const asked = [kind, namespace, name].filter((part) => part !== undefined).join('/');
  const names = report.objects.map((object) => object.name);
  const near = name === undefined ? undefined : closest(name, names);
  throw new ToolError(
    'not_found',
    `no Kustomization or release applies ${JSON.stringify(asked.slice(0, 120))}`,
    near === undefined ? 'resource_list shows what is in the cluster.' : `Did you mean ${near}?`,
  );
}

function fits(object: ObjectDrift, { namespace, kind, name }: DriftFilter): boolean {
  const home = object.kind === 'Namespace' ? object.name : object.namespace;
  return (
    (namespace === undefined || home === namespace) &&
    (kind === undefined || object.kind.toLowerCase() === kind.toLowerCase()) &&
    (name === undefined || object.name === name)
  );
}

/** The objects that are told one by one, worst first, in the order of refs; of an object asked for by name everything. */
export function toldOf(objects: readonly ObjectDrift[], { name }: DriftFilter): ObjectDrift[] {
  return objects
    .filter(({ state }) => DIFFERS.includes(state) || name !== undefined)
    .toSorted((a, b) => rank(a) - rank(b) || byText(a.ref, b.ref));
}

/** Puts a report into words and tables; `told` are the objects that have rows. */
export function driftAnswer(
  report: DriftReport,
  {
    objects,
    told,
    adopt,
  }: { objects: readonly ObjectDrift[]; told: readonly ObjectDrift[]; adopt: readonly Adoption[] },
  page: DriftPage,
): DriftAnswer {
  const { filter, limit } = page;
  const isFiltered = Object.values(filter).some((part) => part !== undefined);
  const rollUp = {
    verdict: verdictOf(report, objects),
    summary: summaryOf(report, objects),
    appliers: appliersOf(report, objects, { limit, budget: BUDGET.appliers, isFiltered }),
    ...(adopt.length > 0 && { adopt: [...adopt] }),
    unverifiable: unverifiableOf(objects),
  };
  const left = BUDGET.answer - Buffer.byteLength(JSON.stringify(rollUp));
  const rows = told.flatMap((object) => rowsOf(object, filter.name !== undefined));
  const drift = paginate(rows, {
    columns: COLUMNS,
    ...(page.cursor !== undefined && { cursor: page.cursor }),
    limit,
    budget: Math.max(BUDGET.leastRows, left),
    question: JSON.stringify([filter, page.against]),
    narrow: 'name a kustomization, a namespace or an object',
  });
  return { ...rollUp, drift };
}

function rank({ state }: ObjectDrift): number {
  const at = DIFFERS.indexOf(state);
  return at < 0 ? DIFFERS.length : at;
}

function rowsOf(object: ObjectDrift, isNarrow: boolean): Row[] {
  const { ref, state, health, isPending, place, told, why, fields } = object;
  const about = [ref, state, health === 'ok' ? null : health, isPending ? 'ahead' : null];
  const shown = isNarrow ? fields : fields.filter(({ isBenign }) => !isBenign);
  if (shown.length > 0) return shown.map((field) => [...about, ...fieldCells(field, place)]);
  const words = [why === undefined ? [] : clip(why, 300), told?.why ?? []].flat();
  const none = [null, null, null, null, null];
  return [[...about, ...none, told?.fate ?? null, words.join('; ') || null, placeText(place)]];
}

function fieldCells(field: FieldDrift, place: Place | undefined): Row {
  const { path, live = null, git = null, who = null, when = null, told } = field;
  return [path, live, git, who, when, told.fate, told.why, placeText(field.place ?? place)];
}

function placeText(place: Place | undefined): string | null {
  return place ? `${place.file}:${place.line}` : null;
}
