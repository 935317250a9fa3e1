import { expect, test } from 'vitest';

import { createMemory, momentOf } from '#domain/memory.ts';

const counter = (): (() => number) => {
  let count = 0;
  return () => (count += 1);
};

test('gives the same value while what it is made of is the same', () => {
  const remember = createMemory();
  const make = counter();
  const list = [1];

  const values = [remember('a', [list, 'x'], make), remember('a', [list, 'x'], make)];

  expect(values).toEqual([1, 1]);
});

test.each([
  { what: 'another list with equal items', before: [[1]], after: [[1]] },
  { what: 'another text', before: ['x'], after: ['y'] },
  { what: 'one part more', before: ['x'], after: ['x', 'y'] },
  { what: 'a list that is not empty any more', before: [[]], after: [[1]] },
  { what: 'another moment', before: [momentOf(29_999)], after: [momentOf(30_000)] },
])('makes it anew for $what', ({ before, after }) => {
  const remember = createMemory();
  const make = counter();

  const values = [remember('a', before, make), remember('a', after, make)];

  expect(values).toEqual([1, 2]);
});

test('takes one empty list for another', () => {
  const remember = createMemory();
  const make = counter();

  const values = [remember('a', [[]], make), remember('a', [[]], make)];

  expect(values).toEqual([1, 1]);
});

test('keeps the names apart', () => {
  const remember = createMemory();

  const values = [remember('a', [], () => 'a'), remember('b', [], () => 'b'), remember('a', [], () => 'c')];

  expect(values).toEqual(['a', 'b', 'a']);
});
