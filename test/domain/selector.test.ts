import { describe, expect, test } from 'vitest';

import { matchesSelector, parseSelector } from '../../src/domain/selector.ts';

const labels = { app: 'web', tier: 'front', 'app.kubernetes.io/name': 'web', empty: '' };

describe('label selectors', () => {
  test.each([
    ['app=web', true],
    ['app==web', true],
    ['app=db', false],
    ['app!=db', true],
    ['app!=web', false],
    ['missing!=x', true],
    ['app', true],
    ['missing', false],
    ['!missing', true],
    ['!app', false],
    ['app=web,tier=front', true],
    ['app=web, tier=back', false],
    ['app.kubernetes.io/name=web', true],
    ['empty=', true],
    ['app=', false],
  ])('%s is %s', (selector, expected) => {
    expect(matchesSelector(labels, parseSelector(selector))).toBe(expected);
  });

  test('no selector meets everything', () => {
    expect(matchesSelector(labels, parseSelector(undefined))).toBe(true);
  });

  test.each(['', 'app in (a,b)', 'a=b=c', 'a=b,', '=x'])('%j is refused, not guessed', (selector) => {
    expect(() => parseSelector(selector)).toThrow('cannot be read');
  });
});
