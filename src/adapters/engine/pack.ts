import type { PackedFiles } from './protocol.ts';
import { Breaths } from './breaths.ts';

/** Lays files end to end, in slices that leave the event loop free in between. */
export async function packed(files: ReadonlyMap<string, Uint8Array>): Promise<PackedFiles> {
  let size = 0;
  for (const content of files.values()) size += content.length;
  const bytes = new Uint8Array(size);
  const ends: number[] = [];
  const breaths = new Breaths();
  let at = 0;
  for (const content of files.values()) {
    bytes.set(content, at);
    ends.push((at += content.length));
    await breaths.take();
  }
  return { paths: [...files.keys()], ends, bytes };
}
