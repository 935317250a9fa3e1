import { toToolError } from '../../errors.ts';
import { parseTime } from '../duration.ts';
import type { FluxObject } from '../objects/flux.ts';
import type { Commit, RepositoryReader } from '../repository/port.ts';
import { byText } from '../text.ts';

/** Commits in one answer, and directories that are asked for one by one. */
const MOST = { commits: 100, roots: 6 };

/**
 * Commits on the base branch since a time that touched what the cluster is made of; all commits where nothing says what
 * that is. Without a repository, or one that cannot be read, why there are none.
 */
export async function commitsSince(
  repository: { reader: RepositoryReader } | { missing: string },
  { since, roots }: { since: number; roots: readonly string[] },
  signal: AbortSignal,
): Promise<{ commits: readonly Commit[]; why?: string }> {
  if ('missing' in repository) return { commits: [], why: repository.missing };
  try {
    const { reader } = repository;
    const { commit } = await reader.head(signal);
    const paths = roots.length === 0 || roots.length > MOST.roots ? [''] : roots;
    const found = await Promise.all(
      paths.map((path) => reader.history(commit.sha, path, MOST.commits, signal).catch(() => undefined)),
    );
    signal.throwIfAborted();
    const isWhole = found.every((commits) => commits !== undefined);
    const all = isWhole ? found.flat() : await reader.history(commit.sha, '', MOST.commits, signal);
    const bySha = new Map(all.flatMap((one) => (one === undefined ? [] : [[one.sha, one] as const])));
    return { commits: [...bySha.values()].filter(({ when }) => (parseTime(when) ?? 0) >= since) };
  } catch (error) {
    signal.throwIfAborted();
    return { commits: [], why: toToolError(error).message };
  }
}

/**
 * The directories of a repository that a cluster is made of, by the paths of its Kustomizations: `clusters/main` of
 * `./clusters/main/kubernetes/apps`, where its Talos configuration lies, too. None when one of them is the whole.
 */
export function clusterRoots(objects: readonly FluxObject[]): string[] {
  const paths = objects
    .filter(({ kind, source }) => kind === 'Kustomization' && source?.kind === 'GitRepository')
    .map(({ path }) => (path ?? '').replace(/^(?:\.?\/)+/, '').replace(/\/$/, ''));
  if (paths.some((path) => path === '' || path === '.')) return [];
  const roots = paths.map((path) =>
    path
      .split('/')
      .slice(0, path.startsWith('clusters/') ? 2 : 1)
      .join('/'),
  );
  return [...new Set(roots)].toSorted(byText);
}
