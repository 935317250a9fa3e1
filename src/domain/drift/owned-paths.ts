import type { Json, JsonObject } from '../desired/engine.ts';
import { isObject, mapAt, mapsAt } from '../desired/manifest.ts';
import { fieldOf } from '../desired/sentinels.ts';

/** Field paths that an entry of managedFields owns, spelled as in a FieldChange; at most `limit` (Kubernetes, fieldsV1). */
export function ownedPaths(live: JsonObject, entry: number, limit: number): string[] {
  const fields = mapAt(mapsAt(mapAt(live, 'metadata'), 'managedFields')[entry] ?? {}, 'fieldsV1');
  const found: string[] = [];
  collect(fields, '', found, limit);
  return found;
}

function collect(fields: Json | undefined, path: string, found: string[], limit: number): void {
  if (found.length >= limit || !isObject(fields)) return;
  const below = Object.entries(fields).filter(([key]) => key !== '.');
  if (below.length === 0 && path !== '') found.push(path);
  for (const [key, inner] of below) {
    const step = stepOf(key);
    if (step !== undefined && !(path === '' && key === 'f:status')) collect(inner, path + step, found, limit);
  }
}

function stepOf(key: string): string | undefined {
  if (key.startsWith('f:')) return fieldOf(key.slice(2));
  if (key.startsWith('k:')) return `[${keysOf(key.slice(2))}]`;
  if (key.startsWith('v:')) return `[=${key.slice(2)}]`;
  return key.startsWith('i:') ? `[${key.slice(2)}]` : undefined;
}

function keysOf(text: string): string {
  try {
    const keys = JSON.parse(text) as Record<string, unknown>;
    return Object.entries(keys)
      .map(([key, value]) => `${key}=${JSON.stringify(value)}`)
      .join(',');
  } catch {
    return '';
  }
}
