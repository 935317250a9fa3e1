import type { ClusterReader } from '#domain/cluster.ts';
import { type ObjectPlaces, objectPlaces } from '#domain/locate/object-places.ts';
import type { Places } from '#domain/locate/places.ts';
import type { IndexedCommit, PlaceSource } from '#domain/locate/source.ts';
import { isKeyPath } from '#domain/repository/key-material.ts';

import { follows } from './follows.ts';
import type { FileVisibility } from './scoped-repository.ts';
import type { FollowedSource } from './sight.ts';
import { type Touched, noteHidden } from './touched.ts';

/** What the places of one call depend on. */
export interface PlaceParts {
  /** Absent when no repository is configured. */
  source: PlaceSource | undefined;
  files: Pick<FileVisibility, 'allows'>;
  touched: Touched;
  /** What the cluster follows; undefined when that is not known. */
  followed: () => Promise<FollowedSource | undefined>;
  /** The cluster as the caller sees it; undefined where there is none. */
  openCluster: () => Promise<ClusterReader | undefined>;
}

/** Places in Git through the policy, and only for a cluster that follows the repository. */
export function seenPlaces({ source, files, touched, followed, openCluster }: PlaceParts): Places {
  const allows = (file: string): boolean => {
    if (files.allows(file) && !isKeyPath(file)) return true;
    noteHidden(touched, 'File');
    return false;
  };
  const indexed = async (signal: AbortSignal): Promise<IndexedCommit | undefined> => {
    const found = await source?.at(signal);
    if (found === undefined || 'commit' in found) return found;
    touched.unread.set('files and lines in Git', found.why);
    return undefined;
  };
  const seen = (found: IndexedCommit | undefined): ObjectPlaces | undefined =>
    found && objectPlaces(found, allows);
  return {
    configured: source !== undefined,
    all: async (signal) => seen(await indexed(signal)),
    followed: async (signal) => {
      if (source === undefined) return undefined;
      const [found, sync] = await Promise.all([indexed(signal), followed()]);
      return found && sync && (await isFollowed(sync, found, signal)) ? seen(found) : undefined;
    },
    cluster: openCluster,
  };
}

/** The same repository, and, as far as the cluster tells, the same branch. */
async function isFollowed(
  source: FollowedSource,
  { identity, history }: IndexedCommit,
  signal: AbortSignal,
): Promise<boolean> {
  const { branch = identity.base } = source;
  return branch === identity.base && follows(source, { identity, history }, signal);
}
