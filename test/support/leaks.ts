import type { Secret } from './planted-secrets.ts';

/** A text that left daytwo, and by which way. */
export interface Seen {
  what: string;
  text: string;
}

const SHORTEST = 8;

/**
 * Where secrets stand in texts, as `secret in what`: as they are, in base64, URL-encoded, escaped as in JSON once or
 * twice, and split by characters that a reader does not see, or by what daytwo writes in their place.
 */
export function leaksIn(seen: readonly Seen[], secrets: readonly Secret[]): string[] {
  const forms = secrets.map(({ name, value }) => ({ name, forms: formsOf(value) }));
  return seen.flatMap(({ what, text }) => {
    const views = viewsOf(text);
    return forms
      .filter((secret) => secret.forms.some((form) => views.some((view) => view.includes(form))))
      .map(({ name }) => `${name} in ${what}`);
  });
}

function formsOf(value: string): string[] {
  const escaped = JSON.stringify(value).slice(1, -1);
  const base64 = [0, 1, 2]
    .map((offset) => digitsAt(value, offset))
    .filter(({ length }) => length >= SHORTEST);
  const urlSafe = base64.map((digits) => digits.replaceAll('+', '-').replaceAll('/', '_'));
  return [...new Set([value, encodeURIComponent(value), escaped, ...base64, ...urlSafe])];
}

/** The digits of base64 that a value alone decides when `offset` bytes precede it. */
function digitsAt(value: string, offset: number): string {
  const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(value)]);
  const digits = bytes.toString('base64').replaceAll('=', '');
  return digits.slice(Math.ceil((offset * 8) / 6), digits.length - (bytes.length % 3 === 0 ? 0 : 1));
}

/** What a reader does not see: invisible characters, what daytwo writes for them, and colours of a terminal. */
const UNSEEN = new RegExp(
  [
    String.raw`\[U\+[0-9A-F]{4,6}\]`,
    String.raw`\u001B?\[[0-9;]*m`,
    String.raw`[\u0000-\u0008\u00AD\u200B-\u200F\u2028-\u202E\u2060-\u206F\uFEFF]`,
  ].join('|'),
  'g',
);

/** A text as it is and as a reader could take it. */
function viewsOf(text: string): string[] {
  const unescaped = text
    .replaceAll(/\\{1,4}(["\\/])/g, '$1')
    .replaceAll(/\\{1,4}u([0-9a-f]{4})/gi, (_match, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    );
  const bare = unescaped.replaceAll(UNSEEN, '');
  return [...new Set([text, unescaped, bare])];
}
