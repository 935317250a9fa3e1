import type { CreationRule, SopsConfig } from './creation-rules.ts';

/** What is wrong with a file. Never a value: the path, the key and the line are enough to find it. */
export interface HygieneFinding {
  state: 'failed' | 'degraded' | 'info';
  /** The rule's name. */
  what: string;
  path: string;
  line?: number;
  key?: string;
  why: string;
}

/** A file as committed, and the `.sops.yaml` files of its commit. */
export interface HygieneFile {
  path: string;
  content: Uint8Array;
  text: string;
  configs: readonly SopsConfig[];
  /** Rules of which most files are encrypted: the others are forgotten, where a broad rule names all. */
  narrow?: ReadonlySet<CreationRule>;
}

/** A finding of one file. */
export type PlacedFinding = Omit<HygieneFinding, 'path'>;

/** One thing that can be wrong. */
export type HygieneRule = (file: HygieneFile) => PlacedFinding[];
