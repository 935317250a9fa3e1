import type { Listing } from '#domain/cluster.ts';

import type { ToolError } from '../../errors.ts';
import { reasonOf } from './failures.ts';
import { TIMES } from './reflector-times.ts';

/** A copy and what is known of how true it is; times in milliseconds since the epoch. */
export interface Copied<T> {
  kind: string;
  items: readonly T[];
  /** A watch keeps it current. */
  connected: boolean;
  /** Since when nothing came from the server, though the watch is open. */
  silentSince?: number;
  /** When the copy was last known to be true; absent before the first list. */
  contact?: number;
  failure?: { error: ToolError; at: number };
  /** It is listed again from time to time, as it may not be watched. */
  polled: boolean;
  now: number;
}

/** The copy as an answer: current, or as old as the last sign of life and why; without a copy, absent or unknown. */
export function listingOf<T>(copied: Copied<T>): Listing<T> {
  const { kind, items, contact, failure, silentSince, polled, now } = copied;
  if (silentSince !== undefined) {
    return { kind, state: 'stale', items, asOf: silentSince, why: 'the API server does not answer' };
  }
  const why = failure ? reasonOf(failure.error) : 'the connection to the API server was lost';
  if (contact === undefined) {
    const state = failure?.error.code === 'not_found' ? 'absent' : 'unknown';
    return { kind, state, items: [], asOf: failure?.at ?? now, why };
  }
  if (copied.connected) return { kind, state: 'current', items, asOf: now };
  const isFresh = now - contact < (polled ? TIMES.polled : TIMES.grace);
  return isFresh
    ? { kind, state: 'current', items, asOf: contact }
    : { kind, state: 'stale', items, asOf: contact, why };
}
