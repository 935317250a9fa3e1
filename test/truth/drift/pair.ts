import { parse } from 'yaml';

import type { Change } from '../../cluster/field-managers.ts';
import type { Manifest } from '../../cluster/manifest.ts';

/** An object in Git and what is done to the live one. `@NAME` in an object stands for a name of the pair's own. */
export interface DriftPair {
  name: string;
  git: Manifest;
  by: readonly Change[];
  /** The real controller does not see the difference, and so does nothing. */
  isUnseen?: true;
  /** What Git has by the time of the comparison, when that changes too. */
  next?: Manifest;
  /** Where the API server then puts a default that its schema does not name: the paths that we tell instead. */
  told?: readonly string[];
  /** Where the API server refuses what Flux would send: what it says. */
  refused?: RegExp;
}

/** The manifest of a YAML text; namespaced objects go into the namespace of the pairs. */
export function object(text: string): Manifest {
  const parsed = parse(text) as Manifest;
  return { ...parsed, metadata: { ...parsed.metadata, name: parsed.metadata?.name ?? '@NAME' } };
}

/** The object with another spec, merged map by map; lists are replaced and null takes a field away. */
export function withSpec(of: Manifest, spec: string): Manifest {
  return merge(of, { spec: parse(spec) as unknown }) as Manifest;
}

/** A patch as JSON, from YAML. */
export function yaml(text: string): object {
  return parse(text) as object;
}

/** The object with this merged into it. */
export function withFields(of: Manifest, fields: string): Manifest {
  return merge(of, parse(fields) as unknown) as Manifest;
}

function merge(into: unknown, part: unknown): unknown {
  if (!isMap(into) || !isMap(part)) return part;
  const result: Record<string, unknown> = { ...into };
  for (const [key, value] of Object.entries(part)) {
    if (value === null) delete result[key];
    else result[key] = merge(into[key], value);
  }
  return result;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
