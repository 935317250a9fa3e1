import type { CST, Scalar } from 'yaml';
import { isCollection, isScalar } from 'yaml';

import { ToolError } from '../../errors.ts';
import type { Holder, Placed } from './yaml-locate.ts';
import { valueIn } from './yaml-locate.ts';
import { type Quoting, scalarText } from './yaml-scalar.ts';
import {
  columnOf,
  contentEnd,
  entryStart,
  indicatorEnd,
  isFlow,
  lineAfter,
  lineStart,
  quotingOf,
} from './yaml-source.ts';
import type { Collection, Source, Splice } from './yaml-source.ts';
import {
  type Written,
  foldedBlock,
  literalBlock,
  writeBlock,
  writeFlow,
  writeFlowLines,
} from './yaml-write.ts';

/** The stretches a value takes up: what stands on the line of its key or dash, and whole lines below. */
interface Extent {
  inline: readonly [start: number, end: number];
  below?: readonly [start: number, end: number];
}

/** Replaces the whole value of a holder; anchor, tag and comments beside it stay. `quoting` is for what has no own. */
export function replaceValue(holder: Holder, value: unknown, quoting: Quoting, source: Source): Splice[] {
  const node = valueIn(holder);
  const after = indicatorEnd(holder);
  if (after === undefined)
    throw new ToolError(
      'invalid_input',
      'this key has no colon of its own',
      'Use a replace edit with the exact text.',
    );
  const collection = holder.in === 'map' ? holder.map : holder.seq;
  const wanted = isScalar(node) && typeof node.value === 'string' ? quotingOf(node) : quoting;
  if (isFlow(collection)) return [inFlow(node, after, flowText(collection, value, wanted, source))];
  const extent = extentOf(holder, node, after, source.text);
  const written = inOwnBlock(node, value, holder, source) ?? inBlock(holder, node, value, wanted, source);
  return [...inlineSplice(extent, after, written.inline), ...belowSplice(extent, written.below, source)];
}

/** Whole lines in the place of others; an empty stretch inserts. The last line of a file stays without line end where it was. */
export function linesSplice(
  start: number,
  end: number,
  lines: readonly string[],
  { text, style }: Source,
): Splice {
  const { eol } = style;
  if (lines.length === 0) return { start, end, text: '' };
  const isUnended = end === text.length && !text.endsWith('\n') && text !== '';
  if (!isUnended) return { start, end, text: lines.map((line) => line + eol).join('') };
  return { start, end, text: start === end ? lines.map((line) => eol + line).join('') : lines.join(eol) };
}

/** A value for a collection in flow style: over several lines where that has one entry a line. */
export function flowText(collection: Collection, value: unknown, quoting: Quoting, source: Source): string {
  const lines = flowLines(collection, source.text);
  return lines === undefined
    ? writeFlow(value, source.style, quoting)
    : typeof value === 'object' && value !== null
      ? writeFlowLines(value, source.style, lines.indent, lines.unit)
      : writeFlow(value, source.style, quoting);
}

/** How the entries of a collection in flow style are laid out, when each has its own line. */
export function flowLines(
  collection: Collection,
  text: string,
): { indent: string; unit: string } | undefined {
  const open = collection.range?.[0] ?? 0;
  if (collection.items.length === 0) return undefined;
  const last = entryStart(collection, collection.items.length - 1);
  const indent = /^[ \t]*$/.exec(text.slice(lineStart(text, last), last))?.[0];
  if (indent === undefined || lineStart(text, last) <= open) return undefined;
  const base = /^[ \t]*/.exec(text.slice(lineStart(text, open), open))?.[0] ?? '';
  return { indent, unit: indent.length > base.length ? indent.slice(base.length) : '  ' };
}

function inFlow(node: Placed, after: number, text: string): Splice {
  const [start = after, end = after] = node?.range ?? [];
  return start === end ? { start: after, end: after, text: ` ${text}` } : { start, end, text };
}

