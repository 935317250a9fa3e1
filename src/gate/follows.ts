import type { RepositoryReader } from '#domain/repository/port.ts';
import { sameRepository } from '#domain/repository/same-repository.ts';

import type { FollowedSource } from './sight.ts';

/**
 * Whether what a cluster follows is this repository: at the same place, or at another (a mirror, an alias of a host, a local
 * copy) and the commit it has reached is in it.
 */
export async function follows(
  { url, revision }: Pick<FollowedSource, 'url' | 'revision'>,
  repository: Pick<RepositoryReader, 'identity' | 'history'>,
  signal: AbortSignal,
): Promise<boolean> {
  if (url === undefined) return false;
  if (sameRepository(url, repository.identity.url)) return true;
  const commit = /(?:^|@)sha1:([0-9a-f]{40})$/.exec(revision ?? '')?.[1];
  if (commit === undefined) return false;
  return repository.history(commit, '', 1, signal).then(
    () => true,
    () => false,
  );
}
