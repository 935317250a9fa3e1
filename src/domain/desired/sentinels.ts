import type { Json, JsonObject } from './engine.ts';
import { isList, isObject } from './manifest.ts';
import { byText } from '../text.ts';

const TOKEN = /zq([0-9a-f]+)qz/g;

/** Text that stands for a variable's value: survives YAML, is no number, and is found again in whatever it is put into. */
export function sentinelOf(name: string): string {
  return `zq${Buffer.from(name).toString('hex')}qz`;
}

/** A text with its sentinels as `${NAME}`. */
export function withNames(text: string): string {
  return text.replaceAll(TOKEN, (_, hex: string) => `\${${Buffer.from(hex, 'hex').toString()}}`);
}

/** Names of the variables whose sentinels a text holds. */
export function namesIn(text: string): string[] {
  const names = [...text.matchAll(TOKEN)].map(([, hex = '']) => Buffer.from(hex, 'hex').toString());
  return [...new Set(names)].toSorted(byText);
}

/** What is shown where a value depends on a variable, but does not hold it as it is. */
export const DEPENDS = '[depends on a variable]';

/**
 * Paths at which an object depends on variables that are not plain, to what is shown there. `veiled` is the same object with
 * sentinels; keys of maps that differ close the map, lists of other lengths the list.
 */
export function holesIn(object: JsonObject, veiled: JsonObject): Map<string, string> {
  const holes = new Map<string, string>();
  note('', object, veiled, holes);
  return holes;
}

function note(
  path: string,
  value: Json | undefined,
  veiled: Json | undefined,
  holes: Map<string, string>,
): void {
  if (isObject(value) && isObject(veiled) && sameKeys(value, veiled)) {
    for (const [key, inner] of Object.entries(value)) note(path + fieldOf(key), inner, veiled[key], holes);
  } else if (isList(value) && isList(veiled) && value.length === veiled.length) {
    for (const [at, inner] of value.entries())
      note(`${path}[${itemOf(veiled[at], at)}]`, inner, veiled[at], holes);
  } else noteLeaf(path, value, veiled, holes);
}

function noteLeaf(
  path: string,
  value: Json | undefined,
  veiled: Json | undefined,
  holes: Map<string, string>,
): void {
  const text = typeof veiled === 'string' ? veiled : '';
  if (namesIn(text).length > 0) holes.set(path, withNames(text));
  else if (value !== veiled) holes.set(path, DEPENDS);
}

function sameKeys(a: JsonObject, b: JsonObject): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b);
}

/** A list item by its name where it has one, else by its place. */
function itemOf(item: Json | undefined, at: number): string {
  const name = isObject(item) ? item['name'] : undefined;
  return typeof name === 'string' && namesIn(name).length === 0 ? `name=${JSON.stringify(name)}` : String(at);
}

/** `.name`, or `["a.b/c"]` for a key that would be read as several. */
export function fieldOf(key: string): string {
  return /^[\w-]+$/.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
}
