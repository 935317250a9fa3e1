import { parse, stringify } from 'yaml';

import type { Json, JsonObject } from '#domain/desired/engine.ts';
import { NOT_RECORDED } from '#domain/desired/live.ts';
import { isList, isObject, textAt } from '#domain/desired/manifest.ts';
import { fieldOf } from '#domain/desired/sentinels.ts';
import { isHarmless } from '#domain/drift/shown.ts';

/** A value with each text in it replaced that may be a secret by its path; a text of an object stands at `path` within it. */
export function withoutTextsAt(path: string, value: Json): Json {
  if (isList(value)) return value.map((item) => withoutTextsAt(`${path}[]`, item));
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).map(([key, inner]) => [key, withoutTextsAt(path + fieldOf(key), inner)]),
    );
  return typeof value !== 'string' || isHarmless(path) ? value : NOT_RECORDED;
}

/**
 * A patch of kustomize, merged or of operations (RFC 6902): what it changes, without the texts that it sets. One that is not
 * YAML is not recorded.
 */
export function withoutPatchedTexts(patch: string): string {
  try {
    const read = parse(patch) as Json;
    return stringify(isList(read) ? read.map(operation) : withoutTextsAt('', read));
  } catch {
    return NOT_RECORDED;
  }
}

function operation(one: Json): Json {
  if (!isObject(one)) return withoutTextsAt('', one);
  const { op = '', path = '', from = '' }: JsonObject = one;
  const told = { op, path, ...(from !== '' && { from }) };
  return 'value' in one
    ? { ...told, value: withoutTextsAt(pathOf(textAt(one, 'path')), one['value'] ?? null) }
    : told;
}

/** `/spec/containers/0/image` as `.spec.containers[].image`. */
function pathOf(pointer: string): string {
  const keys = pointer
    .split('/')
    .slice(1)
    .map((key) => key.replaceAll('~1', '/').replaceAll('~0', '~'));
  return keys.map((key) => (/^(?:\d+|-)$/.test(key) ? '[]' : fieldOf(key))).join('');
}
