import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { ENGINE_FILE } from '../../../scripts/engine/ensure.ts';
import { takeApart } from '../../../src/adapters/engine/sections.ts';
import { withMaximumMemory } from '../../../scripts/engine/memory-limit.ts';

const HEADER = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];

/** A type section without types before the memory, and an export section without exports behind it. */
function moduleWith(...memory: number[]): Uint8Array {
  return Uint8Array.from([...HEADER, 1, 1, 0, ...memory, 7, 1, 0]);
}

describe('a maximum of memory', () => {
  test('is written into the section, and the rest stays', () => {
    const limited = withMaximumMemory(moduleWith(5, 3, 1, 0, 2), 300);

    expect([...limited]).toEqual([...HEADER, 1, 1, 0, 5, 5, 1, 1, 2, 0xac, 0x02, 7, 1, 0]);
  });

  test.each([
    ['no memory', moduleWith(), 300, /no memory of its own/],
    ['a maximum already', moduleWith(5, 4, 1, 1, 2, 3), 300, /without a maximum/],
    ['a higher minimum', moduleWith(5, 3, 1, 0, 9), 8, /starts with 9 pages/],
    ['its end missing', Uint8Array.from([...HEADER, 5, 0x80]), 300, /cut short/],
  ])('is refused to a module with %s', (_, module, pages, message) => {
    expect(() => withMaximumMemory(module, pages)).toThrow(message);
  });
});

describe('the data of a module', () => {
  // Two segments, at 3 and at 200, and a custom section behind them.
  const data = [11, 14, 2, 0, 0x41, 3, 0x0b, 2, 7, 8, 0, 0x41, 0xc8, 0x01, 0x0b, 0];
  const module = Uint8Array.from([...HEADER, 1, 1, 0, ...data, 0, 2, 1, 0x61]);

  test('is taken out, and the rest stays', () => {
    const { code, segments } = takeApart(module);

    expect([...code]).toEqual([...HEADER, 1, 1, 0]);
    expect(segments.map(({ offset, bytes }) => [offset, [...bytes]])).toEqual([
      [3, [7, 8]],
      [200, []],
    ]);
  });

  test.each([
    ['without any', [1, 1, 0], /no data at its end/],
    ['with code behind it', [11, 1, 0, 10, 1, 0], /no data at its end/],
    ['that goes where a global says', [11, 6, 1, 0, 0x23, 0, 0x0b, 0], /no fixed place/],
    ['of another memory', [11, 7, 1, 2, 0, 0x41, 0, 0x0b, 0], /no fixed place/],
    ['longer than it says', [11, 7, 1, 0, 0x41, 0, 0x0b, 9, 1], /another length/],
    ['cut short', [11, 5, 1, 0, 0x41, 0x80], /cut short/],
  ])('is refused of a module %s', (_, sections, message) => {
    expect(() => takeApart(Uint8Array.from([...HEADER, ...sections]))).toThrow(message);
  });
});

test('the engine can reach nothing but what its host gives it, and has no sockets to open', async () => {
  const imports = WebAssembly.Module.imports(await WebAssembly.compile(readFileSync(ENGINE_FILE)));

  expect(new Set(imports.map(({ module }) => module))).toEqual(new Set(['wasi_snapshot_preview1']));
  expect(imports.map(({ name }) => name)).not.toContain('sock_connect');
  expect(imports.map(({ name }) => name).filter((name) => name.startsWith('sock_'))).toEqual([]);
});
