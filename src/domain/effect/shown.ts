import type { Json } from '../desired/engine.ts';
import { clip } from '../text.ts';
import type { FieldDifference } from './differences.ts';
import type { ObjectChange } from './objects.ts';

const LONGEST = 80;
const ENCRYPTED = /^ENC\[/;

/**
 * One side of a difference as it may be shown; undefined where the field is not set. Values of Secrets and of variables that
 * are not plain in Git are not: the first are `[not shown]`, the others their `${NAME}`.
 */
export function sideOf(
  field: FieldDifference,
  side: 'before' | 'after',
  { kind, before, after }: Pick<ObjectChange, 'kind' | 'before' | 'after'>,
): string | undefined {
  const value = field[side];
  if (value === undefined) return undefined;
  const holes = (side === 'before' ? before : after)?.holes ?? new Map<string, string>();
  const hole = holes.get(field.path);
  if (hole !== undefined) return hole;
  if (kind === 'Secret' && !field.path.startsWith('.metadata')) return '[not shown]';
  if (isHiddenWithin(field.path, holes)) return '[holds a variable]';
  return textOf(value);
}

/** A map or list with a hole somewhere below it. */
function isHiddenWithin(path: string, holes: ReadonlyMap<string, string>): boolean {
  return [...holes.keys()].some((hole) => hole.startsWith(`${path}.`) || hole.startsWith(`${path}[`));
}

function textOf(value: Json): string {
  if (typeof value !== 'string') return clip(JSON.stringify(value), LONGEST);
  return ENCRYPTED.test(value) ? '[encrypted]' : clip(value, LONGEST);
}
