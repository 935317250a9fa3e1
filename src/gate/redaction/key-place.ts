/**
 * Where a key stands: `json` quoted, before a quoted value or a number; `yaml` first in its line; `flow` after a brace;
 * `equals` before `=`; `query` in the query of a URL; `prose` anywhere else.
 */
export type KeyPlace = 'json' | 'yaml' | 'flow' | 'equals' | 'query' | 'prose';

/** A key before a separator. */
export interface KeyContext {
  name: string;
  place: KeyPlace;
  /** What quotes the key, backslashes included; empty when nothing does. */
  quote: string;
  /** Index of the key's first character. */
  start: number;
  /** Index of the first character after the separator and its blanks. */
  valueStart: number;
}

const LONGEST_NAME = 100;
const MOST_BLANKS = 16;

/** The key before a separator, or undefined when none stands there or no value follows in the line. */
export function keyBefore(text: string, at: number, separator: string): KeyContext | undefined {
  const valueStart = startOfValue(text, at + separator.length);
  if (valueStart === undefined || separator === '::') return undefined;
  const end = skipBack(text, at, isBlank, MOST_BLANKS);
  const quote = quoteBefore(text, end);
  const nameEnd = end - quote.length;
  const start = skipBack(text, nameEnd, isNamePart, LONGEST_NAME);
  const outer = start - quote.length;
  if (start === nameEnd || (quote !== '' && !text.startsWith(quote, outer))) return undefined;
  const before = text[outer - 1] ?? '\n';
  if ('/@%'.includes(before)) return undefined;
  const name = text.slice(start, nameEnd).replace(/^[-.]+/, '');
  return {
    name,
    quote,
    start,
    valueStart,
    place: placeOf(text, { quote, outer, before, separator, valueStart }),
  };
}

interface Surroundings {
  quote: string;
  outer: number;
  before: string;
  separator: string;
  valueStart: number;
}

function placeOf(text: string, { quote, outer, before, separator, valueStart }: Surroundings): KeyPlace {
  if (quote !== '' && /["'\\\d]/.test(text[valueStart] ?? '')) return 'json';
  if (separator !== ':') return before === '?' || before === '&' ? 'query' : 'equals';
  if (before === '{') return 'flow';
  return startsLine(text, outer) ? 'yaml' : 'prose';
}

function startOfValue(text: string, from: number): number | undefined {
  let at = from;
  while (isBlank(text[at]) && at - from < MOST_BLANKS) at += 1;
  const first = text[at];
  return first === undefined || first === '\n' || first === '\r' ? undefined : at;
}

/** Before the key there is only what YAML, a diff or a quotation puts at the start of a line. */
function startsLine(text: string, outer: number): boolean {
  const at = skipBack(text, outer, isLineLead, outer);
  return at === 0 || text[at - 1] === '\n' || (text[at - 1] === 'n' && text[at - 2] === '\\');
}

function skipBack(
  text: string,
  from: number,
  accepts: (character: string | undefined) => boolean,
  most: number,
): number {
  let at = from;
  while (at > 0 && from - at < most && accepts(text[at - 1])) at -= 1;
  return at;
}

/** A closing quote with the backslashes before it. */
function quoteBefore(text: string, end: number): string {
  if (!/["'`]/.test(text[end - 1] ?? '')) return '';
  return text.slice(
    skipBack(text, end - 1, (character) => character === '\\', 7),
    end,
  );
}

function isBlank(character: string | undefined): boolean {
  return character === ' ' || character === '\t';
}

function isLineLead(character: string | undefined): boolean {
  return character !== undefined && ' \t-+>|#*'.includes(character);
}

function isNamePart(character: string | undefined): boolean {
  return character !== undefined && /[A-Za-z0-9_.-]/.test(character);
}
