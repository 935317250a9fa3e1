import type { RunbookIndex } from './indexed.ts';

/**
 * Where runbooks come from: the built-in ones and the Markdown of the operator's repository at its base, as one index. A
 * repository that cannot be read is told in the index's `warnings`; the built-in ones are there all the same.
 */
export interface RunbookSource {
  index(signal: AbortSignal): Promise<RunbookIndex>;
}
