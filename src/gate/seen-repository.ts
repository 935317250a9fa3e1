import type { Head, RepositoryReader } from '#domain/repository/port.ts';

import { type FileVisibility, scopedRepository } from './scoped-repository.ts';
import type { Touched } from './touched.ts';

/** A repository as one call used it. */
export interface RepositoryUse {
  reader: RepositoryReader;
  /** The head that the call read, if it asked for it. */
  head: () => Head | undefined;
}

/** The repository through the policy, noting which head an answer rests on. */
export function seenRepository(
  repository: RepositoryReader,
  files: FileVisibility,
  touched: Touched,
): RepositoryUse {
  let head: Head | undefined;
  const scoped = scopedRepository(repository, files, touched);
  return {
    reader: { ...scoped, head: async (signal) => (head = await scoped.head(signal)) },
    head: () => head,
  };
}
