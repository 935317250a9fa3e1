/** Gives the value that was made last under a name, as long as everything it was made of is the same; else makes it. */
export type Remember = <T>(name: string, madeOf: readonly unknown[], make: () => T) => T;

/** A memory of one value for each name. Lists count as the same when they are one list, or both empty. */
export function createMemory(): Remember {
  const known = new Map<string, { madeOf: readonly unknown[]; value: unknown }>();
  return <T>(name: string, madeOf: readonly unknown[], make: () => T): T => {
    const last = known.get(name);
    if (last && isSame(last.madeOf, madeOf)) return last.value as T;
    const value = make();
    known.set(name, { madeOf, value });
    return value;
  };
}

/** Makes everything anew. */
export const forgetful: Remember = (_name, _madeOf, make) => make();

/** Milliseconds for which what depends on ages may be taken for unchanged; durations in rules are minutes. */
const MOMENT = 30_000;

/** A time as part of what a value is made of. */
export function momentOf(now: number): number {
  return Math.floor(now / MOMENT);
}

function isSame(before: readonly unknown[], after: readonly unknown[]): boolean {
  return before.length === after.length && before.every((one, index) => isEqual(one, after[index]));
}

function isEqual(a: unknown, b: unknown): boolean {
  return a === b || (Array.isArray(a) && Array.isArray(b) && a.length === 0 && b.length === 0);
}
