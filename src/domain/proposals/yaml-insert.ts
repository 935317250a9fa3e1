import type { Pair, YAMLMap, YAMLSeq } from 'yaml';
import { isScalar } from 'yaml';

import { ToolError } from '../../errors.ts';
import type { Placed } from './yaml-locate.ts';
import { flowLines, flowText, linesSplice } from './yaml-replace.ts';
import type { Quoting } from './yaml-scalar.ts';
import { columnOf, entryEnd, entryStart, isFlow, lineAfter, lineStart, quotingOf } from './yaml-source.ts';
import type { Collection, Source, Splice } from './yaml-source.ts';
import { flowKey, itemLines, pairLines } from './yaml-write.ts';

type Entries = readonly (readonly [string, unknown])[];

/** New pairs after the last one of a map that has some, in its style. */
export function insertPairs(map: YAMLMap, entries: Entries, source: Source): Splice[] {
  if (entries.length === 0) return [];
  const last = map.items.length - 1;
  const quoting = { key: keyQuoting(map), value: neighbourQuoting(map) };
  if (isFlow(map)) {
    const texts = entries.map(
      ([key, value]) => `${flowKey(key, source.style)}: ${flowText(map, value, quoting.value, source)}`,
    );
    return [flowInsertion(map, last, texts, source)];
  }
  const column = columnOf(source.text, entryStart(map, 0));
  const at = lineAfter(source.text, entryEnd(map, last));
  return [linesSplice(at, at, pairLines(entries, column, source.style, quoting), source)];
}

/** New items after one of a list that has some, or before the first for -1, in its style. */
export function insertItems(
  seq: YAMLSeq,
  after: number,
  items: readonly unknown[],
  source: Source,
): Splice[] {
  if (items.length === 0) return [];
  const quoting = neighbourQuoting(seq);
  if (isFlow(seq)) {
    const texts = items.map((item) => flowText(seq, item, quoting, source));
    return [flowInsertion(seq, after, texts, source)];
  }
  const { text } = source;
  const dash = entryStart(seq, 0);
  const at = after < 0 ? lineStart(text, dash) : lineAfter(text, entryEnd(seq, after));
  if (after < 0 && text.slice(at, dash).trim() !== '') throw notOnOwnLine();
  const lines = itemLines(items, columnOf(text, dash), source.style, { gap: gapOf(seq, text), quoting });
  return [linesSplice(at, at, lines, source)];
}

/** The quotes that the strings of a collection all have, when at least one would not need them; otherwise none. */
export function neighbourQuoting(collection: Collection): Quoting {
  const values = collection.items.map(
    (item) => ('key' in (item as object) ? (item as Pair).value : item) as Placed,
  );
  return commonQuoting(values);
}

function keyQuoting(map: YAMLMap): Quoting {
  return commonQuoting(map.items.map(({ key }) => key as Placed));
}

function commonQuoting(nodes: readonly Placed[]): Quoting {
  const strings = nodes.filter((node) => isScalar(node) && typeof node.value === 'string');
  const kinds = new Set(strings.map(quotingOf));
  const [only] = kinds;
  return kinds.size === 1 && only !== undefined ? only : 'plain';
}

function flowInsertion(
  collection: Collection,
  after: number,
  texts: readonly string[],
  { text, style }: Source,
): Splice {
  const lines = flowLines(collection, text);
  const separator = lines ? `,${style.eol}${lines.indent}` : ', ';
  const joined = texts.join(separator);
  if (after >= 0) {
    const at = entryEnd(collection, after);
    return { start: at, end: at, text: separator + joined };
  }
  const at = entryStart(collection, 0);
  return { start: at, end: at, text: joined + separator };
}

function gapOf(seq: YAMLSeq, text: string): string {
  const dash = entryStart(seq, 0);
  return /^[ ]{1,8}(?=[^\s#])/.exec(text.slice(dash + 1, dash + 16))?.[0] ?? ' ';
}

function notOnOwnLine(): ToolError {
  return new ToolError(
    'invalid_input',
    'the list does not start on a line of its own',
    'Use a replace edit with the exact text.',
  );
}
