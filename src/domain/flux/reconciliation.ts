import { z } from 'zod';

import { ToolError } from '../../errors.ts';
import type { Listing } from '../cluster.ts';
import { type Remember, forgetful, momentOf } from '../memory.ts';
import type { FluxObject } from '../objects/flux.ts';
import type { Workload } from '../objects/workload.ts';
import { paginate, Table } from '../table.ts';
import { controllersAmong } from './controllers.ts';
import { judgeFluxWithRoots } from './judge.ts';
import type { ObjectPlaces } from '../locate/object-places.ts';
import { gitOfProblems } from './git-of.ts';
import { type Filter, matches, PROBLEM_COLUMNS, type Problem, problemsOf, rowOf } from './problems.ts';
import { shortRevision } from './revision.ts';
import { type Subject, summaryOf, VERDICTS, verdictOn } from './summary.ts';
import { syncSourceOf } from './sync-source.ts';
import { totalsOf } from './totals.ts';
import type { FluxJudgement } from './verdict.ts';

/** The answer of `reconciliation_status`: verdict, summary and totals look past the `state` filter, `problems` does not. */
export const Reconciliation = z.strictObject({
  verdict: z.enum(VERDICTS),
  summary: z.array(z.string()),
  totals: z.strictObject({
    columns: z.array(z.string()),
    rows: z.array(z.array(z.union([z.string(), z.number()]))),
  }),
  problems: Table,
});

export type Reconciliation = z.infer<typeof Reconciliation>;

/** What was read, and which part of it is asked for. */
export interface ReconciliationInput {
  listings: readonly Listing<FluxObject>[];
  deployments: Listing<Workload>;
  /** True when the policy may keep objects back. */
  scoped: boolean;
  filter: Filter;
  cursor?: string;
  limit: number;
  /** Milliseconds since the epoch. */
  now: number;
  remember?: Remember;
  /** Set where a repository is configured: problems then have a column for the line in Git, empty while `known` is not. */
  places?: { known: ObjectPlaces | undefined };
}

/** Most bytes of the problems in one answer: with totals and envelope it stays under 8 KB. */
const BUDGET = 5_500;

/** Whether everything is reconciled, and what is not. Throws `invalid_input` for a kind that is no served Flux kind. */
export function reconciliationOf(input: ReconciliationInput): Reconciliation {
  const served = input.listings.filter(({ state }) => state !== 'absent');
  const filter = { ...input.filter, kind: kindAsked(input.filter.kind, served) };
  if (served.length === 0) return nothingServed();
  const whole = judge(input);
  const subject = subjectOf(input, whole, { ...filter, state: undefined });
  const isWhole = Object.values(filter).every((part) => part === undefined);
  const problems = isWhole ? subject.problems : problemsOf(whole.judgement, filter);
  return {
    verdict: verdictOn(subject),
    summary: summaryOf(subject),
    totals: totalsOf(subject.verdicts),
    problems: pageOf(problems, { ...input, filter }),
  };
}

function kindAsked(asked: string | undefined, served: readonly Listing<FluxObject>[]): string | undefined {
  if (asked === undefined || served.length === 0) return asked;
  const wanted = asked.toLowerCase();
  const found = served.find(({ kind }) => [kind.toLowerCase(), pluralOf(kind)].includes(wanted));
  if (found) return found.kind;
  throw new ToolError(
    'invalid_input',
    `${asked} is no Flux kind of this cluster`,
    `Use one of ${served.map(({ kind }) => kind).join(', ')}, or leave kind out.`,
  );
}

function pluralOf(kind: string): string {
  return `${kind.toLowerCase().replace(/y$/, 'ie')}s`;
}

function nothingServed(): Reconciliation {
  return {
    verdict: 'absent',
    summary: ['This cluster serves no Flux kind: Flux is not installed, or its CRDs are gone.'],
    totals: { columns: ['kind', 'total'], rows: [] },
    problems: { columns: PROBLEM_COLUMNS, rows: [], total: 0, shown: 0 },
  };
}

/** All that is judged, whatever part of it is asked for. */
interface Whole extends Pick<Subject, 'problems' | 'notes'> {
  judgement: FluxJudgement;
}

function judge(input: ReconciliationInput): Whole {
  const { listings, deployments, scoped, now, remember = forgetful } = input;
  const madeOf = [...listings, deployments].flatMap(({ kind, state, items }) => [kind, state, items]);
  return remember('reconciliation', [...madeOf, scoped, momentOf(now)], () => {
    const judgement = judgeAnew(input);
    return { judgement, problems: problemsOf(judgement, {}), notes: notesOf(input) };
  });
}

function judgeAnew({ listings, deployments, scoped, now }: ReconciliationInput): FluxJudgement {
  const unreadableKinds = [...listings, deployments]
    .filter(({ state }) => state === 'unknown')
    .map(({ kind }) => kind);
  return judgeFluxWithRoots({
    objects: listings.flatMap(({ items }) => items),
    controllers: deployments.items,
    now,
    hiddenPossible: scoped,
    unreadableKinds,
  });
}

function subjectOf(
  input: ReconciliationInput,
  { judgement, problems, notes }: Whole,
  scope: Filter,
): Subject {
  const verdicts = judgement.verdicts.filter((verdict) => matches(verdict, scope));
  const causes = new Set(verdicts.flatMap(({ causedBy }) => causedBy));
  const whole = scope.namespace === undefined && scope.kind === undefined && scope.name === undefined;
  const doubtful = input.listings.filter(({ state }) => state === 'unknown' || state === 'stale');
  const unread = doubtful.filter(({ kind }) => scope.kind === undefined || scope.kind === kind);
  return {
    verdicts,
    problems: whole ? problems : problems.filter((one) => matches(one, scope) || causes.has(one.ref)),
    unread: unread.map(({ kind, state, why }) => `${kind} (${why ?? state})`),
    notes,
  };
}

function notesOf({ listings, deployments }: ReconciliationInput): string[] {
  const { byName } = controllersAmong(deployments.items, false);
  const running =
    byName.size > 0 ? `Flux controllers seen: ${byName.size}.` : 'No Flux controller could be seen.';
  const source = syncSourceOf(listings.flatMap(({ items }) => items));
  if (source === undefined) return [running];
  const revision = source.revision === undefined ? '' : ` at ${shortRevision(source.revision)}`;
  return [running, `The cluster follows ${source.ref}${revision}.`];
}

function pageOf(problems: readonly Problem[], input: ReconciliationInput): Table {
  const { cursor, limit, now, filter, places } = input;
  const gitOf = places && gitOfProblems(places.known, input);
  return paginate(
    problems.map((problem, at) => {
      const row = rowOf(problem, now);
      return gitOf ? [...row, (at < MOST_LINES ? gitOf(problem) : undefined) ?? null] : row;
    }),
    {
      columns: gitOf ? [...PROBLEM_COLUMNS, 'git'] : PROBLEM_COLUMNS,
      cursor,
      limit,
      budget: BUDGET,
      question: JSON.stringify(filter),
      narrow: 'narrow by namespace, kind, state or name',
    },
  );
}

/** Problems further down have no line: nobody reads on to them without narrowing first. */
const MOST_LINES = 100;
