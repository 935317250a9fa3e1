import type { Commit, RepositoryIdentity, RepositoryReader } from '../repository/port.ts';
import type { Locator } from './locator.ts';

/** The tip of the base branch, indexed. */
export interface IndexedCommit {
  identity: RepositoryIdentity;
  commit: string;
  locator: Locator;
  /** The last commit that touched a file; undefined where that is not known. */
  lastChange: (file: string) => Commit | undefined;
  /** Of the repository, to see which commits it has. */
  history: RepositoryReader['history'];
}

/** Where indexed commits come from; never rejects, and waits only a moment: `why` there is none yet, or not at all. */
export interface PlaceSource {
  at(signal: AbortSignal): Promise<IndexedCommit | { why: string }>;
}
