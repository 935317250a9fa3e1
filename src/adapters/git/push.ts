import type { BranchState } from '#domain/repository/port.ts';

import { ToolError, toToolError } from '../../errors.ts';
import { saidIn } from './failures.ts';
import { type Reach, remoteCommit } from './fetch.ts';
import { proposalBranch } from './names.ts';
import type { GitResult } from './run.ts';
import { withoutUsers } from './remote-url.ts';

/** Where branches go, whatever lies between. */
export interface Target {
  /** Creates a branch at a commit and never moves one; rejects with a ToolError that says what became of it. */
  create(branch: string, commit: string, signal: AbortSignal): Promise<void>;
  /** The commit a branch has there now. */
  commitOf(branch: string, signal: AbortSignal): Promise<string | undefined>;
}

/** A remote to push to; `limit` in milliseconds. */
export function remoteTarget(reach: Reach, limit: number, redact: (text: string) => string): Target {
  const { git, remote, env } = reach;
  return {
    commitOf: (branch, signal) => remoteCommit(reach, branch, signal),
    async create(branch, commit, signal) {
      const reference = `refs/heads/${proposalBranch(branch)}`;
      // The empty lease: the reference must not exist, and the remote checks that as it creates it.
      const lease = `--force-with-lease=${reference}:`;
      const args = ['push', '--porcelain', ...PLAIN, lease, '--end-of-options', remote.url];
      const result = await git([...args, `${commit}:${reference}`], {
        remote: true,
        env,
        limit,
        signal,
        accept: [1],
      });
      if (result.code !== 0) throw rejected(branch, result, redact);
    },
  };
}

const PLAIN = ['--no-verify', '--no-follow-tags', '--recurse-submodules=no'];

/** Creates a branch; where the remote failed to say, or refused, what is there afterwards decides. */
export async function createBranch(
  target: Target,
  branch: string,
  commit: string,
  signal: AbortSignal,
): Promise<void> {
  try {
    await target.create(branch, commit, signal);
  } catch (error) {
    const { state } = await stateAfter(target, branch, commit);
    if (state === 'complete') return;
    if (state === 'other') throw taken(branch);
    throw state === 'absent' ? notThere(error, branch) : unknownOutcome(error, branch);
  }
}

/** What the remote holds under a branch name; without a commit, whatever is there counts. */
export async function branchStateOf(
  target: Target,
  branch: string,
  commit: string | undefined,
  signal: AbortSignal,
): Promise<BranchState> {
  const there = await target.commitOf(proposalBranch(branch), signal);
  if (there === undefined) return { state: 'absent' };
  return { state: commit === undefined || there === commit ? 'complete' : 'other', commit: there };
}

/** Asked with a deadline of its own: the caller's may be what ended the push. */
async function stateAfter(
  target: Target,
  branch: string,
  commit: string,
): Promise<{ state: BranchState['state'] | 'unknown' }> {
  try {
    return await branchStateOf(target, branch, commit, AbortSignal.timeout(5_000));
  } catch {
    return { state: 'unknown' };
  }
}

function rejected(
  branch: string,
  { stdout, stderr }: GitResult,
  redact: (text: string) => string,
): ToolError {
  const line = /^!\t[^\t]*\t(?<why>.*)$/m.exec(stdout.toString('utf8'))?.groups?.['why'] ?? '';
  const remote = saidIn(stderr)
    .split('\n')
    .filter((text) => text.startsWith('remote: '));
  const words = [line, ...remote.map((text) => text.slice('remote: '.length).trim())].join('; ');
  return new ToolError(
    'unavailable',
    `the remote refused the branch ${branch}: ${redact(withoutUsers(words)).slice(0, 400)}`,
    'Nothing was pushed. Show this to the operator: a rule or hook of the remote, or a missing right, stands against it.',
    { cause: new Error(redact(withoutUsers(saidIn(stderr).slice(0, 2_000)))) },
  );
}

/** An end by time-out leaves a doubt even where nothing is there yet. */
function notThere(thrown: unknown, branch: string): ToolError {
  const error = toToolError(thrown);
  if (error.code !== 'timeout') return error;
  return new ToolError(
    'timeout',
    `the remote did not take the branch ${branch} in time; it was not there a moment later`,
    'It may still appear: look with proposal_list before you propose the same again.',
    { cause: error },
  );
}

function unknownOutcome(cause: unknown, branch: string): ToolError {
  return new ToolError(
    'unavailable',
    `the remote stopped answering; whether it has the branch ${branch} is not known`,
    'Look with proposal_list once the remote answers, before you propose the same again.',
    { cause },
  );
}

/** A branch that exists is nobody's to move. */
function taken(branch: string): ToolError {
  return new ToolError(
    'unavailable',
    `the branch ${branch} exists already, with something else in it`,
    'Propose again: every proposal gets a branch of its own.',
  );
}
