import { isArchive } from '../disabled/entries.ts';

/** Files of one cluster among those of a repository. */
export interface ClusterFiles<T> {
  files: readonly T[];
  /** Several clusters have such files, and nothing tells which of them is this one: its name may be any of these. */
  doubt?: readonly string[];
}

/**
 * Without files of other clusters and without archives. `live` are paths of the cluster's Kustomizations, `all` every file
 * of the commit. Another cluster's file lies in `clusters/NAME/`, or has a twin that differs in one directory alone, which
 * live paths name. What a live path holds is always kept.
 */
export function filesOfCluster<T extends { path: string }>(
  candidates: readonly T[],
  all: readonly { path: string }[],
  live: readonly string[],
): ClusterFiles<T> {
  const kept = candidates.filter(({ path }) => !isPutAway(path));
  const applied = live
    .map((path) => path.replace(/^\.?\//, '').replace(/\/$/, ''))
    .filter((path) => path !== '');
  const named = new Set(applied.flatMap((path) => path.split('/')));
  const clusters = new Set(all.flatMap(({ path }) => clusterIn(path) ?? []));
  const isApplied = (path: string): boolean => applied.some((home) => path.startsWith(`${home}/`));
  const twins = twinsOf(kept);
  const isOther = ({ path }: T): boolean =>
    !isApplied(path) && (isOfAnother(path, clusters, named) || hasOwnTwin(path, twins, named));
  const files = kept.filter((file) => !isOther(file));
  const left = [...new Set(files.flatMap(({ path }) => clusterIn(path) ?? []))].toSorted();
  return { files, ...(left.length > 1 && !left.some((name) => named.has(name)) && { doubt: left }) };
}

/** Directories that are hidden or kept as a reference: nothing in them is in force. */
function isPutAway(path: string): boolean {
  return isArchive(path) || /(?:^|\/)\.[^/]+\//.test(path);
}

/** `main` of `kube/clusters/main/talos/talconfig.yaml`. */
function clusterIn(path: string): string | undefined {
  return /(?:^|\/)clusters\/([^/]+)\//.exec(path)?.[1];
}

function isOfAnother(path: string, clusters: ReadonlySet<string>, named: ReadonlySet<string>): boolean {
  const own = [...clusters].some((name) => named.has(name));
  const hits = directoriesOf(path).filter((name) => clusters.has(name));
  return own && hits.length > 0 && !hits.some((name) => named.has(name));
}

function directoriesOf(path: string): string[] {
  return path.split('/').slice(0, -1);
}

/** A path with one directory left open, for each directory. */
function patternsOf(path: string): { pattern: string; name: string }[] {
  const parts = path.split('/');
  return directoriesOf(path).map((name, index) => ({ pattern: parts.with(index, '*').join('/'), name }));
}

/** Which directories stand in the open place of a pattern. */
function twinsOf(files: readonly { path: string }[]): ReadonlyMap<string, ReadonlySet<string>> {
  const open = Map.groupBy(
    files.flatMap(({ path }) => patternsOf(path)),
    ({ pattern }) => pattern,
  );
  return new Map([...open].map(([pattern, all]) => [pattern, new Set(all.map(({ name }) => name))]));
}

function hasOwnTwin(
  path: string,
  twins: ReadonlyMap<string, ReadonlySet<string>>,
  named: ReadonlySet<string>,
): boolean {
  return patternsOf(path).some(
    ({ pattern, name }) =>
      !named.has(name) && [...(twins.get(pattern) ?? [])].some((twin) => named.has(twin)),
  );
}
