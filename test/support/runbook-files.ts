import { createRunbookIndex, type RunbookIndex } from '#domain/runbooks/runbook-index.ts';
import type { RunbookFile } from '#domain/runbooks/runbook-file.ts';
import { parseRunbook } from '#domain/runbooks/runbook.ts';

/** The index of runbooks that stand in these files. */
export function indexOfFiles(files: readonly RunbookFile[], warnings: readonly string[] = []): RunbookIndex {
  return createRunbookIndex(files.map(parseRunbook), warnings);
}
