const HEADER_BYTES = 8;
const DATA = 11;
const CUSTOM = 0;

/** Opcodes of the expression that says where a segment goes. */
const I32_CONST = 0x41;
const END = 0x0b;

/** A section of a WebAssembly module: where it starts, and where its content does and ends. */
export interface Section {
  id: number;
  start: number;
  body: number;
  end: number;
}

/** What a module's memory starts with, at an offset. */
export interface Segment {
  offset: number;
  bytes: Uint8Array;
}

/** A module without the data of its memory, and that data; both are views of the module they were taken from. */
export interface Apart {
  code: Uint8Array;
  segments: Segment[];
}

/** The sections in order; throws where the module is cut short. */
export function sectionsOf(module: Uint8Array): Section[] {
  const sections: Section[] = [];
  for (let start = HEADER_BYTES; start < module.length;) {
    const size = unsigned(module, start + 1);
    const end = size.end + size.value;
    sections.push({ id: module[start] ?? CUSTOM, start, body: size.end, end });
    start = end;
  }
  return sections;
}

/**
 * Takes the data out: V8 keeps the bytes of a module for as long as it lives, and a third of the engine's are only ever copied
 * into its memory. Throws when the module has another shape than Go's.
 */
export function takeApart(module: Uint8Array): Apart {
  const sections = sectionsOf(module);
  const at = sections.findIndex(({ id }) => id === DATA);
  const data = sections[at];
  if (data === undefined || sections.slice(at + 1).some(({ id }) => id !== CUSTOM))
    throw new Error('the module has no data at its end');
  return { code: module.subarray(0, data.start), segments: segmentsIn(module, data) };
}

function segmentsIn(module: Uint8Array, { body, end }: Section): Segment[] {
  const count = unsigned(module, body);
  const segments: Segment[] = [];
  let at = count.end;
  for (let index = 0; index < count.value; index += 1) {
    const offset = unsigned(module, at + 2);
    if (module[at] !== 0 || module[at + 1] !== I32_CONST || module[offset.end] !== END)
      throw new Error('the module has data that goes to no fixed place');
    const size = unsigned(module, offset.end + 1);
    at = size.end + size.value;
    segments.push({ offset: offset.value, bytes: module.subarray(size.end, at) });
  }
  if (at !== end) throw new Error('the module has data of another length than it says');
  return segments;
}

/** An LEB128 number that is not negative, and where it ends. */
export function unsigned(bytes: Uint8Array, start: number): { value: number; end: number } {
  let value = 0;
  for (let at = start, shift = 0; ; at += 1, shift += 7) {
    const byte = bytes[at];
    if (byte === undefined) throw new Error('the module is cut short');
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) return { value, end: at + 1 };
  }
}
