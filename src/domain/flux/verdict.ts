import type { FluxObject } from '../objects/flux.ts';

/** Worst first. `ready` objects may still be `behind` their source, which has a state of its own here. */
export type FluxState =
  | 'failed'
  | 'stalled'
  | 'terminating'
  | 'stale'
  | 'unknown'
  | 'blocked'
  | 'behind'
  | 'progressing'
  | 'suspended'
  | 'ready';

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
