import type { RunbookIndex } from './runbook-index.ts';

/** One Markdown file; the operator's carry the commit they were read at. */
export interface RunbookFile {
  /** From the root of the repository, or of this project for a built-in one. */
  path: string;
  text: string;
  origin: 'operator' | 'built-in';
  commit?: string;
}

/**
 * Where runbooks come from: the built-in ones and the Markdown of the operator's repository at its base, as one index. A
 * repository that cannot be read is told in the index's `warnings`; the built-in ones are there all the same.
 */
export interface RunbookSource {
  index(signal: AbortSignal): Promise<RunbookIndex>;
}
