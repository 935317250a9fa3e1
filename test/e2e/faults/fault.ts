import type { Manifest } from '../../cluster/manifest.ts';

/** One thing that breaks in a cluster which is healthy otherwise, and what an answer must lead with. */
export interface Fault {
  /** In an operator's words; also the name of the test. */
  name: string;
  /** What the broken part consists of, statuses as their controllers write them; created on top of the healthy base. */
  objects(): readonly Manifest[];
  /** The finding that must lead. */
  root: {
    /** `Kind/namespace/name`, or `Kind/name`. */
    ref: string;
    reason: string;
  };
  /** Refs that are broken only because of the root: at most its consequences, never before it. */
  decoys?: readonly string[];
}
