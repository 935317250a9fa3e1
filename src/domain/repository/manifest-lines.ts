/** A line of YAML that carries a key, with the keys above it; `value` has no comment, quotes, anchor or tag. */
export interface KeyLine {
  /** Counted from 1. */
  line: number;
  key: string;
  path: readonly string[];
  value: string;
  /** Tells maps apart: keys of one map share it. */
  map: number;
}

/** A document as its lines tell; `isOdd` when something looks wrong or unusual, so that a parser should judge. */
export interface DocumentLines {
  /** Line of its first content, counted from 1. */
  line: number;
  /** Line at which `text` starts. */
  start: number;
  text: string;
  keys: KeyLine[];
  isOdd: boolean;
  /** The first line with a template action (`{{`), if any. */
  template?: number;
}

interface Open {
  indent: number;
  key: string;
  map: number;
  /** A value stands on the key's own line: nothing may be nested below. */
  isClosed: boolean;
}

interface Scan extends DocumentLines {
  open: Open[];
  /** The last value is plain text, which further lines may continue. */
  isPlain: boolean;
  /** Indentation of the key whose block scalar is being passed, or -1. */
  block: number;
  maps: number;
  seen: Set<string>;
  anchors: Set<string>;
}

/** Splits a stream into documents and reads each line by line: faster than a parser, and never fails. */
export function documentLines(text: string): DocumentLines[] {
  const documents: Scan[] = [];
  let current = newScan(1);
  const parts: string[] = [];
  const finish = (next: number): void => {
    documents.push({ ...current, text: parts.splice(0).join('\n') });
    current = newScan(next);
  };
  for (const [index, raw] of text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .entries()) {
    const line = raw.replace(/\r$/, '');
    if (/^(?:---|\.\.\.)(?:\s|$)/.test(line)) finish(index + 2);
    else {
      parts.push(line);
      readLine(current, line, index + 1);
    }
  }
  finish(0);
  return documents.filter(({ text: own }) => /^[ \t]*[^#\s]/m.test(own));
}

function newScan(start: number): Scan {
  const empty = { open: [], keys: [], seen: new Set<string>(), anchors: new Set<string>() };
  return { ...empty, start, line: 0, text: '', isOdd: false, isPlain: false, block: -1, maps: 0 };
}

function readLine(scan: Scan, line: string, number: number): void {
  const indent = line.search(/\S/);
  if (indent === -1 || (scan.block >= 0 && indent > scan.block)) return;
  scan.block = -1;
  if (line.includes('{{')) scan.template ??= number;
  if (line.startsWith('{{', indent)) scan.isOdd = true;
  if (line[indent] === '#' || line.startsWith('{{', indent)) return;
  scan.line ||= number;
  if (/^ *\t/.test(line)) scan.isOdd = true;
  readContent(scan, line.slice(indent), indent, number);
}

function readContent(scan: Scan, content: string, indent: number, number: number): void {
  const dashes = /^(?:- +)*/.exec(content)?.[0] ?? '';
  const isItem = dashes !== '';
  if (isItem) closeTo(scan, indent + 1);
  const rest = content.slice(dashes.length);
  const [, key, value = ''] = KEY.exec(rest) ?? [];
  if (key === undefined) readOther(scan, rest, indent, isItem);
  else readKey(scan, { number, at: indent + dashes.length, isItem, key, rest: value });
}

const KEY =
  /^("(?:[^"\\]|\\.)*"[ \t]*|'[^']*'[ \t]*|[^\s#"'[\]{},&*!|>%@`-][^:#]*|-[^\s:][^:#]*):(?:[ \t]+(.*))?$/;

/** A scalar item, a bare dash, or a further line of some value. */
function readOther(scan: Scan, rest: string, indent: number, isItem: boolean): void {
  if (rest === '-') closeTo(scan, indent + 1);
  else if (!isItem) scan.isOdd ||= !scan.isPlain || indent <= (scan.open.at(-1)?.indent ?? -1);
  else {
    const value = plainValue(scan, rest);
    if (value.isBlock) scan.block = indent;
  }
}

function readKey(
  scan: Scan,
  {
    number,
    at,
    isItem,
    key: quoted,
    rest,
  }: { number: number; at: number; isItem: boolean; key: string; rest: string },
): void {
  const last = closeTo(scan, at);
  if (last && last.indent !== at) scan.isOdd = true;
  const parent = scan.open.at(-1);
  if (parent?.isClosed) scan.isOdd = true;
  const map = last?.indent === at && !isItem ? last.map : (scan.maps += 1);
  const key = unquoted(quoted.trim());
  if (scan.seen.has(`${map} ${key}`)) scan.isOdd = true;
  scan.seen.add(`${map} ${key}`);
  const { value, isBlock, isClosed } = plainValue(scan, rest);
  scan.keys.push({ line: number, key, path: scan.open.map((open) => open.key), value, map });
  scan.open.push({ indent: at, key, map, isClosed });
  if (isBlock) scan.block = at;
}

/** Leaves what lies at or right of a column, and returns the last that was left: the key before in the same map, if at that column. */
function closeTo(scan: Scan, column: number): Open | undefined {
  let last: Open | undefined;
  while ((scan.open.at(-1)?.indent ?? -1) >= column) last = scan.open.pop();
  return last;
}

/** What stands after a colon or a dash. */
function plainValue(scan: Scan, rest: string): { value: string; isBlock: boolean; isClosed: boolean } {
  const { anchor, text } = withoutProperties(rest.trim());
  if (anchor !== undefined) scan.anchors.add(anchor);
  scan.isPlain = false;
  if (/^[|>][-+\d]*(?:\s+#.*)?$/.test(text)) return { value: '', isBlock: true, isClosed: true };
  const value = withoutComment(text);
  if (isOddValue(scan, value)) scan.isOdd = true;
  scan.isPlain = /^[^"'[{*]/.test(value);
  return { value: unquoted(value), isBlock: false, isClosed: value !== '' };
}

function withoutProperties(text: string): { anchor?: string; text: string } {
  const match = /^(?:!\S*\s+)?(?:&(\S+)(?:\s+|$))?(?:!\S*(?:\s+|$))?/.exec(text);
  return { anchor: match?.[1], text: text.slice(match?.[0].length ?? 0) };
}

function withoutComment(text: string): string {
  if (text.startsWith('#')) return '';
  const quoted = /^(?:"(?:[^"\\]|\\.)*"|'(?:[^']|'')*')/.exec(text)?.[0] ?? '';
  const at = text.slice(quoted.length).search(/\s#/);
  return at === -1 ? text : text.slice(0, quoted.length + at).trimEnd();
}

function isOddValue(scan: Scan, value: string): boolean {
  const [first = ''] = value;
  if (first === '"') return !/^"(?:[^"\\]|\\.)*"$/.test(value);
  if (first === "'") return !/^'(?:[^']|'')*'$/.test(value);
  if (first === '[' || first === '{')
    return count(value, /[[{]/g) !== count(value, /[\]}]/g) || value.includes('{{');
  if (first === '*') return !scan.anchors.has(value.slice(1));
  return /^[@`%\]},]/.test(value) || /:(?:\s|$)/.test(value);
}

function count(text: string, pattern: RegExp): number {
  return text.match(pattern)?.length ?? 0;
}

function unquoted(text: string): string {
  if (/^'.*'$/.test(text)) return text.slice(1, -1).replaceAll("''", "'");
  if (!/^".*"$/.test(text)) return text;
  return text.slice(1, -1).replaceAll(/\\(["\\/])/g, '$1');
}
