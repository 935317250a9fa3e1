import { isDeepStrictEqual } from 'node:util';

/** Where two values first differ, as a path with both sides; undefined when they are equal. */
export function firstDifference(a: unknown, b: unknown, path = ''): string | undefined {
  if (isDeepStrictEqual(a, b)) return undefined;
  if (!isContainer(a) || !isContainer(b)) return `${path}: ${brief(a)} against ${brief(b)}`;
  for (const key of new Set([...Object.keys(a), ...Object.keys(b)])) {
    const found = firstDifference(a[key], b[key], `${path}[${key}]`);
    if (found !== undefined) return found;
  }
  return `${path}: a list against a map`;
}

function isContainer(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

function brief(value: unknown): string {
  return (JSON.stringify(value) ?? 'nothing').slice(0, 120);
}
