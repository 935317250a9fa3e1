import { describe, expect, test } from 'vitest';

import { hasInvisible, showInvisible, withoutInvisible } from '../../src/gate/hygiene.ts';

describe('what is invisible is shown', () => {
  test.each<[name: string, text: string, shown: string]>([
    ['bidi override', 'a\u202Eb', 'a[U+202E]b'],
    ['bidi isolate', '\u2066x\u2069', '[U+2066]x[U+2069]'],
    ['zero-width space', 'a\u200Bb', 'a[U+200B]b'],
    ['zero-width joiner between letters', 'a\u200Db', 'a[U+200D]b'],
    ['byte order mark', '\uFEFFa', '[U+FEFF]a'],
    ['soft hyphen', 'a\u00ADb', 'a[U+00AD]b'],
    ['line separator', 'a\u2028b', 'a[U+2028]b'],
    ['Hangul filler', 'a\u3164b', 'a[U+3164]b'],
    ['half-width Hangul filler', '\uFFA0', '[U+FFA0]'],
    ['tag block', 'a\u{E0041}\u{E0042}', 'a[U+E0041][U+E0042]'],
    ['selector after a letter', 'a\uFE01', 'a[U+FE01]'],
    ['supplementary selector', 'a\u{E0100}', 'a[U+E0100]'],
    ['many selectors after an emoji', '\u2764\uFE0F\uFE0F\uFE01', '\u2764\uFE0F[U+FE0F][U+FE01]'],
    ['selector after a digit', '1\uFE0F2', '1[U+FE0F]2'],
    ['escape sequence', '\u001B[31mred\u001B[0m', '[U+001B][31mred[U+001B][0m'],
    ['operating system command', '\u001B]0;t\u0007', '[U+001B]]0;t[U+0007]'],
    ['C1 control', '\u009B1m', '[U+009B]1m'],
    ['backspace', 'ab\b', 'ab[U+0008]'],
    ['null', 'a\0b', 'a[U+0000]b'],
    ['bare carriage return', 'good\rbad', 'good[U+000D]bad'],
    ['two carriage returns', 'a\r\r\n', 'a[U+000D]\r\n'],
    ['lone surrogate', 'a\uD83Db', 'a[U+D83D]b'],
    ['delete', 'a\u007F', 'a[U+007F]'],
    ['joiner after an emoji that nothing follows', '\u{1F469}\u200Dx', '\u{1F469}[U+200D]x'],
  ])('%s', (_, text, shown) => {
    expect(showInvisible(text)).toBe(shown);
    expect(hasInvisible(text)).toBe(true);
  });
});

describe('what belongs to the text stays', () => {
  test.each([
    ['plain text', 'tabs\tand\nlines\r\nand ünïcödé 日本語 العربية'],
    ['emoji with a selector', 'I \u2764\uFE0F it'],
    ['family', '\u{1F469}\u200D\u{1F4BB}'],
    ['emoji with a skin tone', '\u{1F469}\u{1F3FD}\u200D\u{1F680}'],
    ['emoji with a selector before the joiner', '\u{1F3F3}\uFE0F\u200D\u{1F308}'],
    ['keycap', '1\uFE0F\u20E3'],
    ['what was shown before', '[U+202E]'],
  ])('%s', (_, text) => {
    expect(showInvisible(text)).toBe(text);
  });
});

test('a second pass changes nothing, whatever stands beside what', () => {
  const pieces = [
    'a',
    '1',
    '\u2764',
    '\uFE0F',
    '\u200D',
    '\u{1F469}',
    '\r',
    '\n',
    '\u20E3',
    '\u{1F3FD}',
    '\uD83D',
    '\u202E',
  ];
  const joined = pieces.flatMap((a) =>
    pieces.flatMap((b) => pieces.flatMap((c) => pieces.map((d) => a + b + c + d))),
  );

  for (const text of joined) {
    const once = showInvisible(text);

    expect(showInvisible(once)).toBe(once);
  }
});

test('nothing is deleted', () => {
  const text = '\u202Ea\u200Bb\u001B[0m\rc';

  expect(
    showInvisible(text).replaceAll(/\[U\+([0-9A-F]+)\]/g, (_, code: string) =>
      String.fromCodePoint(parseInt(code, 16)),
    ),
  ).toBe(text);
});

test('for comparing, a text can be had without them', () => {
  expect(withoutInvisible('a\u200Bb\u001B[1;31mc[U+200D]d\r\n')).toBe('abcd\r\n');
});
