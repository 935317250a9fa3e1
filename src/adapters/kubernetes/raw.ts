import { isRecord } from '#domain/record.ts';

/**
 * Reads fields of raw JSON. A field that is missing, null or of another type than asked for is absent; nothing throws,
 * whatever the cluster sends.
 */

type Key = string | number;

/** The value at a path, unchecked. */
export function at(raw: unknown, ...path: readonly Key[]): unknown {
  let value = raw;
  for (const key of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<Key, unknown>)[key];
  }
  return value;
}

/** A string that is not empty. */
export function string(raw: unknown, ...path: readonly Key[]): string | undefined {
  const value = at(raw, ...path);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

export function number(raw: unknown, ...path: readonly Key[]): number | undefined {
  const value = at(raw, ...path);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** A number, or 0. */
export function count(raw: unknown, ...path: readonly Key[]): number {
  return number(raw, ...path) ?? 0;
}

export function boolean(raw: unknown, ...path: readonly Key[]): boolean | undefined {
  const value = at(raw, ...path);
  return typeof value === 'boolean' ? value : undefined;
}

/** True only for the boolean `true`. */
export function isTrue(raw: unknown, ...path: readonly Key[]): boolean {
  return at(raw, ...path) === true;
}

/** The items of a list, or none. */
export function items(raw: unknown, ...path: readonly Key[]): readonly unknown[] {
  const value = at(raw, ...path);
  return Array.isArray(value) ? value : [];
}

/** The strings of a list, or none. */
export function strings(raw: unknown, ...path: readonly Key[]): string[] {
  return items(raw, ...path).filter((item) => typeof item === 'string');
}

/** The entries of a map whose values are strings. */
export function stringMap(raw: unknown, ...path: readonly Key[]): Record<string, string> {
  const entries = keys(raw, ...path).map((key) => [key, at(raw, ...path, key)] as const);
  return Object.fromEntries(
    entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'),
  );
}

/** The keys of a map, or none. */
export function keys(raw: unknown, ...path: readonly Key[]): string[] {
  const value = at(raw, ...path);
  return isRecord(value) ? Object.keys(value) : [];
}

/** An int-or-string, as text. */
export function intOrString(raw: unknown, ...path: readonly Key[]): string | undefined {
  const value = number(raw, ...path);
  return value === undefined ? string(raw, ...path) : String(value);
}

/** A time as RFC 3339; a text that is no time is absent. */
export function time(raw: unknown, ...path: readonly Key[]): string | undefined {
  const value = string(raw, ...path);
  return value !== undefined && /^\d{4}-\d\d-\d\dT/.test(value) && !Number.isNaN(Date.parse(value))
    ? value
    : undefined;
}
