import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

import type { RunbookFile } from '#domain/runbooks/runbook-file.ts';

const folder = join(import.meta.dirname, '../../../runbooks');

/** The built-in runbooks as they are shipped. */
export const BUILT_IN: readonly RunbookFile[] = readdirSync(folder)
  .filter((file) => file.endsWith('.md'))
  .sort()
  .map((file) => ({
    path: `runbooks/${file}`,
    text: readFileSync(join(folder, file), 'utf8'),
    origin: 'built-in',
  }));
