import { byText } from '../text.ts';
import { FLUX_STATES, type FluxState, type FluxVerdict } from './verdict.ts';

/** Objects counted by kind and state; a state that no object has is no column. */
export interface Totals {
  columns: string[];
  rows: (string | number)[][];
}

/** One row a kind, in alphabetical order; columns from the worst state to ready. */
export function totalsOf(verdicts: readonly FluxVerdict[]): Totals {
  const states = FLUX_STATES.filter((state) => countOf(verdicts, state) > 0);
  const byKind = [...Map.groupBy(verdicts, ({ object }) => object.kind)].toSorted(([a], [b]) => byText(a, b));
  return {
    columns: ['kind', 'total', ...states],
    rows: byKind.map(([kind, of]) => [kind, of.length, ...states.map((state) => countOf(of, state))]),
  };
}

/** How many are in one of the states. */
export function countOf(verdicts: readonly { state: FluxState }[], ...states: readonly FluxState[]): number {
  return verdicts.filter(({ state }) => states.includes(state)).length;
}
