/** Whether two JSON-like values are the same; the order of keys does not matter, types do. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) || Array.isArray(b)) {
    return (
      Array.isArray(a) &&
      Array.isArray(b) &&
      a.length === b.length &&
      a.every((item, at) => sameValue(item, b[at]))
    );
  }
  const keys = Object.keys(a);
  if (keys.length !== Object.keys(b).length) return false;
  return keys.every((key) => Object.hasOwn(b, key) && sameValue(member(a, key), member(b, key)));
}

/** A copy in which one place holds another value; everything else is shared with the original. */
export function withValue(whole: unknown, path: readonly (string | number)[], value: unknown): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return value;
  if (Array.isArray(whole)) {
    const copy: unknown[] = [...whole];
    copy[Number(step)] = withValue(copy[Number(step)], rest, value);
    return copy;
  }
  if (typeof step === 'number') return [withValue(undefined, rest, value)];
  return { ...asRecord(whole), [step]: withValue(member(asRecord(whole), step), rest, value) };
}

/** A copy without one place. */
export function withoutValue(whole: unknown, path: readonly (string | number)[]): unknown {
  const [step, ...rest] = path;
  if (step === undefined) return undefined;
  if (rest.length === 0) {
    if (Array.isArray(whole)) return whole.toSpliced(Number(step), 1);
    return Object.fromEntries(Object.entries(asRecord(whole)).filter(([key]) => key !== String(step)));
  }
  const inner = Array.isArray(whole)
    ? (whole[Number(step)] as unknown)
    : member(asRecord(whole), String(step));
  return withValue(whole, [step], withoutValue(inner, rest));
}

/** Parts of a value and its deepest level, counted without recursion; stops at the bounds. */
export function isModest(value: unknown, { parts, depth }: { parts: number; depth: number }): boolean {
  const queue: [value: unknown, level: number][] = [[value, 0]];
  for (let seen = 0; ; seen += 1) {
    const entry = queue.pop();
    if (entry === undefined) return true;
    const [current, level] = entry;
    if (seen > parts || level > depth) return false;
    if (typeof current !== 'object' || current === null) continue;
    for (const child of Object.values(current)) queue.push([child, level + 1]);
  }
}

function asRecord(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}

function member(value: object, key: string): unknown {
  return (value as Record<string, unknown>)[key];
}
