import type { CST, Document, Pair, Scalar, YAMLMap, YAMLSeq } from 'yaml';
import { isCollection, isMap, isPair, isScalar, visit } from 'yaml';

import { type Holder, type Placed, valueIn } from './yaml-locate.ts';
import type { Quoting, Style } from './yaml-scalar.ts';

/** A replacement of a stretch of the source. */
export interface Splice {
  start: number;
  end: number;
  text: string;
}

/** A document in its source, and how that is written. */
export interface Source {
  text: string;
  document: Document.Parsed;
  style: Style;
}

/** A map or list as parsed. */
export type Collection = YAMLMap | YAMLSeq;

/** Replaces stretches, which must not overlap, from the end to the start. */
export function spliced(text: string, splices: readonly Splice[]): string {
  return splices
    .toSorted((a, b) => b.start - a.start || b.end - a.end)
    .reduce(
      (result, { start, end, text: piece }) => result.slice(0, start) + piece + result.slice(end),
      text,
    );
}

/** Where the line of an offset starts. */
export function lineStart(text: string, offset: number): number {
  return text.lastIndexOf('\n', offset - 1) + 1;
}

/** Where the next line starts, seen from the end of some content; block scalars end there already. */
export function lineAfter(text: string, offset: number): number {
  if (offset > 0 && text[offset - 1] === '\n') return offset;
  const end = text.indexOf('\n', offset);
  return end === -1 ? text.length : end + 1;
}

/** Characters before an offset on its line. */
export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

/** Whether a collection is written with brackets. */
export function isFlow(collection: Collection): boolean {
  return collection.flow === true;
}

/** Where an entry starts: its key, its dash, or in a flow list its value with anchor and tag. */
export function entryStart(collection: Collection, index: number): number {
  const token = entryToken(collection, index);
  const mark = token?.start.find(
    ({ type }) => type === 'seq-item-ind' || type === 'anchor' || type === 'tag',
  );
  const item = collection.items[index];
  const own = isPair(item) ? rangeOf(item.key as Placed)?.[0] : rangeOf(item as Placed)?.[0];
  return mark?.offset ?? own ?? 0;
}

/** Where what introduces a value ends: colon or dash, then anchor and tag; undefined for a key without a colon. */
export function indicatorEnd(holder: Holder): number | undefined {
  const collection = holder.in === 'map' ? holder.map : holder.seq;
  const token = entryToken(collection, holder.index);
  const marks = (holder.in === 'map' ? token?.sep : token?.start) ?? [];
  const ends = marks
    .filter(({ type }) => ['map-value-ind', 'seq-item-ind', 'anchor', 'tag'].includes(type))
    .map(({ offset, source }) => offset + source.length);
  if (ends.length > 0) return Math.max(...ends);
  return holder.in === 'seq' ? rangeOf(valueIn(holder))?.[0] : undefined;
}

/** Where an entry's content ends: after the break for block scalars, before comments for all else. */
export function entryEnd(collection: Collection, index: number): number {
  const item = collection.items[index];
  const key = isPair(item) ? (rangeOf(item.key as Placed)?.[1] ?? 0) : 0;
  const holder = holderAt(collection, index);
  return contentEnd(valueIn(holder), Math.max(key, indicatorEnd(holder) ?? 0));
}

/** Where a node's content ends; `from` is where an empty one would stand. */
export function contentEnd(node: Placed, from: number): number {
  if (isCollection(node) && node.flow !== true && node.items.length > 0)
    return entryEnd(node, node.items.length - 1);
  const range = rangeOf(node);
  return range && range[0] !== range[1] ? Math.max(range[1], from) : from;
}

/** The entry of a collection as a holder of its value. */
export function holderAt(collection: Collection, index: number): Holder {
  const item = collection.items[index];
  if (isMap(collection) && isPair(item)) return { in: 'map', map: collection, pair: item, index };
  return { in: 'seq', seq: collection, index };
}

/** Whether comments stand between two offsets, outside of quotes: only for stretches between two entries. */
export function hasComment(text: string, start: number, end: number): boolean {
  return /(?:^|\s)#/.test(text.slice(start, end));
}

/** How a scalar is quoted; block scalars and all else are plain. */
export function quotingOf(node: Placed): Quoting {
  if (!isScalar(node)) return 'plain';
  const known: Partial<Record<string, Quoting>> = { QUOTE_DOUBLE: 'double', QUOTE_SINGLE: 'single' };
  return known[node.type ?? ''] ?? 'plain';
}

/** How a file is written, as far as it shows; otherwise two spaces and double quotes. */
export function styleOf(text: string, document: Document.Parsed, json: boolean): Style {
  const seen = {
    steps: [] as number[],
    listSteps: [] as number[],
    double: 0,
    single: 0,
    padded: 0,
    tight: 0,
  };
  visit(document, {
    Scalar(_, node) {
      seen.double += Number(node.type === 'QUOTE_DOUBLE');
      seen.single += Number(node.type === 'QUOTE_SINGLE');
    },
    Pair(_, pair) {
      noteIndent(text, pair, seen);
    },
    Map(_, map) {
      if (!map.flow || map.items.length === 0) return;
      const isPadded = text[(map.range?.[0] ?? 0) + 1] === ' ';
      seen[isPadded ? 'padded' : 'tight'] += 1;
    },
  });
  const breaks = text.split('\n').length - 1;
  const isWindows = breaks > 0 && text.split('\r\n').length - 1 > breaks / 2;
  return {
    eol: isWindows ? '\r\n' : '\n',
    step: commonest(seen.steps) ?? 2,
    listStep: commonest(seen.listSteps) ?? 2,
    quotes: seen.single > seen.double ? 'single' : 'double',
    json,
    padded: seen.padded > seen.tight,
  };
}

function noteIndent(text: string, pair: Pair, seen: { steps: number[]; listSteps: number[] }): void {
  const key = rangeOf(pair.key as Placed);
  const { value } = pair;
  if (!key || !isCollection(value) || value.flow || value.items.length === 0) return;
  const step = columnOf(text, entryStart(value, 0)) - columnOf(text, key[0]);
  if (step >= 0) (isPair(value.items[0]) ? seen.steps : seen.listSteps).push(step);
}

function commonest(numbers: readonly number[]): number | undefined {
  const counts = Map.groupBy(numbers, (number) => number);
  return [...counts].toSorted(([, a], [, b]) => b.length - a.length)[0]?.[0];
}

function entryToken(collection: Collection, index: number): CST.CollectionItem | undefined {
  const item = collection.items[index];
  if (isPair(item)) return item.srcToken;
  const token = collection.srcToken;
  return token && 'items' in token ? token.items[index] : undefined;
}

function rangeOf(node: Placed): readonly [number, number, number] | undefined {
  return (node as Scalar | null | undefined)?.range ?? undefined;
}
