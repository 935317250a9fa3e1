/** A commit as answers name it; `when` is the author date, RFC 3339. */
export interface Commit {
  sha: string;
  author: string;
  when: string;
  subject: string;
}

/** Which repository an answer speaks of; `url` carries no user information. */
export interface RepositoryIdentity {
  url: string;
  /** The branch that is read and that proposals start from. */
  base: string;
}

/** The tip of the base branch, and how sure that is. */
export interface Head {
  commit: Commit;
  /** When the remote was last asked, milliseconds since the epoch. */
  fetched: number;
  /** Why the remote could not be asked since then. */
  stale?: string;
  /** Commits of an operator's own clone that its upstream does not have: said, never used. */
  unpushed?: number;
}

/** One file of a commit. `mode` is Git's: 100644, 100755, 120000 (symlink), 160000 (submodule). */
export interface TreeFile {
  path: string;
  mode: string;
  /** Blob id. */
  id: string;
  /** Bytes. */
  size: number;
}

/** A file with its raw content, exactly as committed. */
export interface Blob extends TreeFile {
  content: Uint8Array;
}

/** One matching line, counted from 1. */
export interface Match {
  path: string;
  line: number;
  text: string;
}

/** Which lines to find: a literal text, in files under the paths, if any are given. */
export interface TextQuery {
  text: string;
  ignoreCase: boolean;
  paths: readonly string[];
  /** Most matches. */
  limit: number;
}

/**
 * A Git repository at named commits; nothing here writes. Rejects with a ToolError: `not_found` for a revision or path
 * that does not exist, `unavailable` and `timeout` for a remote that cannot be reached and was never fetched.
 */
export interface RepositoryReader {
  readonly identity: RepositoryIdentity;
  /** Fetches when the last fetch is older than the configured bound; several callers share one fetch. */
  head(signal: AbortSignal): Promise<Head>;
  /** A branch, tag or full or abbreviated commit id. */
  resolve(revision: string, signal: AbortSignal): Promise<Commit>;
  /** All files under a directory, the empty string for all, in the order of their paths. */
  list(commit: string, directory: string, signal: AbortSignal): Promise<TreeFile[]>;
  read(commit: string, path: string, signal: AbortSignal): Promise<Blob>;
  search(commit: string, query: TextQuery, signal: AbortSignal): Promise<Match[]>;
  /** The newest commits that touched a file or directory, first-parent order. */
  history(commit: string, path: string, limit: number, signal: AbortSignal): Promise<Commit[]>;
  /** The newest first-parent commit that touched each of the files, by path, from one bounded pass; a file it did not come to is absent. */
  lastChanges(
    commit: string,
    paths: readonly string[],
    signal: AbortSignal,
  ): Promise<ReadonlyMap<string, Commit>>;
}

/** Reads many files at once, raw: for what is worked out from a whole tree, never for showing. */
export interface RepositoryContents {
  /** In the order of the files, which come from `list`; rejects as reading them one by one does. */
  contents(files: readonly TreeFile[], signal: AbortSignal): Promise<Uint8Array[]>;
}

/** One file of a change: its new content, or null to delete it; `was` is the blob it replaces, null for a new file. */
export interface FileChange {
  path: string;
  content: Uint8Array | null;
  was: string | null;
}

/** A change on top of a base commit; nothing of it has left the server. */
export interface Change {
  base: string;
  files: readonly FileChange[];
}

/** A change as Git sees it: `paths` are what the trees really differ in, `diff` is unified. */
export interface PreparedChange extends Change {
  tree: string;
  paths: readonly string[];
  diff: string;
  /** Lines added and removed. */
  changedLines: number;
}

/** A branch that was pushed. */
export interface PushedProposal {
  branch: string;
  commit: string;
  /** Where to open the pull request, if the remote's forge is known. */
  url?: string;
  /** The same with the forge's own tool. */
  command?: string;
}

/** What the remote holds under a branch name; `complete` is the commit that was pushed, or any where none is known. */
export interface BranchState {
  state: 'absent' | 'complete' | 'other';
  commit?: string;
}

/** A branch of the server on the remote. `merged`: its commit, or what it changed, is in the base; `baseMoved`: commits since it started. */
export interface OpenProposal {
  branch: string;
  commit: Commit;
  merged: boolean;
  baseMoved: number;
  paths: readonly string[];
}

/**
 * Where proposals are made. `prepare` writes objects into the server's own mirror and verifies them by comparing trees:
 * `invalid_input` when a base blob is not what was read, or the trees differ in anything but the files given. `push`
 * creates a branch and never moves one: `unavailable` when the remote refuses.
 */
export interface ProposalWriter {
  prepare(change: Change, signal: AbortSignal): Promise<PreparedChange>;
  push(
    prepared: PreparedChange,
    branch: string,
    message: string,
    signal: AbortSignal,
  ): Promise<PushedProposal>;
  open(signal: AbortSignal): Promise<OpenProposal[]>;
  /** Asks the remote what became of a push whose outcome is unknown; `commit` where it is known what was pushed. */
  branchState(branch: string, commit: string | undefined, signal: AbortSignal): Promise<BranchState>;
}
