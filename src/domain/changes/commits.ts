import { toToolError } from '../../errors.ts';
import { parseTime } from '../duration.ts';
import type { Commit, RepositoryReader } from '../repository/port.ts';

/** Commits in one answer. */
const MOST = 100;

/** Commits on the base branch since a time; without a repository, or one that cannot be read, why there are none. */
export async function commitsSince(
  repository: { reader: RepositoryReader } | { missing: string },
  since: number,
  signal: AbortSignal,
): Promise<{ commits: readonly Commit[]; why?: string }> {
  if ('missing' in repository) return { commits: [], why: repository.missing };
  try {
    const { commit } = await repository.reader.head(signal);
    const commits = await repository.reader.history(commit.sha, '', MOST, signal);
    return { commits: commits.filter(({ when }) => (parseTime(when) ?? 0) >= since) };
  } catch (error) {
    signal.throwIfAborted();
    return { commits: [], why: toToolError(error).message };
  }
}
