import { ToolError } from '../../errors.ts';
import type { RepositoryReader } from '../repository/port.ts';
import type { GitSide } from './answer.ts';
import { gitPins } from './git-pins.ts';

/** The pins at the head of a repository, or in words why there are none; an answer without them is better than none. */
export async function gitSide(
  repository: { reader: RepositoryReader } | { missing: string },
  live: readonly string[],
  signal: AbortSignal,
): Promise<GitSide> {
  if ('missing' in repository) return repository;
  const { reader } = repository;
  try {
    const { sha } = (await reader.head(signal)).commit;
    return { commit: sha, pins: await gitPins(reader, sha, live, signal) };
  } catch (error) {
    signal.throwIfAborted();
    if (error instanceof ToolError) return { missing: error.message };
    throw error;
  }
}
