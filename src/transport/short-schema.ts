import { isRecord } from '#domain/record.ts';

/** What a model gains nothing from, and every session would pay for: it is checked all the same. */
const LEFT_OUT = new Set([
  '$schema',
  'minLength',
  'maxLength',
  'minimum',
  'maximum',
  'minItems',
  'maxItems',
  'pattern',
  'propertyNames',
]);

type Schema = Readonly<Record<string, unknown>>;

/** A JSON schema with what a caller has to know: names, types and meanings, without bounds, unions folded into one. */
export function shortened(schema: unknown): unknown {
  if (!isRecord(schema)) return schema;
  const kept = Object.entries(schema).filter(([key, value]) => !LEFT_OUT.has(key) && !isStrict(key, value));
  const short = Object.fromEntries(kept.map(([key, value]) => [key, shortenedAt(key, value)]));
  const { anyOf, ...rest } = short;
  return Array.isArray(anyOf) ? { ...folded(anyOf.filter(isRecord)), ...rest } : short;
}

/** Every input is strict; saying so at each level costs more than all the names. */
function isStrict(key: string, value: unknown): boolean {
  return key === 'additionalProperties' && value === false;
}

function shortenedAt(key: string, value: unknown): unknown {
  if (key === 'properties' && isRecord(value)) return mapValues(value);
  if (key === 'anyOf' && Array.isArray(value)) return value.map(shortened);
  return key === 'items' || key === 'additionalProperties' ? shortened(value) : value;
}

function mapValues(properties: Schema): Schema {
  return Object.fromEntries(Object.entries(properties).map(([name, schema]) => [name, shortened(schema)]));
}

/**
 * One schema for several: objects with the properties of all, of which those are required that all require; values of any
 * type as no demand at all; else the simple types, since a list form beside them only says the same at more length.
 */
function folded(alternatives: readonly Schema[]): Schema {
  const types = alternatives.map(({ type }) => type);
  if (types.every((type) => type === 'object')) return foldedObjects(alternatives);
  if (types.includes('object')) return {};
  const simple = types.filter((type) => type !== 'array');
  return { type: simple.length === 1 ? simple[0] : simple };
}

function foldedObjects(alternatives: readonly Schema[]): Schema {
  const properties = alternatives.map((one) => (isRecord(one['properties']) ? one['properties'] : {}));
  const required = alternatives.map((one) => new Set(Array.isArray(one['required']) ? one['required'] : []));
  const [first = new Set()] = required;
  return {
    type: 'object',
    properties: Object.assign({}, ...properties) as Schema,
    required: [...first].filter((name) => required.every((names) => names.has(name))),
  };
}
