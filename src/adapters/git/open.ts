import type { ProposalWriter, RepositoryContents, RepositoryReader } from '#domain/repository/port.ts';

import { join } from 'node:path';

import type { Forge } from '../forge.ts';
import { type Cache, openCache } from './cache.ts';
import type { Authorship } from './commit-tree.ts';
import { type Credentials, type Surroundings, localEnvironment, remoteEnvironment } from './environment.ts';
import { cacheFailure } from './failures.ts';
import type { FetchLimits, Progress, Reach } from './fetch.ts';
import { createGit } from './git.ts';
import { openMirror } from './mirror.ts';
import { directTarget } from './direct-target.ts';
import { type Target, remoteTarget } from './push.ts';
import { createReader } from './reader.ts';
import { type Remote, folderOf } from './remote-url.ts';
import { runGit } from './run.ts';
import { type SourceOptions, openSource } from './source.ts';
import { createWriter } from './writer.ts';

/** How to open a repository; times are milliseconds. */
export interface RepositoryOptions extends SourceOptions {
  /** Directory of all mirrors; several servers may share it. */
  cacheDir: string;
  /** Least time between two fetches. */
  fetchEvery?: number;
  /** How long a call waits for a fetch when it could be served without. */
  patience?: number;
  limits?: Partial<FetchLimits & { push: number }>;
  credentials?: Credentials;
  /** Of proposals; without one nothing can be pushed. */
  author?: Authorship['author'];
  signing?: Authorship['signing'];
  /** What the remote is, where its host does not say. */
  forge?: Forge;
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
  reader: RepositoryReader & RepositoryContents;
  writer: ProposalWriter;
  /** Calls off what is under way. */
  close: () => void;
}

const LIMITS = { first: 600_000, later: 60_000, bytes: 2 ** 31, push: 60_000 };

/**
 * Opens a repository; nothing is fetched before it is needed, and no mirror is made twice. Rejects with a ToolError when the
 * configuration cannot be followed, or the remote has to be asked for its default branch and cannot be reached.
 */
export async function openRepository(options: RepositoryOptions): Promise<OpenedRepository> {
  const { environment, redact, now, credentials = {}, progress = () => {} } = options;
  const env = localEnvironment(environment);
  const limits = { ...LIMITS, ...options.limits };
  const source = await openSource(options, { env, redact }, runGit);
  const cache = cacheAt(join(options.cacheDir, folderOf(source.fetch)));
  const git = createGit({ gitDir: cache.mirror, cwd: cache.own, env, redact }, runGit);
  const reach = (remote: Remote): Reach => ({
    git,
    remote,
    env: remoteEnvironment(remote, credentials, environment),
  });
  const mirror = await openMirror({
    cache,
    source,
    git,
    reach: reach(source.fetch),
    limits,
    every: options.fetchEvery ?? 15_000,
    patience: options.patience ?? 10_000,
    now,
    progress,
  });
  const target: Target =
    source.isDirect && source.clone
      ? directTarget(git, source.clone)
      : remoteTarget(reach(source.push), limits.push, redact);
  const { author, signing, forge } = options;
  const writer = createWriter(mirror, target, { author, signing, credentials, environment, now }, forge);
  return { reader: createReader(mirror), writer, close: () => mirror.close() };
}

function cacheAt(directory: string): Cache {
  try {
    return openCache(directory);
  } catch (error) {
    throw cacheFailure(error);
  }
}
