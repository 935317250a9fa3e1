import type { ProposalWriter, RepositoryReader } from '#domain/repository/port.ts';

import type { Audit } from '../gate/audit/audit.ts';
import { type Unfinished, unfinishedProposals } from '../gate/audit/unfinished.ts';

/** What finding out about unfinished proposals needs. */
export interface RecoverParts {
  auditDir: string;
  /** The log of this process. */
  auditFile: string;
  audit: Audit;
  open: () => Promise<{ reader: Pick<RepositoryReader, 'identity'>; writer: ProposalWriter }>;
  /** Whether a process of that id runs on this machine. */
  isRunning: (pid: number) => boolean;
  now: () => number;
  /** Resolves after that many milliseconds, and rejects when the server ends before. */
  pause: (milliseconds: number) => Promise<unknown>;
  signal: AbortSignal;
}

/** How long after its intent the push of a server that was killed may still arrive: git goes on without it. Milliseconds. */
const STRAGGLING = 20_000;

/**
 * Completes the audit record of proposals whose process ended between intent and outcome: asks the remote whether the branch
 * is there, and again once none can be under way. Opens the repository only when there are any; what went to another
 * repository, or cannot be asked now, stays for a later start. Resolves to how many were completed.
 */
export async function recoverProposals(parts: RecoverParts): Promise<number> {
  if (unfinished(parts).length === 0) return 0;
  const { reader, writer } = await parts.open();
  const ours = unfinished(parts).filter(({ proposal }) => proposal.repository === reader.identity.url);
  const settled = await Promise.all(ours.map((each) => complete(each, writer, parts)));
  return settled.filter((isDone) => isDone).length;
}

function unfinished({ auditDir, auditFile, isRunning }: RecoverParts): Unfinished[] {
  return unfinishedProposals(auditDir, auditFile, isRunning);
}

async function complete(
  { auditID, proposal, since }: Unfinished,
  writer: ProposalWriter,
  parts: RecoverParts,
): Promise<boolean> {
  const look = () => writer.branchState(proposal.branch, proposal.commit, parts.signal);
  let { state, commit } = await look();
  const wait = since + STRAGGLING - parts.now();
  if (state === 'absent' && wait > 0) {
    await parts.pause(wait);
    ({ state, commit } = await look());
  }
  // Another server may have started at the same time.
  if (!unfinished(parts).some((each) => each.auditID === auditID)) return false;
  parts.audit.append({
    auditID,
    stage: 'recovered',
    client: 'start',
    proposal: { ...proposal, ...(commit !== undefined && { commit }) },
    reason: state === 'absent' ? 'the branch is not on the remote' : 'the branch is on the remote',
  });
  return true;
}
