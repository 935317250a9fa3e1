import type { Blob, FileChange } from '../repository/port.ts';

/** Why a prepared change must not leave, for one path, and what to do instead. */
export interface Refusal {
  path: string;
  what: string;
  wayOut: string;
}

/** What a change is judged by. */
export interface RefusalRules {
  /** Directories or globs that proposals may change; the usual manifest and documentation roots when left out. */
  roots?: readonly string[];
  /** Globs that stay closed beside the built-in ones. */
  protectedPaths?: readonly string[];
  /** Globs under which files may be deleted: none when left out. */
  deletable?: readonly string[];
  maxFiles: number;
  maxChangedLines: number;
  /** The rule by which a text holds a secret, or undefined. */
  hasSecret: (text: string) => string | undefined;
  /** Reads a file of the base commit: undefined, or `not_found`, where there is none. */
  read: (path: string) => Promise<Blob | undefined>;
}

/** One file of a change with all that rules look at. Texts are empty where there is none. */
export interface ChangedFile extends FileChange {
  before: Blob | undefined;
  /** `.sops.yaml` files from the file's directory up to the root, nearest first. */
  sops: readonly { directory: string; text: string }[];
}
