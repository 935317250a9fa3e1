import { setTimeout as pause } from 'node:timers/promises';

import { ToolError } from '../../errors.ts';
import type { MirrorState } from './cache.ts';
import { cacheFailure } from './failures.ts';

/** How current a mirror is; `stale` says why it is not. */
export interface Freshness {
  /** Milliseconds since the epoch; 0 when the remote was never asked. */
  fetched: number;
  stale?: string;
}

/** What deciding on a fetch takes. */
export interface FreshnessParts {
  /** Milliseconds between fetches. */
  every: number;
  /** Milliseconds that a call waits for a fetch when it could be served without. */
  patience: number;
  now: () => number;
  state: () => MirrorState;
  /** Fetches, whoever waits for it; what another server has fetched meanwhile does, unless `isExpired`. */
  fetch: (isExpired: boolean) => Promise<void>;
}

/** One fetch at a time, and none before it is due. */
export interface Refresher {
  /** Rejects when nothing was ever fetched and it cannot be now. */
  refresh: (signal: AbortSignal) => Promise<Freshness>;
  /** Makes the next call fetch. */
  expire: () => void;
}

interface Failure {
  at: number;
  error: ToolError;
}

/** Decides when to fetch. A remote that failed is asked again no sooner than one that answered. */
export function createRefresher({ every, patience, now, state, fetch }: FreshnessParts): Refresher {
  let flight: Promise<void> | undefined;
  let failure: Failure | undefined;
  let isExpired = false;

  const start = async (): Promise<void> => {
    const wasExpired = isExpired;
    isExpired = false;
    try {
      await fetch(wasExpired);
      failure = undefined;
    } catch (error) {
      failure = { at: now(), error: cacheFailure(error) };
    } finally {
      flight = undefined;
    }
  };
  const isDue = (): boolean => isExpired || now() - Math.max(state().fetched, failure?.at ?? 0) >= every;

  return {
    expire: () => {
      isExpired = true;
    },
    async refresh(signal) {
      if (flight === undefined && isDue()) flight = start();
      const isUsable = hasAnything(state());
      const isWaiting = flight && (await outlasts(flight, isUsable ? patience : undefined, signal));
      const { fetched, seeded = 0 } = state();
      const words = isWaiting
        ? `the remote has not answered for ${Math.ceil(patience / 1_000)} s`
        : wordsOf(failure, fetched);
      if (hasAnything(state())) return { fetched: fetched || seeded, ...(words && { stale: words }) };
      throw failure?.error ?? notYet();
    },
  };
}

function hasAnything({ fetched, seeded }: MirrorState): boolean {
  return fetched > 0 || seeded !== undefined;
}

function wordsOf(failure: Failure | undefined, fetched: number): string | undefined {
  return failure && failure.at >= fetched
    ? `the remote could not be asked: ${failure.error.message}`
    : undefined;
}

/** True when the flight is still on after the time, or after the caller has lost interest. */
async function outlasts(
  flight: Promise<void>,
  limit: number | undefined,
  signal: AbortSignal,
): Promise<boolean> {
  const done = new AbortController();
  const either = AbortSignal.any([signal, done.signal]);
  const waited = pause(limit ?? 2 ** 31 - 1, true, { signal: either }).catch(() => true);
  const isLonger = await Promise.race([flight.then(() => false), waited]);
  done.abort();
  if (isLonger && signal.aborted) throw notYet();
  return isLonger;
}

function notYet(): ToolError {
  return new ToolError(
    'timeout',
    'the repository was still being fetched when the call ended',
    'Ask again in a moment: the fetch goes on meanwhile.',
  );
}
