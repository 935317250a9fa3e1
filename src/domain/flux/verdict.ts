import type { FluxObject } from '../objects/flux.ts';

/** Worst first. `ready` objects may still be `behind` their source, which has a state of its own here. */
export const FLUX_STATES = [
  'failed',
  'stalled',
  'terminating',
  'stale',
  'unknown',
  'blocked',
  'behind',
  'progressing',
  'suspended',
  'ready',
] as const;

export type FluxState = (typeof FLUX_STATES)[number];

/** What is true of one Flux object now; the words are for an operator. */
export interface FluxVerdict {
  object: FluxObject;
  /** `Kind/namespace/name`. */
  ref: string;
  state: FluxState;
  reason: string;
  message: string;
  /** RFC 3339; absent when it cannot be known. */
  since?: string;
  /** The roots that keep it from being ready, as refs: dependencies, sources, a controller. Empty when it is its own root. */
  causedBy: string[];
  /** A reconcile, force or reset request that no controller has handled yet. */
  requestPending: boolean;
  /** The newest generation of the spec has not been observed. */
  specPending: boolean;
}

/**
 * A root that is no Flux object the caller sees: one that is missing, hidden or not readable, or the Deployment of a
 * controller. A hidden one has the ref `Kind/hidden`, so that nothing of it is told.
 */
export interface OuterRoot {
  ref: string;
  state: FluxState;
  reason: string;
  message: string;
  /** RFC 3339; absent when it cannot be known. */
  since?: string;
}

/** Verdicts in the order of their refs, and the roots among `causedBy` that have no verdict of their own. */
export interface FluxJudgement {
  verdicts: FluxVerdict[];
  outerRoots: OuterRoot[];
}
