import { isDeepStrictEqual } from 'node:util';

import type { FieldChange, Json, JsonObject } from '../../../src/domain/desired/engine.ts';
import type { Schema } from './schemas.ts';

/** A difference without who owns it. */
export type Difference = Omit<FieldChange, 'owners'>;

/**
 * What differs between an object before and after, as leaves: maps are gone through, items of keyed lists and sets are told
 * whole, atomic lists and maps as one value; so is a map or list that one side does not have at all. Written for the tests, apart from the engine, so that it can judge it.
 */
export function differences(before: JsonObject, after: JsonObject, schema: Schema): Difference[] {
  const found = compare(withoutServerFields(before), withoutServerFields(after), schema, '');
  return withoutServerChoices(found).toSorted((a, b) => (a.path < b.path ? -1 : 1));
}

/** Fields that only the API server writes, and counters that it keeps in annotations. */
function withoutServerFields(object: JsonObject): JsonObject {
  const { status: _status, metadata, ...rest } = object;
  const { managedFields, resourceVersion, uid, generation, creationTimestamp, ...kept } =
    metadata as JsonObject;
  void [managedFields, resourceVersion, uid, generation, creationTimestamp];
  const annotations = Object.entries((kept['annotations'] ?? {}) as JsonObject);
  const own = annotations.filter(([name]) => !COUNTERS.has(name));
  const { annotations: _annotations, ...others } = kept;
  const left = own.length > 0 && { annotations: Object.fromEntries(own) };
  return { ...rest, metadata: { ...others, ...left } };
}

/** What the API server chooses for a Service, or drops, as its type changes: nobody else has a say in it. */
export function withoutServerChoices(found: readonly Difference[]): Difference[] {
  const isRetyped = found.some(({ path }) => path === '.spec.type');
  return found.filter(({ path, does }) => !(isRetyped && does !== 'changes' && CHOSEN.test(path)));
}

const CHOSEN = /^\.spec\.(?:externalTrafficPolicy|healthCheckNodePort|ports\[[^\]]*\]\.nodePort)$/;

const COUNTERS: ReadonlySet<string> = new Set([
  'deprecated.daemonset.template.generation',
  'deployment.kubernetes.io/revision',
]);

function compare(
  before: Json | undefined,
  after: Json | undefined,
  schema: Schema,
  path: string,
): Difference[] {
  if (isDeepStrictEqual(before, after)) return [];
  if (schema.isAtomic || !isWalked(before, after, schema)) return [told(before, after, path)].filter(isReal);
  if (Array.isArray(before) || Array.isArray(after))
    return compareLists((before ?? []) as readonly Json[], (after ?? []) as readonly Json[], schema, path);
  return compareMaps((before ?? {}) as JsonObject, (after ?? {}) as JsonObject, schema, path);
}

/** Both are maps, or both lists of items that can be told apart; what is absent on one side is told whole. */
function isWalked(before: Json | undefined, after: Json | undefined, schema: Schema): boolean {
  if (Array.isArray(before) && Array.isArray(after)) return schema.isSet || schema.keys.length > 0;
  return isMap(before) && isMap(after);
}

function isMap(value: Json | undefined): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function told(before: Json | undefined, after: Json | undefined, path: string): Difference {
  const sides = {
    ...(before !== undefined && { live: before }),
    ...(after !== undefined && { desired: after }),
  };
  if (before === undefined) return { path, does: 'adds', ...sides };
  return { path, does: after === undefined ? 'removes' : 'changes', ...sides };
}

function isReal({ live, desired }: Difference): boolean {
  return live !== undefined || desired !== undefined;
}

function compareMaps(before: JsonObject, after: JsonObject, schema: Schema, path: string): Difference[] {
  const names = new Set([...Object.keys(before), ...Object.keys(after)]);
  return [...names].flatMap((name) =>
    compare(before[name], after[name], schema.field(name), path + spelled(name)),
  );
}

function spelled(name: string): string {
  return /^[A-Za-z_$][A-Za-z0-9_-]*$/.test(name) ? `.${name}` : `[${JSON.stringify(name)}]`;
}

function compareLists(
  before: readonly Json[],
  after: readonly Json[],
  schema: Schema,
  path: string,
): Difference[] {
  const [left, right] = [itemsOf(before, schema), itemsOf(after, schema)];
  return [...new Set([...left.keys(), ...right.keys()])].flatMap((key) => {
    const [old, now] = [left.get(key), right.get(key)];
    if (old === undefined || now === undefined) return [told(old, now, path + key)];
    return compare(old, now, schema.items(), path + key);
  });
}

/** Items by what tells them apart; those of a list without a type cannot be and never come here. */
function itemsOf(list: readonly Json[], schema: Schema): Map<string, Json> {
  return new Map(list.map((item) => [keyOf(item, schema), item]));
}

function keyOf(item: Json, { keys }: Schema): string {
  if (keys.length === 0) return `[=${JSON.stringify(item)}]`;
  const parts = keys.map(
    ({ name, fallback }) => `${name}=${JSON.stringify((item as JsonObject)[name] ?? fallback)}`,
  );
  return `[${parts.toSorted().join(',')}]`;
}
