import type { Listing, ListingState } from '#domain/cluster.ts';

/** What one call really read: the basis of the second decision, of the answer's envelope and of the audit record. */
export interface Touched {
  /** Kind to how far its listing could be believed; the worst state of several reads is kept. */
  listings: Map<string, { state: ListingState; asOf: number; why?: string }>;
  /** `Kind` and namespace pairs that reached the tool. */
  seen: Map<string, { kind: string; namespace: string | undefined }>;
  /** Objects the policy kept back, by kind. */
  hidden: Map<string, number>;
  /** Namespaces in which the caller may see nothing, so that text naming them can be masked. */
  hiddenNamespaces: Set<string>;
  /** API groups whose server did not answer discovery. */
  unavailableGroups: Set<string>;
  /** What else could not be read, and why. */
  unread: Map<string, string>;
}

/** An empty record for one call. */
export function newTouched(): Touched {
  return {
    listings: new Map(),
    seen: new Map(),
    hidden: new Map(),
    hiddenNamespaces: new Set(),
    unavailableGroups: new Set(),
    unread: new Map(),
  };
}

const WORST: readonly ListingState[] = ['unknown', 'stale', 'absent', 'current'];

/** Notes a listing; of several reads of one kind the worst state stands. */
export function noteListing(touched: Touched, listing: Listing<unknown>): void {
  const before = touched.listings.get(listing.kind);
  if (before && WORST.indexOf(before.state) < WORST.indexOf(listing.state)) return;
  touched.listings.set(listing.kind, {
    state: listing.state,
    asOf: Math.min(listing.asOf, before?.asOf ?? listing.asOf),
    why: listing.why,
  });
}

/** Notes that objects of a kind and namespace reached the tool. */
export function noteSeen(touched: Touched, kind: string, namespace: string | undefined): void {
  const key = `${kind}\0${namespace ?? ''}`;
  if (!touched.seen.has(key)) touched.seen.set(key, { kind, namespace });
}

/** Notes an object that the policy kept back. */
export function noteHidden(touched: Touched, kind: string): void {
  touched.hidden.set(kind, (touched.hidden.get(kind) ?? 0) + 1);
}
