import { ToolError } from '../../errors.ts';
import type { Git } from './git.ts';
import type { Clone } from './source.ts';
import type { Remote } from './remote-url.ts';

/** What a fetch may cost. */
export interface FetchLimits {
  /** Milliseconds of a first fetch, and of every later one. */
  first: number;
  later: number;
  /** Bytes that are received. */
  bytes: number;
  /** Newest commits of each branch; all when absent. History and merge checks end where it ends. */
  depth?: number;
}

/** How far a fetch has come; `total` is absent while it is not known. */
export type Progress = (done: number, total: number | undefined, message: string) => void;

/** A remote with what it takes to talk to it. */
export interface Reach {
  git: Git;
  remote: Remote;
  env: Readonly<Record<string, string>>;
}

const EVERYTHING = ['+refs/heads/*:refs/heads/*', '+refs/tags/*:refs/tags/*'];

/** What no fetch may do beside fetching. */
const PLAIN = [
  '--no-auto-maintenance',
  '--no-write-fetch-head',
  '--no-recurse-submodules',
  '--no-tags',
  '--force',
];

/** Brings branches and tags up to date, those that are gone included. */
export async function fetchAll(
  { git, remote, env }: Reach,
  {
    limit,
    bytes,
    depth,
    progress,
    signal,
  }: FetchLimits & { limit: number; progress: Progress; signal: AbortSignal },
): Promise<void> {
  const size = new AbortController();
  const shallow = depth === undefined ? [] : [`--depth=${depth}`];
  const args = ['fetch', '--progress', '--prune', '--update-shallow', ...PLAIN, ...shallow];
  const onStderr = (text: string): void => {
    const seen = progressIn(text);
    if (seen) progress(seen.done, seen.total, seen.message);
    if (seen && seen.bytes > bytes) size.abort();
  };
  try {
    await git([...args, '--end-of-options', remote.url, ...EVERYTHING], {
      remote: true,
      env,
      limit,
      signal: AbortSignal.any([signal, size.signal]),
      onStderr,
    });
  } catch (error) {
    if (!size.signal.aborted) throw error;
  }
  // Even where all of it had come by then: the bound is on the repository, not on the moment.
  if (size.signal.aborted) throw tooLarge(bytes);
}

/** Starts a mirror from the tracking branches of an operator's clone, so that less is fetched, or nothing can be. */
export async function seedFrom(clone: Clone, { git }: Reach, signal: AbortSignal): Promise<void> {
  const tracked = `refs/remotes/${clone.remote ?? ''}`;
  const refspecs = [`+${tracked}/*:refs/heads/*`, `^${tracked}/HEAD`, '+refs/tags/*:refs/tags/*'];
  await git(['fetch', '--quiet', ...PLAIN, '--end-of-options', clone.common, ...refspecs], {
    remote: true,
    env: { GIT_ALLOW_PROTOCOL: 'file' },
    limit: 120_000,
    signal,
  });
}

/** The branch that the remote calls its default; undefined when it does not say, as an empty one. */
export async function defaultBranch(
  { git, remote, env }: Reach,
  signal: AbortSignal,
): Promise<string | undefined> {
  const args = ['ls-remote', '--symref', '--end-of-options', remote.url, 'HEAD'];
  const { stdout } = await git(args, { remote: true, env, limit: 20_000, signal });
  return /^ref: refs\/heads\/(\S+)\tHEAD$/m.exec(stdout.toString('utf8'))?.[1];
}

/** The commit of exactly one branch on the remote, asked now. */
export async function remoteCommit(
  { git, remote, env }: Reach,
  branch: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  const reference = `refs/heads/${branch}`;
  const args = ['ls-remote', '--heads', '--end-of-options', remote.url, reference];
  const { stdout } = await git(args, { remote: true, env, limit: 20_000, signal });
  const lines = stdout
    .toString('utf8')
    .split('\n')
    .map((line) => line.split('\t'));
  return lines.find(([, name]) => name === reference)?.[0];
}

const UNITS: Readonly<Record<string, number>> = { bytes: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

function progressIn(
  text: string,
): { done: number; total: number; message: string; bytes: number } | undefined {
  const pattern =
    /(?<what>Receiving objects|Unpacking objects|Resolving deltas):\s+\d+% \((?<done>\d+)\/(?<total>\d+)\)(?:, (?<size>[\d.]+) (?<unit>\w+))?/g;
  const groups = [...text.matchAll(pattern)].at(-1)?.groups;
  if (!groups) return undefined;
  return {
    done: Number(groups['done']),
    total: Number(groups['total']),
    message: (groups['what'] ?? '').toLowerCase().replace('unpacking', 'receiving'),
    bytes: Number(groups['size'] ?? 0) * (UNITS[groups['unit'] ?? ''] ?? 0),
  };
}

/** True when a fetch met another's lock, which an interrupted one may have left. */
export function metLock(error: unknown): boolean {
  if (!(error instanceof ToolError) || !(error.cause instanceof Error)) return false;
  return /\.lock': File exists|cannot lock ref/i.test(error.cause.message);
}

function tooLarge(bytes: number): ToolError {
  return new ToolError(
    'unavailable',
    `the repository is larger than ${Math.ceil(bytes / 2 ** 20)} MB`,
    'The operator can raise the limit or set a depth.',
  );
}
