import { z } from 'zod';

import { type Row, Table, paginate } from '../table.ts';
import { byText, nameSome } from '../text.ts';
import type { Adoption } from './adopt.ts';
import type { ApplierDrift, DriftReport, DriftState, FieldDrift, ObjectDrift } from './report.ts';

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

const BUDGET = { drift: 3_000, appliers: 900 };
const DIFFERS: readonly DriftState[] = ['drifted', 'deleted', 'extra', 'pending', 'missing'];
const COLUMNS = ['object', 'is', 'field', 'live', 'git', 'by', 'when', 'fate', 'why', 'place'] as const;

/** The objects of a report that are asked for. */
export function askedFor(report: DriftReport, { namespace, kind, name }: DriftFilter): ObjectDrift[] {
  return report.objects.filter(
    (object) =>
      (namespace === undefined ||
        object.namespace === namespace ||
        (object.kind === 'Namespace' && object.name === namespace)) &&
      (kind === undefined || object.kind.toLowerCase() === kind.toLowerCase()) &&
      (name === undefined || object.name === name),
  );
}

/** Puts a report into words and tables; worst first, in the order of objects. */
export function driftAnswer(
  report: DriftReport,
  objects: readonly ObjectDrift[],
  adopt: readonly Adoption[],
  page: DriftPage,
): DriftAnswer {
  const isNarrow = page.filter.name !== undefined;
  const different = objects
    .filter(({ state, fields }) => DIFFERS.includes(state) || (isNarrow && fields.length > 0))
    .toSorted((a, b) => rank(a) - rank(b) || byText(a.ref, b.ref));
  return {
    verdict: verdictOf(report, objects),
    summary: summaryOf(report, objects),
    appliers: appliersOf(report, objects, page),
    drift: paginate(
      different.flatMap((object) => rowsOf(object, isNarrow)),
      {
        columns: COLUMNS,
        ...(page.cursor !== undefined && { cursor: page.cursor }),
        limit: page.limit,
        budget: BUDGET.drift,
        question: JSON.stringify([page.filter, page.against]),
        narrow: 'name a kustomization, a namespace or an object',
      },
    ),
    ...(adopt.length > 0 && { adopt: [...adopt] }),
    unverifiable: unverifiableOf(objects),
  };
}

function rank({ state }: ObjectDrift): number {
  return DIFFERS.indexOf(state);
}

function verdictOf({ appliers }: DriftReport, objects: readonly ObjectDrift[]): DriftAnswer['verdict'] {
  const has = (...states: DriftState[]): boolean => objects.some(({ state }) => states.includes(state));
  if (has('drifted', 'deleted', 'extra')) return 'drifted';
  if (has('pending', 'missing') || objects.some(({ isPending }) => isPending)) return 'pending';
  return has('unverifiable') || appliers.some(isUnrendered) ? 'unverifiable' : 'clean';
}

function isUnrendered({ status, objects }: ApplierDrift): boolean {
  return status !== 'ok' && status !== 'generated' && objects === 0;
}

function summaryOf({ appliers, head }: DriftReport, objects: readonly ObjectDrift[]): string[] {
  const count = (state: DriftState): number => objects.filter((one) => one.state === state).length;
  const states = (['clean', ...DIFFERS, 'unverifiable'] as const).map((state) => `${count(state)} ${state}`);
  const pending = objects.filter(({ isPending }) => isPending);
  const unrendered = appliers.filter(isUnrendered);
  return [
    `${objects.length} objects of ${new Set(objects.map(({ by }) => by)).size} Kustomizations and releases: ${states.filter((text) => !text.startsWith('0 ')).join(', ')}`,
    ...(pending.length > 0
      ? [
          `Git is ahead (${head.slice(0, 12)}): ${nameSome(
            pending.map(({ ref }) => ref),
            5,
          )} will change when Flux gets to it`,
        ]
      : []),
    ...(unrendered.length > 0
      ? [
          `not compared: ${nameSome(
            unrendered.map(({ ref, status, reason }) => `${ref} (${reason ?? status})`),
            4,
          )}`,
        ]
      : []),
  ];
}

function appliersOf({ appliers }: DriftReport, objects: readonly ObjectDrift[], { limit }: DriftPage): Table {
  const byApplier = Map.groupBy(objects, ({ by }) => by);
  const known = new Map(appliers.map((applier) => [applier.ref, applier]));
  const rows = [...byApplier]
    .toSorted(([a], [b]) => byText(a, b))
    .flatMap(([ref, own]): Row[] => {
      const count = (state: DriftState): number => own.filter((one) => one.state === state).length;
      const counts = [...DIFFERS, 'unverifiable' as const].map(count);
      const status = known.get(ref)?.status;
      const isClean =
        counts.every((number) => number === 0) &&
        (status === undefined || status === 'ok' || status === 'generated');
      return isClean ? [] : [[ref, own.length, ...counts]];
    });
  const columns = ['kustomization', 'objects', ...DIFFERS, 'unverifiable'];
  return paginate(rows, { columns, limit, budget: BUDGET.appliers, narrow: 'name a kustomization' });
}

function rowsOf(object: ObjectDrift, isNarrow: boolean): Row[] {
  const { ref, state, place, told, why, fields } = object;
  const where = place ? `${place.file}:${place.line}` : null;
  const shown = isNarrow ? fields : fields.filter(({ isBenign }) => !isBenign);
  if (shown.length === 0)
    return [[ref, state, null, null, null, null, null, told?.fate ?? null, told?.why ?? why ?? null, where]];
  return shown.map((field) => fieldRow(ref, state, field, where));
}

function fieldRow(ref: string, state: DriftState, field: FieldDrift, where: string | null): Row {
  const { path, live = null, git = null, who = null, when = null, told } = field;
  return [ref, state, path, live, git, who, when, told.fate, told.why, where];
}

function unverifiableOf(objects: readonly ObjectDrift[]): DriftAnswer['unverifiable'] {
  const open = objects.filter(
    ({ state, why }) => state === 'unverifiable' || (state === 'clean' && why !== undefined),
  );
  const byWhy = Map.groupBy(open, ({ why }) => why ?? 'not compared');
  return [...byWhy]
    .map(([why, own]) => ({
      why,
      count: own.length,
      objects: nameSome(
        own.map(({ ref }) => ref),
        3,
      ),
    }))
    .toSorted((a, b) => b.count - a.count || byText(a.why, b.why))
    .slice(0, 12);
}
