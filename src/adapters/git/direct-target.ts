import { ToolError } from '../../errors.ts';
import type { Git } from './git.ts';
import { proposalBranch } from './names.ts';
import type { Target } from './push.ts';
import type { Clone } from './source.ts';

/**
 * A local repository without a remote: the objects of the proposal and one reference are all that is added. Pushing would run
 * its hooks and its housekeeping.
 */
export function directTarget(mirror: Git, clone: Clone): Target {
  return {
    async commitOf(branch, signal) {
      const args = [
        'rev-parse',
        '--verify',
        '--quiet',
        '--end-of-options',
        `refs/heads/${proposalBranch(branch)}`,
      ];
      const { code, stdout } = await clone.git(args, { signal, accept: [1] });
      return code === 0 ? stdout.toString('utf8').trim() : undefined;
    },
    async create(branch, commit, signal) {
      const reference = `refs/heads/${proposalBranch(branch)}`;
      const wanted = Buffer.from(`${commit}\n^${commit}^\n`);
      const pack = await mirror(['pack-objects', '--revs', '--stdout', '--quiet'], { input: wanted, signal });
      await clone.git(['unpack-objects', '-q'], { input: pack.stdout, signal });
      const create = Buffer.from(`create ${reference} ${commit}\n`);
      const { code, stderr } = await clone.git(['update-ref', '--stdin'], {
        input: create,
        signal,
        accept: [128],
      });
      if (code !== 0) throw notCreated(branch, stderr);
    },
  };
}

function notCreated(branch: string, stderr: string): ToolError {
  return new ToolError(
    'unavailable',
    `the branch ${branch} could not be created in the repository`,
    'Propose again; if it fails again, the operator has to look for a lock file or a branch in its way.',
    { cause: new Error(stderr.slice(0, 2_000)) },
  );
}
