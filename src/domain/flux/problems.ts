import { ageOf } from '../duration.ts';
import type { Row } from '../table.ts';
import { byText, clipMiddle, nameSome } from '../text.ts';
import { pendingRequest } from './pending.ts';
import {
  FLUX_STATES,
  type FluxJudgement,
  type FluxState,
  type FluxVerdict,
  type OuterRoot,
} from './verdict.ts';

/** Which objects an answer is about; all parts are joined by AND. */
export interface Filter {
  namespace?: string;
  kind?: string;
  /** Part of the name. */
  name?: string;
  state?: FluxState;
}

/** An object or an outer root, with the refs of all that it keeps from being ready. */
export interface Problem extends OuterRoot {
  causedBy: readonly string[];
  blocked: readonly string[];
}

export const PROBLEM_COLUMNS = ['ref', 'state', 'reason', 'message', 'age', 'causedBy', 'blocks', 'blocked'];

/** What is not fine, roots first; what only waits for a listed root is folded into it. `state: ready` lists ready ones. */
export function problemsOf(judgement: FluxJudgement, filter: Filter): Problem[] {
  const blocked = consequencesOf(judgement.verdicts);
  const all = [
    ...judgement.verdicts.filter(
      (verdict) => verdict.state !== 'ready' || verdict.requestPending || filter.state,
    ),
    ...judgement.outerRoots.map((root) => ({ ...root, causedBy: [] })),
  ].map((one) => problemOf(one, blocked.get(one.ref) ?? []));
  const asked = all.filter((problem) => matches(problem, filter));
  const listed = new Set(asked.map(({ ref }) => ref));
  return asked.filter((problem) => !isFolded(problem, listed)).toSorted(byWeight);
}

/** By the ref of each root, the refs of the objects that it keeps from being ready. */
function consequencesOf(verdicts: readonly FluxVerdict[]): Map<string, string[]> {
  const pairs = verdicts.flatMap(({ ref, causedBy }) => causedBy.map((cause) => ({ cause, ref })));
  const byCause = Map.groupBy(pairs, ({ cause }) => cause);
  return new Map([...byCause].map(([cause, of]) => [cause, of.map(({ ref }) => ref)]));
}

function problemOf(
  one: FluxVerdict | (OuterRoot & { causedBy: string[] }),
  blocked: readonly string[],
): Problem {
  const { ref, state, reason, message, since, causedBy } = one;
  const problem = { ref, state, reason, message, since, causedBy, blocked };
  if (!('object' in one)) return problem;
  const token = pendingRequest(one.object);
  if (state === 'ready' && token !== undefined) {
    return {
      ...problem,
      reason: 'RequestPending',
      message: `the request ${token} is not handled yet`,
      since: token,
    };
  }
  const untried = one.specPending && (state === 'failed' || state === 'stalled' || state === 'blocked');
  return untried ? { ...problem, message: `${message}; a newer spec has not been tried` } : problem;
}

/** Whether a ref and a state are what the filter asks for. */
export function matches({ ref, state }: Pick<Problem, 'ref' | 'state'>, filter: Filter): boolean {
  const [kind, ...rest] = ref.split('/');
  const name = rest.at(-1) ?? '';
  const namespace = rest.length > 1 ? rest[0] : undefined;
  return (
    (filter.kind === undefined || filter.kind === kind) &&
    (filter.namespace === undefined || filter.namespace === namespace) &&
    (filter.state === undefined || filter.state === state) &&
    (filter.name === undefined || name.includes(filter.name))
  );
}

/** States that pass by themselves once the root is gone; a failure is always listed, with its cause. */
const PASSES_WITH_ITS_ROOT: ReadonlySet<FluxState> = new Set(['blocked', 'stale', 'unknown', 'terminating']);

function isFolded({ state, causedBy }: Problem, listed: ReadonlySet<string>): boolean {
  return PASSES_WITH_ITS_ROOT.has(state) && causedBy.some((cause) => listed.has(cause));
}

function byWeight(a: Problem, b: Problem): number {
  return weightOf(a) - weightOf(b) || b.blocked.length - a.blocked.length || byText(a.ref, b.ref);
}

/** Roots before what they cause, worst state first; a suspended root weighs what it blocks. */
function weightOf({ state, causedBy, blocked }: Problem): number {
  const effective = state === 'suspended' && blocked.length > 0 ? 'blocked' : state;
  return FLUX_STATES.indexOf(effective) + (causedBy.length > 0 ? FLUX_STATES.length : 0);
}

const MESSAGE_LENGTH = 240;
const NAMES = 3;

/** A problem as a row under PROBLEM_COLUMNS; null where there is nothing to tell. */
export function rowOf({ ref, state, reason, message, since, causedBy, blocked }: Problem, now: number): Row {
  return [
    ref,
    state,
    reason,
    clipMiddle(message, MESSAGE_LENGTH),
    ageOf(since, now) ?? null,
    nameSome(causedBy, NAMES) || null,
    blocked.length,
    nameSome(blocked, NAMES) || null,
  ];
}
