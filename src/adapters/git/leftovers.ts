import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { silenceOf } from './cache.ts';

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
