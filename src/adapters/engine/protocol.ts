/** Files laid end to end in one buffer, so that a thread can be handed them without a copy. */
export interface PackedFiles {
  paths: readonly string[];
  /** Where each file ends in `bytes`. */
  ends: readonly number[];
  bytes: Uint8Array;
}

/** What the engine's thread is asked, one question at a time. */
export type Question =
  | { kind: 'keep'; artifact: string; files: PackedFiles }
  | { kind: 'drop'; artifact: string }
  | { kind: 'learn'; key: string; document: Uint8Array }
  | { kind: 'build'; artifact: string; request: Uint8Array }
  | { kind: 'predict'; request: Uint8Array };

/** What it answers: JSON texts, each in one of the chunks as a whole line, or why the instance ended. */
export type Answer =
  | { lines: readonly Uint8Array[]; memoryBytes: number }
  | { trap: 'failed' | 'out-of-memory'; message: string };

/** A compiled module, and the hash of the data it was compiled without: it runs with no other. */
export interface Compiled {
  module: WebAssembly.Module;
  data: string;
}

/** The first message of the thread: it is ready, and has this to hand to the next one. */
export interface Ready {
  compiled: Compiled;
}

/** What the thread starts with: the file of the engine, and what was compiled of it before. */
export interface Start {
  file: string;
  compiled?: Compiled | undefined;
}
