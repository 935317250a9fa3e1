import type { Mirror } from './mirror.ts';

/**
 * Commits of an operator's clone that no branch of its remote has; undefined without a clone, or where they cannot be counted.
 * Its objects are lent to the mirror for the one command, so that nothing is written on either side.
 */
export async function unpushedCommits(
  { git, source: { clone, isDirect } }: Mirror,
  signal: AbortSignal,
): Promise<number | undefined> {
  if (!clone || isDirect || clone.objects.includes(':')) return undefined;
  const head = await clone.git(['rev-parse', '--verify', '--quiet', 'HEAD^{commit}'], {
    signal,
    accept: [1, 128],
  });
  const id = head.stdout.toString('utf8').trim();
  if (head.code !== 0 || !/^[0-9a-f]{40}$/.test(id)) return undefined;
  const { code, stdout } = await git(['rev-list', '--count', id, '--not', '--branches'], {
    signal,
    env: { GIT_ALTERNATE_OBJECT_DIRECTORIES: clone.objects },
    accept: [128],
  });
  return code === 0 ? Number(stdout.toString('utf8')) : undefined;
}
