const MEMORY_SECTION = 5;
const HEADER_BYTES = 8;

/**
 * The WebAssembly module with a declared maximum on its one memory, in pages of 64 KiB: Go's linker declares none, so
 * that a build gone wild could take all that the machine has. Throws when the module has another shape than Go's.
 */
export function withMaximumMemory(module: Uint8Array, pages: number): Uint8Array {
  let at = HEADER_BYTES;
  while (at < module.length) {
    const size = unsigned(module, at + 1);
    if (module[at] === MEMORY_SECTION) return replaced(module, at, size.end + size.value, pages);
    at = size.end + size.value;
  }
  throw new Error('the module has no memory of its own');
}

function replaced(module: Uint8Array, start: number, end: number, pages: number): Uint8Array {
  const body = unsigned(module, start + 1).end;
  const [count, flags] = module.subarray(body);
  if (count !== 1 || flags !== 0) throw new Error('the module has not one memory without a maximum');
  const minimum = unsigned(module, body + 2).value;
  if (minimum > pages)
    throw new Error(`the module starts with ${minimum} pages, over the maximum of ${pages}`);
  const limits = [1, 1, ...encoded(minimum), ...encoded(pages)];
  const section = [MEMORY_SECTION, ...encoded(limits.length), ...limits];
  return Buffer.concat([module.subarray(0, start), Uint8Array.from(section), module.subarray(end)]);
}

/** An LEB128 number, and where it ends. */
function unsigned(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  for (let at = start, shift = 0; ; at += 1, shift += 7) {
    const byte = bytes[at];
    if (byte === undefined) throw new Error('the module is cut short');
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, end: at + 1 };
  }
}

function encoded(value: number): number[] {
  const rest = Math.floor(value / 0x80);
  return rest === 0 ? [value] : [(value % 0x80) | 0x80, ...encoded(rest)];
}
