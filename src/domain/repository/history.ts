import { parseTime } from '../duration.ts';
import type { Commit, RepositoryReader } from './port.ts';

/** The newest commits that touched any of the files or directories, each commit once. */
export async function historyOfFiles(
  repository: Pick<RepositoryReader, 'history'>,
  { commit, paths, limit }: { commit: string; paths: readonly string[]; limit: number },
  signal: AbortSignal,
): Promise<Commit[]> {
  const distinct = [...new Set(paths)];
  const all = await Promise.all(distinct.map((path) => repository.history(commit, path, limit, signal)));
  if (all.length === 1) return all[0] ?? [];
  const bySha = new Map(all.flat().map((one) => [one.sha, one]));
  return [...bySha.values()].toSorted((a, b) => timeOf(b) - timeOf(a)).slice(0, limit);
}

function timeOf({ when }: Commit): number {
  return parseTime(when) ?? 0;
}
