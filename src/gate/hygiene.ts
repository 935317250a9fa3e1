/**
 * Characters that a reader does not see or that change how others are shown: controls other than tab and newline, bidi,
 * zero-width, fillers, variation selectors, tags, annotation marks, lone surrogates.
 */
const INVISIBLE = new RegExp(
  [
    String.raw`[\0-\x08\x0B-\x1F\x7F-\x9F\xAD]`,
    String.raw`[\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u2028-\u202E\u2060-\u206F]`,
    String.raw`[\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB]`,
    String.raw`[\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]`,
    String.raw`\p{Surrogate}`,
  ].join('|'),
  'gu',
);

/**
 * Shows what would be invisible, as `[U+202E]`, and deletes nothing; a second pass changes nothing. Line ends, and what
 * joins or colours an emoji where one stands, stay as they are.
 */
export function showInvisible(text: string): string {
  return text.replaceAll(INVISIBLE, (character, at: number) =>
    isAtHome(character, at, text) ? character : shown(character),
  );
}

/** Whether a text holds anything that `showInvisible` might change. */
export function hasInvisible(text: string): boolean {
  return text.search(INVISIBLE) !== -1;
}

/** What `showInvisible` makes of one character. */
const SHOWN = /\[U\+[0-9A-F]{4,6}\]/g;

/**
 * The text as a reader would take it: without invisible characters, terminal sequences, or what earlier passes wrote in
 * their place. For comparing only; an answer never deletes.
 */
export function withoutInvisible(text: string): string {
  return text.replaceAll(TERMINAL_SEQUENCE, '').replaceAll(SHOWN, '').replaceAll(INVISIBLE, keepLineEnd);
}

// eslint-disable-next-line no-control-regex -- terminal sequences are made of control characters
const TERMINAL_SEQUENCE = /\x1B\[[0-?]*[ -/]*[@-~]|\x9B[0-?]*[ -/]*[@-~]/g;

function keepLineEnd(character: string): string {
  return character === '\r' ? character : '';
}

function shown(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `[U+${code}]`;
}

function isAtHome(character: string, at: number, text: string): boolean {
  if (character === '\r') return text[at + 1] === '\n';
  if (character === '\uFE0F' || character === '\uFE0E')
    return follows(PICTURE, at, text) || isKeycap(at, text);
  return character === '\u200D' && follows(PERSON, at, text) && precedes(at + 1, text);
}

const NEAR = 4;
const PICTURE = /\p{Extended_Pictographic}$/u;
const PERSON = /\p{Extended_Pictographic}(?:[\u{1F3FB}-\u{1F3FF}]|\uFE0F)?$/u;
const STARTS_PICTURE = /^\p{Extended_Pictographic}/u;

function follows(picture: RegExp, at: number, text: string): boolean {
  return picture.test(text.slice(Math.max(0, at - NEAR), at));
}

function precedes(at: number, text: string): boolean {
  return STARTS_PICTURE.test(text.slice(at, at + NEAR));
}

function isKeycap(at: number, text: string): boolean {
  return text[at + 1] === '\u20E3' && /[0-9#*]/.test(text[at - 1] ?? '');
}
