import { readFileSync } from 'node:fs';

import { describe, expect, test } from 'vitest';

import { ENGINE_FILE } from '../../../scripts/engine/ensure.ts';
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

test('the engine can reach nothing but what its host gives it, and has no sockets to open', async () => {
  const imports = WebAssembly.Module.imports(await WebAssembly.compile(readFileSync(ENGINE_FILE)));

  expect(new Set(imports.map(({ module }) => module))).toEqual(new Set(['wasi_snapshot_preview1']));
  expect(imports.map(({ name }) => name)).not.toContain('sock_connect');
  expect(imports.map(({ name }) => name).filter((name) => name.startsWith('sock_'))).toEqual([]);
});
