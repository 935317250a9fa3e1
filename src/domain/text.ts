/** Text on one line, whitespace folded, at most `limit` characters; where it was cut it ends in `…`. */
export function clip(text: string, limit: number): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  const characters = Array.from(line);
  if (characters.length <= limit) return line;
  return `${characters
    .slice(0, limit - 1)
    .join('')
    .trimEnd()}…`;
}

/**
 * Text on one line, at most `limit` characters; where it is longer, its middle is left out: wrapped errors begin with
 * what was tried and end with the cause.
 */
export function clipMiddle(text: string, limit: number): string {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  const characters = Array.from(line);
  if (characters.length <= limit) return line;
  const tail = Math.floor((limit - 3) / 2);
  const head = characters.slice(0, limit - 3 - tail).join('');
  return `${head.trimEnd()} … ${characters.slice(-tail).join('').trimStart()}`;
}

/** The first `limit` names in words, and how many more there are: `a, b and 7 more`. */
export function nameSome(names: readonly string[], limit: number): string {
  const rest = names.length - limit;
  return rest > 0 ? `${names.slice(0, limit).join(', ')} and ${rest} more` : names.join(', ');
}

/** Order by UTF-16 code units: the same in every locale. */
export function byText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/** A short stable mark of a text (FNV-1a, 8 hexadecimal digits): recognises it, protects nothing. */
export function fingerprint(text: string): string {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(text)) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash >>> 0).toString(16).padStart(8, '0');
}

/** The line of an offset, counted from 1. */
export function lineAt(text: string, offset: number): number {
  return text.slice(0, offset).split('\n').length;
}
