import { ToolError } from '../errors.ts';
import type { AuditedProposal } from './audit/audit.ts';
import type { Call } from './call.ts';
import { type Decision, type Question, decide, denialText } from './policy/decide.ts';
import type { Policy } from './policy/policy.ts';
import type { Touched } from './touched.ts';

/** One call under one version of the policy, with the record of what it read and what it set in motion. */
export interface Run {
  call: Call;
  policy: Policy;
  touched: Touched;
  /** The decision that ended the call, if one did. */
  denial?: Decision;
  /** Set when an intent was recorded: the record of the outcome carries the same id. */
  auditID?: string;
  proposal?: AuditedProposal;
}

/** Throws `denied`, naming rule and line, unless the policy allows this call what the question is about. */
export function demand(run: Run, question: Omit<Question, 'tool'>): void {
  const decision = decide(run.policy, run.call.principal, { tool: run.call.tool, ...question });
  if (decision.effect === 'allow') return;
  run.denial = decision;
  throw new ToolError(
    'denied',
    denialText(run.policy, decision),
    'policy_explain says what you may do here.',
  );
}
