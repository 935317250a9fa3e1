import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

import { type Cache, giveSign, silenceOf } from './cache.ts';
import { isGone, ownerName, ownerOf, thisProcess } from './owner.ts';

/** The right to change a mirror, until `release`. */
export interface FetchLock {
  release: () => void;
}

const POLL = 50;

/**
 * Waits for the lock of a mirror; undefined once `isMoot` says there is no more need of it, or the signal is aborted. The lock
 * of a process that is gone is taken over.
 */
export async function acquireLock(
  cache: Cache,
  isMoot: () => boolean,
  signal: AbortSignal,
): Promise<FetchLock | undefined> {
  while (!signal.aborted) {
    if (isMoot()) return undefined;
    const lock = tryLock(cache);
    if (lock) return lock;
    removeAbandoned(cache);
    await pause(POLL);
  }
  return undefined;
}

function tryLock(cache: Cache): FetchLock | undefined {
  const mine = cache.scratch('lock');
  writeFileSync(mine, ownerName(thisProcess()), { mode: 0o600 });
  try {
    // A link appears with its content, or not at all.
    linkSync(mine, cache.lock);
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return undefined;
    throw error;
  } finally {
    rmSync(mine);
  }
  const sign = setInterval(() => giveSign(cache.lock), 5_000).unref();
  return {
    release: () => {
      clearInterval(sign);
      if (contentOf(cache.lock) === ownerName(thisProcess())) rmSync(cache.lock, { force: true });
    },
  };
}

function removeAbandoned(cache: Cache): void {
  const content = contentOf(cache.lock);
  if (content === undefined || !isAbandoned(content, cache.lock)) return;
  const aside = cache.scratch('abandoned');
  try {
    renameSync(cache.lock, aside);
    // Another server may have been faster, and this its own lock: it gets it back.
    if (contentOf(aside) !== content) linkSync(aside, cache.lock);
  } catch {
    // Somebody else has dealt with it.
  } finally {
    rmSync(aside, { force: true });
  }
}

function isAbandoned(content: string, lock: string): boolean {
  const owner = ownerOf(content);
  return owner === undefined || isGone(owner, silenceOf(lock));
}

function contentOf(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return undefined;
  }
}
