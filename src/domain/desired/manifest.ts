import { isRecord } from '../record.ts';
import { refOf } from '../objects/meta.ts';
import type { Json, JsonObject } from './engine.ts';

/** True for a map. */
export function isObject(value: Json | undefined): value is JsonObject {
  return isRecord(value);
}

/** True for a list. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** A map below a key; an empty one where there is none. */
export function mapAt(map: JsonObject, key: string): JsonObject {
  const value = map[key];
  return isObject(value) ? value : {};
}

/** A text below a key; empty where there is none. */
export function textAt(map: JsonObject, key: string): string {
  const value = map[key];
  return typeof value === 'string' ? value : '';
}

/** The maps of a list below a key. */
export function mapsAt(map: JsonObject, key: string): JsonObject[] {
  const value = map[key];
  return isList(value) ? value.filter((item): item is JsonObject => isObject(item)) : [];
}

/** The API group of a manifest; empty for the core group. */
export function groupIn(object: JsonObject): string {
  const version = textAt(object, 'apiVersion');
  return version.includes('/') ? version.slice(0, version.lastIndexOf('/')) : '';
}

/** `Kind/namespace/name` of a manifest. */
export function refIn(object: JsonObject): string {
  const metadata = mapAt(object, 'metadata');
  const namespace = textAt(metadata, 'namespace');
  return refOf({
    kind: textAt(object, 'kind'),
    name: textAt(metadata, 'name'),
    ...(namespace !== '' && { namespace }),
  });
}

/** Group, kind, namespace and name: the same object in whatever version. */
export function idIn(object: JsonObject): string {
  return `${groupIn(object)} ${refIn(object)}`;
}
