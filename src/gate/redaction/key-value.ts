import type { KeyContext, KeyPlace } from './key-place.ts';

/** A value in a text, without its quotes. */
export interface Span {
  start: number;
  end: number;
  isQuoted: boolean;
  /** It is a header field whose credential has several words. */
  isHeader: boolean;
  /** Nothing but punctuation follows in the line. */
  endsLine: boolean;
}

/**
 * The value after a key, delimited as its place demands. `reach` bounds the search, so that judging a value costs little
 * however long it is; a value that is longer ends there.
 */
export function valueAfter(text: string, { name, place, valueStart }: KeyContext, reach = text.length): Span {
  const window = text.slice(valueStart, valueStart + reach);
  const quote = /^\\{0,7}["'`]/.exec(window)?.[0];
  const quoted = quote === undefined ? undefined : quotedSpan(window, quote, valueStart);
  if (quoted) return quoted;
  const isHeader = isHeaderValue(name, window);
  const end = endOfValue(window, isHeader ? 'header' : place);
  return {
    start: valueStart,
    end: valueStart + end,
    isQuoted: false,
    isHeader,
    endsLine: /^[ \t.,;!)\]}]{0,8}(?:$|\r?\n)/.test(window.slice(end, end + 12)),
  };
}

function quotedSpan(window: string, quote: string, valueStart: number): Span | undefined {
  let end = window.indexOf(quote, quote.length);
  while (end > quote.length && window[end - 1] === '\\') end = window.indexOf(quote, end + quote.length);
  if (end === -1) return undefined;
  const [start, isQuoted] = [valueStart + quote.length, true];
  return { start, end: valueStart + end, isQuoted, isHeader: false, endsLine: false };
}

type Delimiting = KeyPlace | 'header';

/** What ends an unquoted value; each is one character or more, found in one sweep. */
const ENDS: Readonly<Record<Delimiting, RegExp>> = {
  json: /[\s,}\]]/,
  yaml: /\n|\\n/,
  flow: /[,}\n]/,
  query: /[&#\s"'<>)\]]/,
  equals: /[\s"'`]|[,;&](?=\s|$|[\w.-]{1,60}[=:])/,
  prose: /[\s"'`]|[,;](?=\s|$|[\w.-]{1,60}[=:])/,
  header: /["'`\r\n]|\\[nr"]/,
};

const TRAILING: Readonly<Partial<Record<Delimiting, RegExp>>> = {
  equals: /[)\]}>.,;:!?]{0,8}$/,
  prose: /[)\]}>.,;:!?]{0,8}$/,
};

function endOfValue(window: string, delimiting: Delimiting): number {
  const found = window.search(ENDS[delimiting]);
  const value = (found === -1 ? window : window.slice(0, found)).trimEnd();
  const trailing = TRAILING[delimiting]?.exec(value.slice(-8))?.[0].length ?? 0;
  return value.length - trailing;
}

const SCHEME = /^(?:bearer|basic|token|digest|negotiate|apikey|genie ?key|splunk|aws4-hmac-sha256)\s/i;

/** What an earlier pass masked keeps the end it had then. */
function isHeaderValue(name: string, window: string): boolean {
  const isCookie = /cookie$/i.test(name);
  if (!isCookie && !/authorization$/i.test(name)) return false;
  if (window.startsWith('[redacted:')) return true;
  return isCookie ? /^[^\s=]{1,100}=/.test(window.slice(0, 102)) : SCHEME.test(window.slice(0, 24));
}
