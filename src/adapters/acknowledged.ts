import { type Acknowledged, parseAcknowledged } from '#domain/acknowledged/file.ts';
import type { AcknowledgedSource } from '#domain/acknowledged/source.ts';
import type { RepositoryReader } from '#domain/repository/port.ts';
import { textOf } from '#domain/repository/text.ts';

import { toToolError } from '../errors.ts';

/** Which file of which repository. */
interface AcknowledgedOptions {
  openRepository: () => Promise<Pick<RepositoryReader, 'head' | 'read'>>;
  path: string;
}

/** The file at the head of the base branch, read again when that has moved; a repository without one acknowledges nothing. */
export function createAcknowledgedSource({
  openRepository,
  path,
}: AcknowledgedOptions): AcknowledgedSource & { path: string } {
  let made: { commit: string; acknowledged: Acknowledged } | undefined;
  return {
    path,
    async read(signal) {
      try {
        const repository = await openRepository();
        const commit = (await repository.head(signal)).commit.sha;
        if (made?.commit !== commit) {
          made = { commit, acknowledged: await readAt(repository, commit, path, signal) };
        }
        return made.acknowledged;
      } catch (error) {
        signal.throwIfAborted();
        const before = made?.acknowledged ?? parseAcknowledged(path, '');
        return { ...before, unread: toToolError(error).message };
      }
    },
  };
}

async function readAt(
  repository: Pick<RepositoryReader, 'read'>,
  commit: string,
  path: string,
  signal: AbortSignal,
): Promise<Acknowledged> {
  try {
    return parseAcknowledged(path, textOf(await repository.read(commit, path, signal)));
  } catch (error) {
    const { code, message } = toToolError(error);
    if (code === 'not_found') return parseAcknowledged(path, '');
    if (code !== 'invalid_input') throw error;
    return { ...parseAcknowledged(path, ''), mistakes: [{ line: 1, message }] };
  }
}
