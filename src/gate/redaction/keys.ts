import type { Mask, Pass } from './blocks.ts';
import { type KeyContext, keyBefore } from './key-place.ts';
import { type Span, valueAfter } from './key-value.ts';
import { type NameClass, nameClass, queryNameClass } from './names.ts';
import { GLANCE, isHarmless, looksRandom } from './values.ts';

/**
 * Values of keys whose names say that they are secret, on the key's own line: `password: x`, `"token": "x"`,
 * `TOKEN=x`, `?sig=x`, `Cookie: x`, and a `value:` that follows a `name:` of such a kind.
 */
export const maskKeyedValues: Pass = (text, mask) => {
  const parts: string[] = [];
  let from = 0;
  let named: Named | undefined;
  for (const separator of text.matchAll(SEPARATOR)) {
    if (separator.index < from) continue;
    const context = keyBefore(text, separator.index, separator[0]);
    if (!context) continue;
    named = namedBy(text, context) ?? named;
    if (!isSecretAt(text, context, named)) continue;
    const span = valueAfter(text, context);
    const isNumber = context.place === 'json' && !span.isQuoted;
    const quote = isNumber ? context.quote : '';
    parts.push(text.slice(from, span.start), quote, mask('key-name'), quote);
    from = span.end;
  }
  return from === 0 ? text : parts.join('') + text.slice(from);
};

const SEPARATOR = /:=|=>|==|::|[:=]/g;

/** Values that follow a flag: `--password x`, `"--token", "x"`. */
export const maskFlagValues: Pass = (text, mask) => {
  if (!text.includes('-')) return text;
  return text.replaceAll(FLAG, (match: string, lead: string, name: string, gap: string, value: string) =>
    isSecretFlag(name, value) ? lead + name + gap + maskKeepingEnd(value, mask) : match,
  );
};

/** Whether the value that follows a flag of this name (without its dashes) is secret. */
export function isSecretFlag(name: string, value: string): boolean {
  const found = nameClass(name);
  if (!found || isHarmless(value) || value.startsWith('[redacted:')) return false;
  return found === 'weak' ? looksRandom(value) : !PROSE_AFTER_FLAG.test(value);
}

const FLAG =
  /((?<![\w-])--?)([A-Za-z][\w-]{1,60})([ \t]{1,8}["']?|["'],[ \t\r\n]{0,8}["'])((?<=")[^"\n]+|(?<=')[^'\n]+|[^\s"'-][^\s"']*)/g;
const PROSE_AFTER_FLAG =
  /^(?:flags?|is|are|was|or|and|not|must|option|argument|to|has|for|instead|in|with|cannot)[.,]?$/;

function maskKeepingEnd(value: string, mask: Mask): string {
  const end = /[)\]},;]{0,4}$/.exec(value.slice(-4))?.[0] ?? '';
  return end.length === value.length ? value : mask('key-name') + end;
}

interface Named {
  name: string;
  end: number;
}

function namedBy(text: string, context: KeyContext): Named | undefined {
  if (context.name !== 'name' && context.name !== 'Name') return undefined;
  const { start, end } = valueAfter(text, context, GLANCE);
  return { name: text.slice(start, end), end };
}

function isSecretAt(text: string, context: KeyContext, named: Named | undefined): boolean {
  const found = classOf(context, named);
  if (!found) return false;
  const span = valueAfter(text, context, GLANCE);
  return isSecretValue(text.slice(span.start, span.end), found, context, span);
}

/** How far `name: X` may be from the `value: Y` that belongs to it. */
const PAIR_REACH = 40;

function classOf({ name, place, start }: KeyContext, named: Named | undefined): NameClass | undefined {
  if (place === 'query') return queryNameClass(name);
  const isPair = (name === 'value' || name === 'Value') && named && start - named.end <= PAIR_REACH;
  return nameClass(isPair ? named.name : name);
}

function isSecretValue(value: string, found: NameClass, { place }: KeyContext, span: Span): boolean {
  if (isHarmless(value)) return false;
  if (found === 'weak') return looksRandom(value);
  if (span.isHeader) return !/^(?:\S{1,20}\s+)?\[redacted:[a-z-]+\]/.test(value);
  if (place === 'prose') return isSecretInProse(value, found, span);
  if (found === 'password' || place === 'query') return true;
  if (/^-?[\d.]{1,5}$/.test(value)) return false;
  return span.isQuoted || !/\s/.test(value) || value.split(/\s+/, 20).some(looksRandom);
}

/** What stands after a password in a message when it is not one. */
const COMPLAINTS =
  /^(?:eof|unauthorized|required|incorrect|invalid|expired|missing|empty|denied|forbidden|failed|timeout|wrong|unknown|rejected|refused|unsupported|error|canceled|cancelled)$/i;

function isSecretInProse(value: string, found: NameClass, span: Span): boolean {
  if (found !== 'password') return looksRandom(value);
  if (span.isQuoted) return true;
  const isWord = /^[A-Za-z]+$/.test(value);
  return isWord ? span.endsLine && !COMPLAINTS.test(value) : true;
}
