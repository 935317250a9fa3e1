import { byText } from '../text.ts';
import type { Json, JsonObject } from './engine.ts';
import { isList, isObject } from './manifest.ts';

const TOKEN = /zq([0-9a-f]+)qz|jx([0-9a-f]+)xjxj/g;

/** Text that stands for a variable's value: survives YAML, is no number, and is found again in whatever it is put into. */
export function sentinelOf(name: string): string {
  return `zq${hexOf(name)}qz`;
}

/** Another for the same: not one character is the same in both, so that any part that is cut out differs. */
export function otherSentinelOf(name: string): string {
  return `jx${inverted(hexOf(name))}xjxj`;
}

function hexOf(name: string): string {
  return Buffer.from(name).toString('hex');
}

function inverted(hex: string): string {
  return hex.replaceAll(/./g, (digit) => (15 - Number.parseInt(digit, 16)).toString(16));
}

function nameOf(hex: string | undefined, other: string | undefined): string {
  return Buffer.from(hex ?? inverted(other ?? ''), 'hex').toString();
}

/** A text with its sentinels as `${NAME}`. */
export function withNames(text: string): string {
  return text.replaceAll(TOKEN, (_, hex?: string, other?: string) => `\${${nameOf(hex, other)}}`);
}

/** Names of the variables whose sentinels a text holds. */
export function namesIn(text: string): string[] {
  const names = [...text.matchAll(TOKEN)].map(([, hex, other]) => nameOf(hex, other));
  return [...new Set(names)].toSorted(byText);
}

/** Names of the variables whose sentinels an object holds, also where a Secret has them encoded. */
export function namesWithin(object: JsonObject): string[] {
  const encoded = Object.values(encodedIn(object)).flatMap((value) => namesIn(decoded(value)));
  return [...new Set([...namesIn(JSON.stringify(object)), ...encoded])];
}

function encodedIn(object: JsonObject): JsonObject {
  return object['kind'] === 'Secret' && isObject(object['data']) ? object['data'] : {};
}

function decoded(value: Json | undefined): string {
  return typeof value === 'string' ? Buffer.from(value, 'base64').toString() : '';
}

/** What is shown where a value depends on a variable, but does not hold it as it is. */
const DEPENDS = '[depends on a variable]';

/**
 * Paths at which an object depends on variables that are not plain, to what is shown there. `veiled` is the same object with
 * sentinels, `names` says what numbers stand for variables. Keys of maps that differ close the map, lists of other lengths
 * the list.
 */
export function holesIn(
  object: JsonObject,
  veiled: JsonObject,
  names: ReadonlyMap<string, string> = new Map(),
): Map<string, string> {
  const holes = new Map<string, string>();
  const note = (path: string, value: Json | undefined, other: Json | undefined): void => {
    if (isObject(value) && isObject(other) && sameKeys(value, other))
      for (const [key, inner] of Object.entries(value)) note(path + fieldOf(key), inner, other[key]);
    else if (isList(value) && isList(other) && value.length === other.length)
      for (const [at, inner] of value.entries()) note(`${path}[${itemOf(other[at], at)}]`, inner, other[at]);
    else if (value !== other || hasName(other)) holes.set(path, shown(other, names));
  };
  note('', object, veiled);
  for (const [key, value] of Object.entries(encodedIn(veiled))) {
    const [name] = namesIn(decoded(value));
    if (name !== undefined && !holes.has('.data')) holes.set(`.data${fieldOf(key)}`, `\${${name}}`);
  }
  return holes;
}

function hasName(value: Json | undefined): boolean {
  return value !== undefined && namesIn(JSON.stringify(value)).length > 0;
}

function shown(veiled: Json | undefined, names: ReadonlyMap<string, string>): string {
  if (typeof veiled !== 'string' && typeof veiled !== 'number') return DEPENDS;
  const text = withNames(String(veiled).replaceAll(/\d+/g, (digits) => names.get(digits) ?? digits));
  return text.includes('${') ? text : DEPENDS;
}

/** A key that holds a sentinel makes the keys differ from what they will be. */
function sameKeys(a: JsonObject, b: JsonObject): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && namesIn(key).length === 0);
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
