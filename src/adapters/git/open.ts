import type { RepositoryReader } from '#domain/repository/port.ts';

import { join } from 'node:path';

import { openCache } from './cache.ts';
import { type Credentials, type Surroundings, localEnvironment, remoteEnvironment } from './environment.ts';
import type { FetchLimits, Progress } from './fetch.ts';
import { createGit } from './git.ts';
import { openMirror } from './mirror.ts';
import { createReader } from './reader.ts';
import { folderOf } from './remote-url.ts';
import { runGit } from './run.ts';
import { type SourceOptions, openSource } from './source.ts';

/** How to open a repository; times are milliseconds. */
export interface RepositoryOptions extends SourceOptions {
  /** Directory of all mirrors; several servers may share it. */
  cacheDir: string;
  /** Least time between two fetches. */
  fetchEvery?: number;
  /** How long a call waits for a fetch when it could be served without. */
  patience?: number;
  limits?: Partial<FetchLimits>;
  credentials?: Credentials;
  /** The environment of the server: its PATH, its proxies, and the variable that holds a token. */
  environment: Surroundings;
  now: () => number;
  /** Masks secrets in whatever Git says. */
  redact: (text: string) => string;
  /** How far a first fetch has come. */
  progress?: Progress;
}

/** A repository that is open. */
export interface OpenedRepository {
  reader: RepositoryReader;
  /** Calls off what is under way. */
  close: () => void;
}

const LIMITS: FetchLimits = { first: 600_000, later: 60_000, bytes: 2 ** 31 };

/**
 * Opens a repository; nothing is fetched before it is needed, and no mirror is made twice. Rejects with a ToolError when the
 * configuration cannot be followed, or the remote has to be asked for its default branch and cannot be reached.
 */
export async function openRepository(options: RepositoryOptions): Promise<OpenedRepository> {
  const { environment, redact, credentials = {}, progress = () => {} } = options;
  const env = localEnvironment(environment);
  const source = await openSource(options, { env, redact }, runGit);
  const cache = openCache(join(options.cacheDir, folderOf(source.fetch)));
  const git = createGit({ gitDir: cache.mirror, cwd: cache.own, env, redact }, runGit);
  const mirror = await openMirror({
    cache,
    source,
    git,
    reach: { git, remote: source.fetch, env: remoteEnvironment(source.fetch, credentials, environment) },
    limits: { ...LIMITS, ...options.limits },
    every: options.fetchEvery ?? 15_000,
    patience: options.patience ?? 10_000,
    now: options.now,
    progress,
  });
  return { reader: createReader(mirror), close: () => mirror.close() };
}
