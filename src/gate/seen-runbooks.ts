import { createRunbookIndex } from '#domain/runbooks/runbook-index.ts';
import type { Runbook } from '#domain/runbooks/runbook.ts';
import type { RunbookSource } from '#domain/runbooks/source.ts';

import type { FileVisibility } from './scoped-repository.ts';

/** The runbooks through the policy: those of the operator's repository are files of it, the built-in ones are for everybody. */
export function seenRunbooks(
  source: RunbookSource,
  { allows }: Pick<FileVisibility, 'allows'>,
): RunbookSource {
  const visible = ({ origin, path }: Runbook): boolean => origin === 'built-in' || allows(path);
  return {
    async index(signal) {
      const index = await source.index(signal);
      const seen = index.runbooks.filter(visible);
      return seen.length === index.runbooks.length ? index : createRunbookIndex(seen, index.warnings);
    },
  };
}
