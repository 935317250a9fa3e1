import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { silenceOf } from './cache.ts';
import type { Git } from './git.ts';

const HOUR = 3_600_000;

/**
 * Removes what a killed fetch leaves in a mirror: lock files, and packs that were never finished. Only for the holder of the
 * mirror's lock: nobody else changes references, so a lock file is nobody's.
 */
export function removeLeftovers(mirror: string): void {
  for (const file of filesIn(mirror, ['.'], false).concat(filesIn(mirror, ['refs'], true))) {
    if (file.endsWith('.lock')) rmSync(file, { force: true });
  }
  for (const file of filesIn(mirror, ['objects', 'pack'], false)) {
    if (/\/tmp_[^/]*$/.test(file) && silenceOf(file) > HOUR) rmSync(file, { force: true });
  }
}

function filesIn(mirror: string, below: readonly string[], recursive: boolean): string[] {
  const directory = join(mirror, ...below);
  try {
    return readdirSync(directory, { recursive, encoding: 'utf8' }).map((name) => join(directory, name));
  } catch {
    return [];
  }
}

/** More packs than this make reading slower; each fetch that brings something adds one. */
const MOST_PACKS = 50;

/**
 * Makes one pack of many. For the holder of the lock; servers that read meanwhile find what they need in either. What nothing
 * refers to stays for two weeks, proposals that are being prepared among it.
 */
export async function tidy(mirror: string, git: Git, signal: AbortSignal): Promise<void> {
  const packs = filesIn(mirror, ['objects', 'pack'], false).filter((file) => file.endsWith('.pack'));
  if (packs.length <= MOST_PACKS) return;
  await git(['repack', '-A', '-d', '-q', '--unpack-unreachable=2.weeks.ago'], { signal, limit: 300_000 });
}
