import { describe, expect, test } from 'vitest';

import { byText, clip, clipMiddle, fingerprint, nameSome } from '#domain/text.ts';

describe('text', () => {
  test.each([
    ['short', 10, 'short'],
    ['  two\n\tlines ', 10, 'two lines'],
    ['0123456789', 10, '0123456789'],
    ['01234567890', 10, '012345678…'],
    ['word word word', 6, 'word…'],
    ['😀😀😀😀', 3, '😀😀…'],
  ])('%j clipped to %d is %j', (text, limit, clipped) => {
    expect(clip(text, limit)).toBe(clipped);
  });

  test.each([
    ['0123456789', 10, '0123456789'],
    ['tried this and that: cause', 15, 'tried … cause'],
    ['0123456789abcdef', 11, '0123 … cdef'],
  ])('%j clipped in its middle to %d is %j', (text, limit, clipped) => {
    expect(clipMiddle(text, limit)).toBe(clipped);
  });

  test.each([
    [[], ''],
    [['a', 'b'], 'a, b'],
    [['a', 'b', 'c', 'd'], 'a, b and 2 more'],
  ])('%j is named %j', (names, words) => {
    expect(nameSome(names, 2)).toBe(words);
  });

  test('is ordered the same in every locale', () => {
    expect(['b', 'ä', 'B', 'a', 'a'].toSorted(byText)).toEqual(['B', 'a', 'a', 'b', 'ä']);
  });

  test('is marked by the published FNV-1a values', () => {
    expect([fingerprint(''), fingerprint('a'), fingerprint('foobar')]).toEqual([
      '811c9dc5',
      'e40c292c',
      'bf9cf968',
    ]);
  });
});
