import type { Pass } from './blocks.ts';
import { isHarmless, looksRandom } from './values.ts';

const LONGEST_AUTHORITY = 1024;

/**
 * Passwords in the user information of URLs (`scheme://user:password@host`), and users that look like tokens; a plain
 * user such as `git` stays.
 */
export const maskUrlUsers: Pass = (text, mask) => {
  const parts: string[] = [];
  let from = 0;
  for (let at = text.indexOf('://'); at !== -1; at = text.indexOf('://', at + 3)) {
    const secret = secretPart(text, at + 3);
    if (!secret || secret.start < from) continue;
    parts.push(text.slice(from, secret.start), mask('url-user'));
    from = secret.end;
  }
  return from === 0 ? text : parts.join('') + text.slice(from);
};

function secretPart(text: string, start: number): { start: number; end: number } | undefined {
  const rest = text.slice(start, start + LONGEST_AUTHORITY);
  const [reach = ''] = rest.split(/[\s"'<>`]|:\/\//, 1);
  const [authority = ''] = reach.split(/[/?#]/, 1);
  const at = authority.lastIndexOf('@');
  const end = at === -1 ? stretchedEnd(authority, reach) : at;
  if (end === undefined) return undefined;
  if (reach.startsWith('@sha256:', end) || isHarmless(reach.slice(0, end))) return undefined;
  const colon = reach.indexOf(':');
  if (colon !== -1 && colon < end) return span(start + colon + 1, start + end, text, () => true);
  return span(start, start + end, text, looksRandom);
}

/** A password with an unescaped slash or question mark: what precedes it is no host and port. */
function stretchedEnd(authority: string, reach: string): number | undefined {
  const port = /:([^:]*)$/.exec(authority)?.[1];
  if (port === undefined || /^\d*$/.test(port)) return undefined;
  const at = reach.lastIndexOf('@');
  return at === -1 ? undefined : at;
}

function span(start: number, end: number, text: string, isSecret: (value: string) => boolean) {
  const value = text.slice(start, end);
  return value !== '' && isSecret(value) && !isHarmless(value) ? { start, end } : undefined;
}