function inBlock(holder: Holder, node: Placed, value: unknown, quoting: Quoting, source: Source): Written {
  if (source.style.json) return { inline: writeFlow(value, source.style, quoting), below: [] };
  const { text, style } = source;
  if (holder.in === 'map')
    return writeBlock(value, columnOf(text, entryStart(holder.map, holder.index)), style, { quoting });
  const dash = entryStart(holder.seq, holder.index);
  const content = node?.range?.[0] ?? dash;
  const isBeside = content > dash && lineStart(text, content) === lineStart(text, dash);
  const column = isBeside ? columnOf(text, content) : columnOf(text, dash) + 2;
  return writeBlock(value, column, style, { isItem: true, quoting });
}

/** A block scalar keeps its kind, indentation and width. */
function inOwnBlock(node: Placed, value: unknown, holder: Holder, source: Source): Written | undefined {
  const own = typeof value === 'string' ? blockOf(node, holder, source) : undefined;
  if (own === undefined || typeof value !== 'string') return undefined;
  const folded = own.isFolded ? foldedBlock(value, own.indent, own.width) : undefined;
  const block = folded ?? literalBlock(value, own.indent);
  if (block === undefined)
    return { inline: scalarText(value, source.style.quotes, source.style, false), below: [] };
  const mark = block.mark === '' && own.isKeeping ? '+' : block.mark;
  return { inline: `${folded ? '>' : '|'}${mark}`, below: block.lines };
}

interface BlockStyle {
  isFolded: boolean;
  isKeeping: boolean;
  indent: number;
  width: number;
}

/** How a block scalar is laid out; undefined for all else, and where it states its own indentation. */
function blockOf(node: Placed, holder: Holder, { text, style }: Source): BlockStyle | undefined {
  const header = isScalar(node) ? headerOf(node)?.source : undefined;
  if (header === undefined || /\d/.test(header) || !node?.range) return undefined;
  const [, ...lines] = text.slice(node.range[0], node.range[1]).split('\n');
  const filled = lines.filter((line) => line.trim() !== '');
  const collection = holder.in === 'map' ? holder.map : holder.seq;
  const least = columnOf(text, entryStart(collection, holder.index)) + style.step;
  const indent = filled[0]?.search(/\S/) ?? least;
  const width = Math.max(20, ...filled.map((line) => line.trimEnd().length - indent));
  return { isFolded: header.startsWith('>'), isKeeping: header.includes('+'), indent, width };
}

function extentOf(holder: Holder, node: Placed, after: number, text: string): Extent {
  const [start = after, end = after] = node?.range ?? [];
  const header = isScalar(node) ? headerOf(node) : undefined;
  if (header) {
    const headerEnd = header.offset + header.source.length;
    return { inline: [header.offset, headerEnd], below: [lineAfter(text, headerEnd), end] };
  }
  if (!isCollection(node) || node.flow) return { inline: start === end ? [after, after] : [start, end] };
  const last = contentEnd(node, after);
  const first = entryStart(node, 0);
  if (lineStart(text, first) > after && holder.in === 'map')
    return { inline: [after, after], below: [lineAfter(text, after), lineAfter(text, last)] };
  return { inline: [first, text.slice(0, last).replace(/\r?\n$/, '').length] };
}

function headerOf(node: Scalar): CST.SourceToken | undefined {
  const token = node.srcToken as CST.BlockScalar | CST.FlowScalar | undefined;
  if (token?.type !== 'block-scalar') return undefined;
  return token.props.find((prop): prop is CST.SourceToken => prop.type === 'block-scalar-header');
}

function inlineSplice({ inline: [start, end] }: Extent, after: number, text: string): Splice[] {
  if (text === '') return start === end ? [] : [{ start: after, end, text: '' }];
  return [start === end ? { start, end, text: ` ${text}` } : { start, end, text }];
}

function belowSplice({ inline, below }: Extent, lines: readonly string[], source: Source): Splice[] {
  if (below) return [linesSplice(below[0], below[1], lines, source)];
  if (lines.length === 0) return [];
  const at = lineAfter(source.text, inline[1]);
  return [linesSplice(at, at, lines, source)];
}
