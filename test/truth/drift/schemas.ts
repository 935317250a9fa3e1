import type { JsonObject } from '../../../src/domain/desired/engine.ts';

/** What an OpenAPI v3 schema says about how values of a field are merged. */
export interface Schema {
  /** The value is one, whatever is in it. */
  isAtomic: boolean;
  /** A list of values that are told apart by themselves. */
  isSet: boolean;
  /** What tells the items of a list apart; none for a set. */
  keys: readonly { name: string; fallback: unknown }[];
  field(name: string): Schema;
  items(): Schema;
}

/** Schemas of a document, each by its name in `components`. */
type Components = Readonly<Record<string, JsonObject>>;

/** The schema of a kind in its group-version's document; without one, maps are gone through and lists are atomic. */
export function schemaOf(
  document: JsonObject,
  { apiVersion, kind }: { apiVersion: string; kind: string },
): Schema {
  const components = ((document['components'] ?? {}) as JsonObject)['schemas'] as Components;
  const [group, version] = apiVersion.includes('/') ? apiVersion.split('/') : ['', apiVersion];
  const found = Object.values(components).find((schema) =>
    ((schema['x-kubernetes-group-version-kind'] ?? []) as JsonObject[]).some(
      (named) => named['group'] === group && named['version'] === version && named['kind'] === kind,
    ),
  );
  return read(found, components);
}

function read(written: JsonObject | undefined, components: Components): Schema {
  const schema = resolved(written ?? {}, components);
  const properties = (schema['properties'] ?? {}) as Record<string, JsonObject>;
  const items = schema['items'] as JsonObject | undefined;
  const listType = schema['x-kubernetes-list-type'];
  const isList = schema['type'] === 'array';
  return {
    isAtomic:
      schema['x-kubernetes-map-type'] === 'atomic' || (isList && listType !== 'map' && listType !== 'set'),
    isSet: listType === 'set',
    keys: ((schema['x-kubernetes-list-map-keys'] ?? []) as string[]).map((name) => ({
      name,
      fallback: fallbackOf(name, items, components),
    })),
    field: (name) => fieldOf(name, properties, schema['additionalProperties'], components),
    items: () => read(items, components),
  };
}

function fieldOf(
  name: string,
  properties: Record<string, JsonObject>,
  others: unknown,
  components: Components,
): Schema {
  const found =
    properties[name] ?? (typeof others === 'object' && others !== null ? (others as JsonObject) : undefined);
  return found === undefined ? UNKNOWN : read(found, components);
}

/** Where no schema reaches, as the API server deduces it: every list is one value. */
const UNKNOWN: Schema = {
  isAtomic: false,
  isSet: false,
  keys: [],
  field: () => UNKNOWN,
  items: () => UNKNOWN,
};

function fallbackOf(name: string, items: JsonObject | undefined, components: Components): unknown {
  const properties = resolved(items ?? {}, components)['properties'] as
    | Record<string, JsonObject>
    | undefined;
  return properties?.[name]?.['default'];
}

/** The schema that a reference leads to, under what is written beside the reference. */
function resolved(schema: JsonObject, components: Components): JsonObject {
  const [first] = (schema['allOf'] ?? [schema]) as JsonObject[];
  const reference = first?.['$ref'];
  if (typeof reference !== 'string') return schema;
  const { allOf: _allOf, $ref: _ref, ...beside } = schema;
  return { ...components[reference.replace('#/components/schemas/', '')], ...beside };
}
