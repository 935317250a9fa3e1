/**
 * Characters that a reviewer does not see, or that change how others are shown: controls other than tab and line feed,
 * bidi, zero-width, fillers, variation selectors, tags, annotation marks, lone surrogates.
 */
const UNSEEN = new RegExp(
  [
    String.raw`[\0-\x08\x0B-\x1F\x7F-\x9F\xAD]`,
    String.raw`[\u034F\u061C\u115F\u1160\u17B4\u17B5\u180B-\u180F\u200B-\u200F\u2028-\u202E\u2060-\u206F]`,
    String.raw`[\u2800\u3164\uFE00-\uFE0F\uFEFF\uFFA0\uFFF0-\uFFFB]`,
    String.raw`[\u{1D173}-\u{1D17A}\u{E0000}-\u{E0FFF}]`,
    String.raw`\p{Surrogate}`,
  ].join('|'),
  'gu',
);

const PICTURE = /\p{Extended_Pictographic}(?:[\u{1F3FB}-\u{1F3FF}]|\uFE0F)?$/u;

/**
 * The first such character as `U+202E`, or undefined. What colours or joins an emoji where one stands is no such
 * character.
 */
export function unseenCharacter(text: string): string | undefined {
  for (const { 0: character, index } of text.matchAll(UNSEEN)) {
    const isPart = character === '\uFE0F' || character === '\u200D';
    if (isPart && PICTURE.test(text.slice(Math.max(0, index - 4), index))) continue;
    return codePoint(character);
  }
  return undefined;
}

/** The text with a space in the place of each such character; line feeds and tabs stay. */
export function withoutUnseen(text: string): string {
  return text.replaceAll(UNSEEN, ' ');
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
