import type { Json, JsonObject } from '../desired/engine.ts';
import { isList, isObject } from '../desired/manifest.ts';
import { fieldOf } from '../desired/sentinels.ts';
import { byText } from '../text.ts';

/** One field in which two objects differ; a side that lacks it is undefined. `path` is spelled as in a FieldChange. */
export interface FieldDifference {
  path: string;
  before?: Json;
  after?: Json;
}

/** Keys by which Kubernetes' own lists are maps, the most telling first. */
const LIST_KEYS = ['name', 'key', 'mountPath', 'containerPort', 'port', 'path', 'topologyKey', 'ip'] as const;

/** Fields in which two manifests differ, in the order of their paths; list items are matched by their key where all have one. */
export function differencesOf(before: JsonObject, after: JsonObject): FieldDifference[] {
  return compare('', before, after);
}

function compare(path: string, before: Json | undefined, after: Json | undefined): FieldDifference[] {
  if (isSame(before, after)) return [];
  if (isObject(before) && isObject(after)) return compareMaps(path, before, after);
  if (isList(before) && isList(after)) return compareLists(path, before, after);
  return [
    { path: path || '.', ...(before !== undefined && { before }), ...(after !== undefined && { after }) },
  ];
}

function compareMaps(path: string, before: JsonObject, after: JsonObject): FieldDifference[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])].toSorted(byText);
  return keys.flatMap((key) => compare(path + fieldOf(key), before[key], after[key]));
}

function compareLists(path: string, before: readonly Json[], after: readonly Json[]): FieldDifference[] {
  const key = LIST_KEYS.find((one) => isKeyed(before, one) && isKeyed(after, one));
  if (key === undefined) return [{ path, before, after }];
  const [old, now] = [byKey(before, key), byKey(after, key)];
  const names = [...new Set([...old.keys(), ...now.keys()])].toSorted(byText);
  return names.flatMap((name) => compare(`${path}[${key}=${name}]`, old.get(name), now.get(name)));
}

function isKeyed(items: readonly Json[], key: string): boolean {
  const values = items.map((item) => (isObject(item) ? item[key] : undefined));
  const usable = values.every((value) => typeof value === 'string' || typeof value === 'number');
  return usable && new Set(values).size === values.length;
}

function byKey(items: readonly Json[], key: string): Map<string, Json> {
  return new Map(items.map((item) => [JSON.stringify(isObject(item) ? item[key] : null), item]));
}

/** Whether two values are equal; the order of keys does not count. */
function isSame(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true;
  if (isList(a) && isList(b)) return a.length === b.length && a.every((item, at) => isSame(item, b[at]));
  if (!isObject(a) || !isObject(b)) return false;
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => key in b && isSame(a[key], b[key]));
}
