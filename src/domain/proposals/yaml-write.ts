import { isRecord } from '../record.ts';
import { type Plain, type Quoting, type Style, scalarText } from './yaml-scalar.ts';

/** A value as text: what stands on the line of its key or dash, and the whole lines below, without line ends. */
export interface Written {
  inline: string;
  below: readonly string[];
}

/** Block style: what stands after a key at `column`, or after a dash when `isItem` is set. */
export function writeBlock(
  value: unknown,
  column: number,
  style: Style,
  { isItem = false, quoting = 'plain' }: { isItem?: boolean; quoting?: Quoting } = {},
): Written {
  if (Array.isArray(value) && value.length > 0) return writeList(value, column, style, { isItem, quoting });
  if (isRecord(value) && Object.keys(value).length > 0)
    return writeMap(value, column, style, { isItem, quoting });
  if (typeof value === 'string') return writeString(value, column, style, quoting);
  return { inline: writeFlow(value, style, quoting), below: [] };
}

/** Pairs as lines at a column, for a map in block style. */
export function pairLines(
  entries: readonly (readonly [string, unknown])[],
  column: number,
  style: Style,
  quoting: { key: Quoting; value: Quoting },
): string[] {
  return entries.flatMap(([key, value]) => {
    const written = writeBlock(value, column, style, { quoting: quoting.value });
    const head = `${spaces(column)}${scalarText(key, quoting.key, style, false)}:`;
    return [written.inline === '' ? head : `${head} ${written.inline}`, ...written.below];
  });
}

/** Items as lines whose dashes stand at a column; `gap` is what follows a dash. */
export function itemLines(
  items: readonly unknown[],
  column: number,
  style: Style,
  { gap = ' ', quoting = 'plain' }: { gap?: string; quoting?: Quoting } = {},
): string[] {
  return items.flatMap((item) => {
    const written = writeBlock(item, column + 1 + gap.length, style, { isItem: true, quoting });
    return [`${spaces(column)}-${gap}${written.inline}`, ...written.below];
  });
}

/** One line in flow style: JSON, or YAML with as few quotes as its meaning allows. */
export function writeFlow(value: unknown, style: Style, quoting: Quoting = 'plain'): string {
  const pad = style.padded && !style.json ? ' ' : '';
  if (Array.isArray(value)) return `[${value.map((item) => writeFlow(item, style, quoting)).join(', ')}]`;
  if (!isRecord(value)) return scalarText(value as Plain, quoting, style, true);
  const pairs = Object.entries(value).map(
    ([key, item]) => `${flowKey(key, style)}: ${writeFlow(item, style, quoting)}`,
  );
  return pairs.length === 0 ? '{}' : `{${pad}${pairs.join(', ')}${pad}}`;
}

/** Flow style over several lines, each level indented by `unit` more than `indent`. */
export function writeFlowLines(value: unknown, style: Style, indent: string, unit: string): string {
  const isList = Array.isArray(value);
  if (!isList && !isRecord(value)) return writeFlow(value, style);
  const parts = isList
    ? value.map((item) => writeFlowLines(item, style, indent + unit, unit))
    : Object.entries(value).map(
        ([key, item]) => `${flowKey(key, style)}: ${writeFlowLines(item, style, indent + unit, unit)}`,
      );
  const [open, close] = isList ? '[]' : '{}';
  if (parts.length === 0) return `${open}${close}`;
  const lines = parts.map((part) => `${style.eol}${indent}${unit}${part}`).join(',');
  return `${open}${lines}${style.eol}${indent}${close}`;
}

/** A key in flow style. */
export function flowKey(key: string, style: Style): string {
  return scalarText(key, 'plain', style, true);
}

/** The lines of a literal block and its chomping mark; undefined for text that no block holds unchanged. */
export function literalBlock(text: string, indent: number): { mark: string; lines: string[] } | undefined {
  if (/^[ \t\n]|\t\n/.test(text) || text.trim() === '') return undefined;
  const body = withoutLastBreaks(text);
  const trailing = text.length - body.length;
  const mark = trailing === 0 ? '-' : trailing === 1 ? '' : '+';
  const lines = [...body.split('\n'), ...Array.from({ length: Math.max(0, trailing - 1) }, () => '')];
  return { mark, lines: lines.map((line) => (line === '' ? '' : spaces(indent) + line)) };
}

/** The lines of a folded block no wider than `width`, and its chomping mark; undefined for text that folding would change. */
export function foldedBlock(
  text: string,
  indent: number,
  width: number,
): { mark: string; lines: string[] } | undefined {
  const literal = literalBlock(text, indent);
  const body = withoutLastBreaks(text);
  if (literal === undefined || /(?:^|\n)[ \t]|[ \t](?:\n|$)/.test(body)) return undefined;
  const lines = body
    .split('\n')
    .flatMap((line, index) => [...(index > 0 ? [''] : []), ...wrapped(line, width)]);
  const trailing = Array.from({ length: Math.max(0, text.length - body.length - 1) }, () => '');
  return {
    mark: literal.mark,
    lines: [...lines, ...trailing].map((line) => (line === '' ? '' : spaces(indent) + line)),
  };
}

function withoutLastBreaks(text: string): string {
  let end = text.length;
  while (text[end - 1] === '\n') end -= 1;
  return text.slice(0, end);
}

function wrapped(line: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of line === '' ? [] : line.split(/(?<=\S) (?=\S)/)) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}

interface Hanging {
  isItem: boolean;
  quoting: Quoting;
}

function writeMap(
  value: Record<string, unknown>,
  column: number,
  style: Style,
  { isItem, quoting }: Hanging,
): Written {
  const at = isItem ? column : column + style.step;
  const lines = pairLines(Object.entries(value), at, style, { key: 'plain', value: quoting });
  return isItem ? firstInline(lines) : { inline: '', below: lines };
}

function writeList(
  value: readonly unknown[],
  column: number,
  style: Style,
  { isItem, quoting }: Hanging,
): Written {
  const lines = itemLines(value, isItem ? column : column + style.listStep, style, { quoting });
  return isItem ? firstInline(lines) : { inline: '', below: lines };
}

function firstInline([first = '', ...below]: readonly string[]): Written {
  return { inline: first.trimStart(), below };
}

/** The parent of a string in a map stands at `column`; in a list, its content does, and the block is indented by the step from the dash. */
function writeString(value: string, column: number, style: Style, quoting: Quoting): Written {
  const block = value.includes('\n') && !style.json ? literalBlock(value, column + style.step) : undefined;
  if (block) return { inline: `|${block.mark}`, below: block.lines };
  return { inline: scalarText(value, quoting, style, false), below: [] };
}

function spaces(count: number): string {
  return ' '.repeat(count);
}
