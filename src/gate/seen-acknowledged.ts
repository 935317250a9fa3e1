import { type AcknowledgedSource, NOTHING_ACKNOWLEDGED } from '#domain/acknowledged/source.ts';

import type { FileVisibility } from './scoped-repository.ts';

/** The file of acknowledgements, by its path in the repository. */
export interface AcknowledgedFile extends AcknowledgedSource {
  path: string;
}

/** A file of the repository like any other: who may not read it gets none of what it says. */
export function seenAcknowledged(
  file: AcknowledgedFile | undefined,
  { allows }: Pick<FileVisibility, 'allows'>,
): AcknowledgedSource {
  return file !== undefined && allows(file.path) ? file : NOTHING_ACKNOWLEDGED;
}
