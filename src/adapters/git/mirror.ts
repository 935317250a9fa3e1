import { existsSync } from 'node:fs';
import { join } from 'node:path';

import { ToolError } from '../../errors.ts';
import type { Cache } from './cache.ts';
import {
  type FetchLimits,
  type Progress,
  type Reach,
  defaultBranch,
  fetchAll,
  metLock,
  seedFrom,
} from './fetch.ts';
import { type Freshness, createRefresher } from './freshness.ts';
import type { Git } from './git.ts';
import { removeLeftovers, tidy } from './leftovers.ts';
import { acquireLock } from './lock.ts';
import type { Source } from './source.ts';

/** The server's own bare copy of a repository. */
export interface Mirror {
  git: Git;
  source: Source;
  cache: Cache;
  /** The branch that is read. */
  base(): string;
  /** Fetches when that is due. */
  refresh(signal: AbortSignal): Promise<Freshness>;
  /** Waits until there is something to read. */
  ready(signal: AbortSignal): Promise<void>;
  /** Makes the next refresh ask the remote, as after a push. */
  expire(): void;
  close(): void;
}

/** What a mirror is made of. */
export interface MirrorParts {
  cache: Cache;
  source: Source;
  git: Git;
  reach: Reach;
  limits: FetchLimits;
  every: number;
  patience: number;
  now: () => number;
  progress: Progress;
}

/** Opens a mirror; asks the remote only for its default branch, and only where nobody has said which to read. */
export async function openMirror(parts: MirrorParts): Promise<Mirror> {
  const { cache, source, git } = parts;
  const closed = new AbortController();
  const { refresh, expire } = createRefresher({
    ...parts,
    state: cache.state,
    fetch: (isExpired) => fetchLocked(parts, isExpired, closed.signal),
  });
  if (source.base === undefined && cache.state().base === undefined) {
    const base = await prepared(parts, closed.signal, () => defaultBranch(parts.reach, closed.signal));
    if (base === undefined) throw emptyRemote();
    cache.setState({ ...cache.state(), base });
  }
  return {
    git,
    source,
    cache,
    base: () => source.base ?? cache.state().base ?? '',
    refresh,
    expire,
    async ready(signal) {
      if (cache.state().fetched === 0) await refresh(signal);
    },
    close() {
      closed.abort();
      cache.close();
    },
  };
}

/** Runs something that needs the mirror's repository, which is made if it is not there. */
async function prepared<T>(parts: MirrorParts, signal: AbortSignal, run: () => Promise<T>): Promise<T> {
  const { cache, git } = parts;
  const exists = (): boolean => existsSync(join(cache.mirror, 'HEAD'));
  const lock = await acquireLock(cache, exists, AbortSignal.any([signal, AbortSignal.timeout(10_000)]));
  try {
    if (lock) await makeMirror(cache, git, signal);
  } finally {
    lock?.release();
  }
  return run();
}

async function fetchLocked(parts: MirrorParts, isExpired: boolean, closed: AbortSignal): Promise<void> {
  const { cache, every, now, limits } = parts;
  const limit = cache.state().fetched === 0 ? limits.first : limits.later;
  const asked = now();
  const isMoot = (): boolean => {
    const { fetched } = cache.state();
    return isExpired ? fetched > asked : now() - fetched < every;
  };
  const lock = await acquireLock(cache, isMoot, AbortSignal.any([closed, AbortSignal.timeout(limit)]));
  if (!lock) {
    if (isMoot()) return;
    throw busy();
  }
  try {
    await fetchAlone(parts, limit, closed);
  } finally {
    lock.release();
  }
}

async function fetchAlone(parts: MirrorParts, limit: number, signal: AbortSignal): Promise<void> {
  const { cache, git, reach, limits, progress, now } = parts;
  await makeMirror(cache, git, signal);
  await seed(parts, signal);
  const asked = now();
  const wanted = { ...limits, limit, progress, signal };
  try {
    await fetchAll(reach, wanted);
  } catch (error) {
    if (!metLock(error)) throw error;
    removeLeftovers(cache.mirror);
    await fetchAll(reach, wanted);
  }
  const { base } = cache.state();
  cache.setState({ fetched: asked, base: await baseNow(parts, base, signal) });
  // Tidying can wait for the next time; what was fetched is there.
  await tidy(cache.mirror, git, signal).catch(() => {});
}

/** The default branch that was known, or the new one where that is gone from the remote. */
async function baseNow(
  { git, source, reach }: MirrorParts,
  known: string | undefined,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (source.base !== undefined || known === undefined) return known;
  const args = ['rev-parse', '--verify', '--quiet', '--end-of-options', `refs/heads/${known}`];
  const { code } = await git(args, { signal, accept: [1] });
  return code === 0 ? known : ((await defaultBranch(reach, signal)) ?? known);
}

/** `git init` leaves what is there alone, and completes what was left half done. */
async function makeMirror(cache: Cache, git: Git, signal: AbortSignal): Promise<void> {
  removeLeftovers(cache.mirror);
  if (cache.state().fetched === 0) await git(['init', '--quiet', '--bare'], { signal });
}

/** A mirror with nothing in it starts from the operator's clone; that it cannot is no failure. */
async function seed({ cache, source, reach }: MirrorParts, signal: AbortSignal): Promise<void> {
  const { clone, isDirect } = source;
  const state = cache.state();
  if (!clone || clone.remote === undefined || clone.isPartial || isDirect) return;
  if (state.fetched > 0 || state.seeded !== undefined) return;
  try {
    await seedFrom(clone, reach, signal);
    cache.setState({ ...state, seeded: clone.fetched });
  } catch {
    signal.throwIfAborted();
  }
}

function busy(): ToolError {
  return new ToolError(
    'timeout',
    'another server has been fetching the repository for too long',
    'Ask again in a moment.',
  );
}

function emptyRemote(): ToolError {
  return new ToolError(
    'unavailable',
    'the repository has no default branch: it is empty, or does not say',
    'The operator has to configure the branch to read.',
  );
}
