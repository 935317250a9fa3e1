import { type HygieneScanner, scanSecrets } from '#domain/hygiene/scan.ts';
import type { RepositoryReader } from '#domain/repository/port.ts';

import type { FileVisibility } from './scoped-repository.ts';
import { type Touched, noteHidden } from './touched.ts';

/** Scans the files that the caller may see, as they are committed: a masked copy would hide what is looked for. */
export function seenHygiene(
  repository: RepositoryReader,
  { allows }: Pick<FileVisibility, 'allows'>,
  touched: Touched,
): HygieneScanner {
  const sees = (path: string): boolean => {
    const isSeen = allows(path);
    if (!isSeen) noteHidden(touched, 'File');
    return isSeen;
  };
  return { scan: (question, signal) => scanSecrets(repository, { sees, clock: elapsed }, question, signal) };
}

function elapsed(): number {
  return performance.now();
}
