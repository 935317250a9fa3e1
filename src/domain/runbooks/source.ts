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
 * Where runbooks come from: the built-in ones and the Markdown of the operator's repository, as one index. Rejects with a
 * ToolError only when not even the built-in ones can be had; a repository that cannot be read is told in `warnings`.
 */
export interface RunbookSource {
  index(signal: AbortSignal): Promise<{ index: RunbookIndex; warnings?: readonly string[] }>;
}
