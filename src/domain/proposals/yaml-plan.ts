import type { YAMLMap, YAMLSeq } from 'yaml';
import { isAlias, isCollection, isMap, isScalar, isSeq } from 'yaml';

import { ToolError } from '../../errors.ts';
import { insertItems, insertPairs, neighbourQuoting } from './yaml-insert.ts';
import { type Holder, type Place, type Placed, keyText, valueIn } from './yaml-locate.ts';
import { removeEntries } from './yaml-remove.ts';
import { replaceValue } from './yaml-replace.ts';
import { isPlainSafe } from './yaml-scalar.ts';
import { holderAt } from './yaml-source.ts';
import type { Source, Splice } from './yaml-source.ts';
import { sameValue } from './values.ts';
import { isRecord } from '../record.ts';

/** The stretches to change so that a place holds a value; none when it does already. Throws `invalid_input`. */
export function planSet(place: Place, value: unknown, source: Source): Splice[] {
  if (place.holder) return planValue(place.holder, value, source, isAmbiguous(valueIn(place.holder)));
  const { parent, parentHolder, path } = place;
  const last = path.at(-1) ?? '';
  if (isMap(parent) && parent.items.length > 0) return insertPairs(parent, [[String(last), value]], source);
  if (isSeq(parent) && parent.items.length > 0)
    return insertItems(parent, parent.items.length - 1, [value], source);
  if (!parentHolder) throw emptyDocument();
  const isList = isSeq(parent) || (!isMap(parent) && typeof last === 'number');
  return replaceValue(parentHolder, isList ? [value] : { [last]: value }, 'plain', source);
}

/** The stretches to remove so that a place is gone; a collection that becomes empty is written `{}` or `[]`. */
export function planUnset({ holder, parentHolder }: Place, source: Source): Splice[] {
  if (!holder) throw new ToolError('invalid_input', 'there is nothing at this path', 'Read the file again.');
  const collection = holder.in === 'map' ? holder.map : holder.seq;
  if (collection.items.length > 1) return removeEntries(collection, [holder.index], source);
  if (!parentHolder) throw emptyDocument();
  return replaceValue(parentHolder, holder.in === 'map' ? {} : [], 'plain', source);
}

function planValue(holder: Holder, value: unknown, source: Source, isRewritten = false): Splice[] {
  const node = valueIn(holder);
  if (isAlias(node)) throw isAnAlias(node.source);
  if (!isRewritten && sameValue(plainValue(node, source), value)) return [];
  assertUntagged(node);
  if (isMap(node) && isRecord(value)) return planMap(holder, node, value, source);
  if (isSeq(node) && Array.isArray(value)) return planSeq(holder, node, value, source);
  assertTypeKept(node, value);
  return replaceValue(holder, value, neighbourQuoting(holder.in === 'map' ? holder.map : holder.seq), source);
}

/** Key by key, so that what stays the same stays as it is written. */
function planMap(holder: Holder, map: YAMLMap, value: Record<string, unknown>, source: Source): Splice[] {
  const keys = map.items.map(keyText);
  if (keys.includes('<<'))
    throw new ToolError('invalid_input', 'a merge (<<) is part of this map', 'Set its own keys one by one.');
  const gone = keys.flatMap((key, index) => (Object.hasOwn(value, key) ? [] : [index]));
  if (gone.length === keys.length) return replaceValue(holder, value, 'plain', source);
  const kept = keys.flatMap((key, index) =>
    Object.hasOwn(value, key) ? planValue(holderAt(map, index), value[key], source) : [],
  );
  const added = Object.entries(value).filter(([key]) => !keys.includes(key));
  return [...kept, ...removeEntries(map, gone, source), ...insertPairs(map, added, source)];
}

/** What both lists begin and end with stays; the items between are changed one by one, then removed or added. */
function planSeq(holder: Holder, seq: YAMLSeq, value: readonly unknown[], source: Source): Splice[] {
  const old = seq.items.map((item) => plainValue(item as Placed, source));
  if (old.length === 0 || value.length === 0) return replaceValue(holder, value, 'plain', source);
  const most = Math.min(old.length, value.length);
  const start = countWhile(most, (index) => sameValue(old[index], value[index]));
  const end = countWhile(most - start, (index) => sameValue(old.at(-1 - index), value.at(-1 - index)));
  const paired = Math.min(old.length, value.length) - start - end;
  const splices = Array.from({ length: paired }, (_, offset) =>
    planValue(holderAt(seq, start + offset), value[start + offset], source),
  ).flat();
  const gone = seq.items.map((_, index) => index).slice(start + paired, old.length - end);
  const added = value.slice(start + paired, value.length - end);
  return [
    ...splices,
    ...removeEntries(seq, gone, source),
    ...insertItems(seq, start + paired - 1, added, source),
  ];
}

function countWhile(most: number, holds: (index: number) => boolean): number {
  let count = 0;
  while (count < most && holds(count)) count += 1;
  return count;
}

function plainValue(node: Placed, { document }: Source): unknown {
  return node ? (node.toJS(document, { maxAliasCount: 1000 }) as unknown) : null;
}

/** `yes` and `0644` mean one thing to this parser and another to Kubernetes: setting them writes what is meant. */
function isAmbiguous(node: Placed): boolean {
  if (!isScalar(node) || node.type !== 'PLAIN' || node.source === undefined) return false;
  if (typeof node.value === 'number') return node.source !== String(node.value);
  return typeof node.value === 'string' && !isPlainSafe(node.source, false);
}

/** `1.10` as a number is 1.1: where a text was, a text stays. */
function assertTypeKept(node: Placed, value: unknown): void {
  const isText = isScalar(node) && typeof node.value === 'string' && !isAmbiguous(node);
  if (!isText || (typeof value !== 'number' && typeof value !== 'boolean')) return;
  throw new ToolError(
    'invalid_input',
    `a text stands here, and the new value is a ${typeof value}`,
    `Give it as a text: "${String(value)}" (a version 1.10 would lose its zero). To change the type, use a replace edit.`,
  );
}

function assertUntagged(node: Placed): void {
  const tag = isCollection(node) || isScalar(node) ? node.tag : undefined;
  if (tag === undefined || tag.startsWith('tag:yaml.org,2002:')) return;
  throw new ToolError(
    'invalid_input',
    `the value carries the tag ${tag}`,
    'Use a replace edit with the exact text.',
  );
}

function isAnAlias(anchor: string): ToolError {
  return new ToolError(
    'invalid_input',
    `the value is the alias *${anchor}`,
    `Change it where the anchor &${anchor} is defined, or replace the exact text of the alias.`,
  );
}

function emptyDocument(): ToolError {
  return new ToolError(
    'invalid_input',
    'the document would have no content of its own',
    'Use a replace edit, or create or delete the whole file.',
  );
}
