import type { ProposalWriter } from '#domain/repository/port.ts';

import type { Audit } from '../gate/audit/audit.ts';
import { unfinishedProposals } from '../gate/audit/unfinished.ts';

/** What finding out about unfinished proposals needs. */
export interface RecoverParts {
  auditDir: string;
  audit: Audit;
  openWriter: () => Promise<ProposalWriter>;
  /** Whether a process of that id runs on this machine. */
  isRunning: (pid: number) => boolean;
  signal: AbortSignal;
}

/**
 * Completes the audit record of proposals whose process ended between intent and outcome: asks the remote whether the branch
 * is there. Opens the repository only when there are any; one that cannot be asked stays for the next start. Resolves to how
 * many were completed.
 */
export async function recoverProposals(parts: RecoverParts): Promise<number> {
  const unfinished = unfinishedProposals(parts.auditDir, parts.isRunning);
  if (unfinished.length === 0) return 0;
  const writer = await parts.openWriter();
  for (const { auditID, proposal } of unfinished) {
    const { state, commit } = await writer.branchState(proposal.branch, proposal.commit, parts.signal);
    parts.audit.append({
      auditID,
      stage: 'recovered',
      client: 'start',
      proposal: { ...proposal, ...(commit !== undefined && { commit }) },
      reason: state === 'absent' ? 'the branch never reached the remote' : 'the branch is on the remote',
    });
  }
  return unfinished.length;
}
