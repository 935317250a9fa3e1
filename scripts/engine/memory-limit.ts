import { sectionsOf, unsigned, type Section } from '../../src/adapters/engine/sections.ts';

const MEMORY_SECTION = 5;

/**
 * The WebAssembly module with a declared maximum on its one memory, in pages of 64 KiB: Go's linker declares none, so
 * that a build gone wild could take all that the machine has. Throws when the module has another shape than Go's.
 */
export function withMaximumMemory(module: Uint8Array, pages: number): Uint8Array {
  const memory = sectionsOf(module).find(({ id }) => id === MEMORY_SECTION);
  if (memory === undefined) throw new Error('the module has no memory of its own');
  return replaced(module, memory, pages);
}

function replaced(module: Uint8Array, { start, body, end }: Section, pages: number): Uint8Array {
  const [count, flags] = module.subarray(body);
  if (count !== 1 || flags !== 0) throw new Error('the module has not one memory without a maximum');
  const minimum = unsigned(module, body + 2).value;
  if (minimum > pages)
    throw new Error(`the module starts with ${minimum} pages, over the maximum of ${pages}`);
  const limits = [1, 1, ...encoded(minimum), ...encoded(pages)];
  const section = [MEMORY_SECTION, ...encoded(limits.length), ...limits];
  return Buffer.concat([module.subarray(0, start), Uint8Array.from(section), module.subarray(end)]);
}

function encoded(value: number): number[] {
  const rest = Math.floor(value / 0x80);
  return rest === 0 ? [value] : [(value % 0x80) | 0x80, ...encoded(rest)];
}
