import { type Row, type Table, paginate } from '../table.ts';
import { byText, clip, clipMiddle, nameSome } from '../text.ts';
import type { ApplierDrift, DriftReport, DriftState, ObjectDrift } from './report.ts';

/** What a comparison comes to: the worst that is true of any object. */
export type Verdict = 'clean' | 'drifted' | 'pending' | 'unverifiable';

/** Objects that could not be compared, or not in full, for one reason. */
export interface Unverifiable {
  why: string;
  count: number;
  objects: string;
}

/** Worst first. */
export const DIFFERS: readonly DriftState[] = ['drifted', 'deleted', 'extra', 'pending', 'missing'];
const STATES = ['clean', ...DIFFERS, 'unverifiable'] as const;

/** What Git does not have any more counts as drift only where that was applied. */
export function verdictOf({ appliers }: DriftReport, objects: readonly ObjectDrift[]): Verdict {
  const has = (...states: DriftState[]): boolean => objects.some(({ state }) => states.includes(state));
  const isLeft = objects.some(({ state, isPending }) => state === 'extra' && !isPending);
  if (has('drifted', 'deleted') || isLeft) return 'drifted';
  if (has('pending', 'missing', 'extra') || objects.some(({ isPending }) => isPending)) return 'pending';
  return has('unverifiable') || appliers.some(isUnrendered) ? 'unverifiable' : 'clean';
}

/** A Kustomization of whose objects nothing is known. */
export function isUnrendered({ status, objects }: ApplierDrift): boolean {
  return !isRendered(status) && objects === 0;
}

function isRendered(status: string): boolean {
  return status === 'ok' || status === 'generated';
}

/** Three sentences at most: how many are how, what Git's head will change, what could not be rendered. */
export function summaryOf({ appliers, head }: DriftReport, objects: readonly ObjectDrift[]): string[] {
  const count = (state: DriftState): number => objects.filter((one) => one.state === state).length;
  const states = STATES.filter((state) => count(state) > 0).map((state) => `${count(state)} ${state}`);
  const by = new Set(objects.map((object) => object.by)).size;
  const pending = objects.filter(({ isPending }) => isPending).map(({ ref }) => ref);
  const unrendered = appliers.filter(isUnrendered).map(({ ref, status, reason }) => {
    return `${ref} (${clip(reason ?? status, 120)})`;
  });
  return [
    `${objects.length} objects of ${by} Kustomizations and releases${states.length > 0 ? `: ${states.join(', ')}` : ''}`,
    ...(pending.length > 0
      ? [`Git is ahead (${head.slice(0, 12)}): ${nameSome(pending, 3)} will change when Flux gets to it`]
      : []),
    ...(unrendered.length > 0 ? [`not compared: ${nameSome(unrendered, 3)}`] : []),
  ];
}

/** A row for each Kustomization or release that is not clean; those without objects only where everything was asked for. */
export function appliersOf(
  { appliers }: DriftReport,
  objects: readonly ObjectDrift[],
  { limit, budget, isFiltered }: { limit: number; budget: number; isFiltered: boolean },
): Table {
  const byApplier = Map.groupBy(objects, ({ by }) => by);
  const statuses = new Map(appliers.map(({ ref, status }) => [ref, status]));
  const bare = isFiltered ? [] : appliers.filter(isUnrendered).map(({ ref }) => ref);
  const refs = [...new Set([...byApplier.keys(), ...bare])].toSorted(byText);
  const rows = refs.flatMap((ref) => applierRow(ref, statuses.get(ref), byApplier.get(ref) ?? []));
  const columns = ['kustomization', 'rendered', 'objects', ...STATES, 'ahead'];
  return paginate(rows, { columns, limit, budget, narrow: 'name a kustomization' });
}

function applierRow(ref: string, status: string | undefined, own: readonly ObjectDrift[]): Row[] {
  const counts = STATES.map((state) => own.filter((one) => one.state === state).length);
  const ahead = own.filter(({ isPending }) => isPending).length;
  const isClean = counts[0] === own.length && ahead === 0 && (status === undefined || isRendered(status));
  return isClean ? [] : [[ref, status ?? null, own.length, ...counts, ahead]];
}

const MOST_REASONS = 6;

/** What could not be compared, or not in full, by reason; the commonest first. */
export function unverifiableOf(objects: readonly ObjectDrift[]): Unverifiable[] {
  const open = objects.filter(
    ({ state, why }) => state === 'unverifiable' || (state === 'clean' && why !== undefined),
  );
  const byWhy = Map.groupBy(open, ({ why }) => clip(why ?? 'not compared', 140));
  const groups = [...byWhy].toSorted(([a, x], [b, y]) => y.length - x.length || byText(a, b));
  const rest = groups.slice(MOST_REASONS).flatMap(([, own]) => own);
  return [
    ...groups.slice(0, MOST_REASONS).map(([why, own]) => groupOf(why, own)),
    ...(rest.length > 0 ? [groupOf('other reasons: name a kustomization or an object', rest)] : []),
  ];
}

function groupOf(why: string, own: readonly ObjectDrift[]): Unverifiable {
  const refs = own.map(({ ref }) => ref);
  return { why, count: own.length, objects: clipMiddle(nameSome(refs, 2), 120) };
}
