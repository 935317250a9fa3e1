import { Breaths } from './breaths.ts';

const LINE_FEED = 10;
const CHUNK_BYTES = 256 * 1024;

/** Copies text out of the engine's memory in chunks of whole lines, each of about a quarter of a megabyte. */
export function cutIntoChunks(text: Uint8Array): Uint8Array[] {
  const chunks: Uint8Array[] = [];
  for (let start = 0; start < text.length;) {
    const feed = text.indexOf(LINE_FEED, Math.min(start + CHUNK_BYTES, text.length) - 1);
    const end = feed === -1 ? text.length : feed + 1;
    chunks.push(text.slice(start, end));
    start = end;
  }
  return chunks;
}

/** Parses each line of the chunks, in slices that leave the event loop free in between. */
export async function parseLines<Line>(chunks: readonly Uint8Array[]): Promise<Line[]> {
  const parsed: Line[] = [];
  const breaths = new Breaths();
  const decoder = new TextDecoder();
  for (const chunk of chunks) {
    for (const line of decoder.decode(chunk).split('\n')) {
      if (line !== '') parsed.push(JSON.parse(line) as Line);
      await breaths.take();
    }
  }
  return parsed;
}
