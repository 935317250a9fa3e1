import type { Finding } from '../finding.ts';
import { builtInFor } from './finding-runbooks.ts';
import { isOwn } from './own.ts';
import { factsOf } from './question.ts';
import type { Runbook } from './runbook.ts';
import type { RunbookIndex } from './indexed.ts';

/** What of a finding tells which runbook it needs. */
export type FindingSubject = Pick<Finding, 'component' | 'reason' | 'ref'> &
  Partial<Pick<Finding, 'message'>>;

/**
 * The runbook for a finding: the operator's own that is about its reason, or about the subject of the built-in one; else
 * the built-in one. Undefined where none is about it: no link is better than a wrong one.
 */
export function runbookFor(
  index: RunbookIndex,
  finding: FindingSubject,
): { id: string; title: string } | undefined {
  const builtIn = builtInOf(index, finding);
  const found = ownOn(index, finding) ?? (builtIn && (index.own.get(builtIn)?.runbook ?? builtIn));
  return found && { id: found.id, title: found.title };
}

function ownOn({ byName }: RunbookIndex, finding: FindingSubject): Runbook | undefined {
  const { kind = '' } = factsOf({ finding });
  const named = byName.get(finding.reason.toLowerCase()) ?? [];
  return named
    .map(({ runbook }) => runbook)
    .find((runbook) => isOwn(runbook) && (runbook.kinds.length === 0 || runbook.kinds.includes(kind)));
}

function builtInOf({ runbooks }: RunbookIndex, finding: FindingSubject): Runbook | undefined {
  const id = builtInFor({ ...factsOf({ finding }), reason: finding.reason });
  return runbooks.find((runbook) => runbook.origin === 'built-in' && runbook.id === id);
}
