import {
  type OpenedRepository,
  type RepositoryOptions,
  openRepository,
} from '../../../src/adapters/git/open.ts';
import { ToolError } from '../../../src/errors.ts';

export const signal = new AbortController().signal;

/** Opens a repository as main does, with a clock the test can move. */
export function open(
  options: Partial<RepositoryOptions> & { repository: string; cacheDir: string },
): Promise<OpenedRepository> {
  return openRepository({
    environment: { PATH: process.env['PATH'] },
    now: Date.now,
    redact: (text) => text,
    fetchEvery: 0,
    ...options,
  });
}

/** The ToolError a promise rejects with; any other outcome fails the test. */
export async function problemOf(promise: Promise<unknown>): Promise<ToolError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof ToolError) return error;
    throw error;
  }
  throw new Error('it did not fail');
}
