import { describe, expect, test } from 'vitest';

import { assertModest } from '../../src/gate/count.ts';

describe('arguments are counted before a schema sees them', () => {
  test.each([
    ['nothing', undefined],
    ['an ordinary call', { namespace: 'apps', limit: 20, names: ['a', 'b'] }],
    ['1,999 elements', Array.from({ length: 1_999 }, () => 0)],
    ['16 levels', nested(16)],
  ])('%s pass', (_name, input) => {
    expect(() => assertModest(input)).not.toThrow();
  });

  test.each([
    ['2,001 elements', Array.from({ length: 2_001 }, () => 0), 'more than 2000 elements'],
    [
      'many keys',
      Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`k${i}`, 0])),
      'more than 2000 elements',
    ],
    ['17 levels', nested(17), 'nested deeper than 16'],
    ['100,000 levels', nested(100_000), 'nested deeper than 16'],
    ['a long string', 'x'.repeat(300_000), 'more than 256 KB'],
    ['a long key', { ['x'.repeat(300_000)]: 1 }, 'more than 256 KB'],
  ])('%s are refused', (_name, input, message) => {
    expect(() => assertModest(input)).toThrow(message);
  });
});

function nested(levels: number): unknown {
  let value: unknown = 0;
  for (let level = 0; level < levels; level += 1) value = [value];
  return value;
}
