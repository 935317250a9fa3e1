import type { RepositoryReader } from '../repository/port.ts';

const READ = /\.(?:ya?ml|md)$/i;
const LARGEST = 512 * 1024;

/** The texts of a commit that say what is disabled, by path, as they may be shown; one that may not be read is passed over. */
export async function readTexts(
  repository: RepositoryReader,
  commit: string,
  signal: AbortSignal,
): Promise<ReadonlyMap<string, string>> {
  const files = (await repository.list(commit, '', signal)).filter(
    ({ path, size, mode }) => READ.test(path) && size <= LARGEST && mode.startsWith('100'),
  );
  const texts = await Promise.all(
    files.map(async ({ path }) => {
      try {
        return [
          [path, new TextDecoder().decode((await repository.read(commit, path, signal)).content)] as const,
        ];
      } catch {
        signal.throwIfAborted();
        return [];
      }
    }),
  );
  return new Map(texts.flat());
}
