import pLimit from 'p-limit';

import { gitFailure } from './failures.ts';
import type { GitCommand, GitResult, RunGit } from './run.ts';

/** Where a command runs and what it may know. */
export interface GitPlace {
  /** The repository. */
  gitDir: string;
  /** A directory of this process. */
  cwd: string;
  env: Readonly<Record<string, string>>;
  redact: (text: string) => string;
}

/** One call of Git in its place. */
export interface GitCall extends Partial<Omit<GitCommand, 'args' | 'cwd' | 'env' | 'signal'>> {
  signal: AbortSignal;
  env?: Readonly<Record<string, string>>;
  /** Further exit codes that are answers, not failures. */
  accept?: readonly number[];
}

/** Git in one repository; rejects with a ToolError for every exit code that was not expected. */
export type Git = (args: readonly string[], call: GitCall) => Promise<GitResult>;

const LIMIT = 30_000;

/** Local commands at once: more only wait for the same disk. */
const AT_ONCE = 4;

/** Binds the runner to a repository. */
export function createGit(place: GitPlace, run: RunGit): Git {
  const queue = pLimit(AT_ONCE);
  return async (args, { env, accept = [], limit = LIMIT, ...call }) => {
    const command: GitCommand = {
      ...call,
      args,
      limit,
      cwd: place.cwd,
      env: { ...place.env, GIT_DIR: place.gitDir, ...env },
    };
    const result = await (command.remote ? run(command) : queue(() => run(command)));
    if (result.code !== 0 && !accept.includes(result.code)) {
      throw gitFailure(args[0] ?? '', result, place.redact);
    }
    return result;
  };
}
