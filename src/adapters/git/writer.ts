import type { ProposalWriter } from '#domain/repository/port.ts';

import { type Forge, pullRequestFor } from '../forge.ts';
import { type Authorship, commitTree } from './commit-tree.ts';
import type { Mirror } from './mirror.ts';
import { proposalBranch } from './names.ts';
import { openProposals } from './open-proposals.ts';
import { prepareChange } from './prepare.ts';
import { type Target, branchStateOf, createBranch } from './push.ts';

/** Makes proposals: everything in the mirror until `push`, which adds one branch to the target. */
export function createWriter(
  mirror: Mirror,
  target: Target,
  authorship: Authorship,
  forge: Forge | undefined,
): ProposalWriter {
  return {
    prepare: (change, signal) => prepareChange(mirror, change, signal),
    async push(prepared, branch, message, signal) {
      proposalBranch(branch);
      const commit = await commitTree(mirror.git, prepared, message, authorship, signal);
      await createBranch(target, branch, commit, signal);
      mirror.expire();
      const request = pullRequestFor(mirror.source.push.shown, { branch, base: mirror.base() }, forge);
      return { branch, commit, ...(request && { url: request.url, command: request.command }) };
    },
    open: (signal) => openProposals(mirror, signal),
    branchState: (branch, commit, signal) => branchStateOf(target, branch, commit, signal),
  };
}
