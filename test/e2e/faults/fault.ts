import type { Manifest, ManifestRef } from '../../cluster/manifest.ts';
import { rfc3339 } from '../../cluster/seed.ts';

/** One thing that breaks in a cluster which is healthy otherwise, and what an answer must lead with. */
export interface Fault {
  /** In an operator's words; also the name of the test. */
  name: string;
  /**
   * What the broken part consists of, statuses as their controllers write them; created on top of the healthy base. An
   * object that the base holds too takes its place.
   */
  objects(): readonly Manifest[];
  /** The finding that must lead. */
  root: {
    /** `Kind/namespace/name`, or `Kind/name`. */
    ref: string;
    reason: string;
    /** What its message must say, where the reason alone does not tell the cause. */
    says?: RegExp;
  };
  /** Refs that are broken only because of the root: folded under it, never findings of their own. */
  decoys?: readonly string[];
  /** What of the base is gone. */
  without?: readonly ManifestRef[];
  /** How old the objects are, in minutes, where a transition is only a fault once it lasts. */
  age?: number;
  /** What was deleted half an hour ago and is still there. */
  deleted?: readonly ManifestRef[];
}

/** A time some minutes ago, as the API server writes it; of negative minutes, one to come. */
export function ago(minutes: number): string {
  return rfc3339(Date.now() - minutes * 60_000);
}

/** A time some minutes ago, as seeds take it. */
export function since(minutes: number): Date {
  return new Date(Date.now() - minutes * 60_000);
}
