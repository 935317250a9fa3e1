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

/** The first message of the thread: it is ready, and has this compiled module to hand to the next one. */
export interface Ready {
  module: WebAssembly.Module;
}

/** What the thread starts with: a module that was compiled before, or the file of one. */
export interface Start {
  file: string;
  module?: WebAssembly.Module;
}
