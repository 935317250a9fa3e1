import type { Limits } from '#domain/limits.ts';

import { type Decision, type Principal, covers, decide, rulesFor } from './decide.ts';
import { PROTECTED_PATHS } from './floor.ts';

import { candidatesOf } from './subjects.ts';
import type { Policy, Rule } from './policy.ts';

/** What of the policy is asked for; with nothing, the caller's powers as a whole. */
export interface PolicyQuestion {
  tool?: string;
  namespace?: string;
  kind?: string;
}

/** A rule as it is written, with its line. */
export interface ExplainedRule {
  id: string;
  line: number;
  effect: 'allow' | 'deny';
  tools?: string[];
  namespaces?: unknown;
  kinds?: unknown;
  paths?: string[];
  limits?: Partial<Limits>;
  reason: string;
}

/** What one tool may do for the caller: the deciding rule, and its line unless it is built in. */
export interface ExplainedTool {
  tool: string;
  effect: 'allow' | 'deny';
  rule: string;
  line?: number;
  reason: string;
  limits?: Limits;
}

/** A caller's powers and why: a decision for each tool asked about, and the rules that bear on the question. */
export interface Explanation {
  principal: string;
  roles: readonly string[];
  policy: { file: string; name: string; version: number; sha256: string };
  decisions: ExplainedTool[];
  rules: ExplainedRule[];
  /** Rules that bear on the question but did not fit. */
  moreRules?: number;
  builtin: string[];
}

const MOST_RULES = 20;

/** Explains the policy to a caller; says nothing of rules for roles the caller does not hold. At most a few KB. */
export function explain(policy: Policy, principal: Principal, question: PolicyQuestion): Explanation {
  const tools = question.tool === undefined ? policy.tools : [question.tool];
  const decisions = tools.map((tool) => explained(tool, decide(policy, principal, { ...question, tool })));
  const bearing = new Set(tools.flatMap((tool) => bearingRules(policy, principal, { ...question, tool })));
  const rules = policy.rules.filter((rule) => bearing.has(rule));
  const { file, name, version, shortSha } = policy;
  return {
    principal: principal.id,
    roles: principal.roles,
    policy: { file, name, version, sha256: shortSha },
    decisions,
    rules: rules.slice(0, MOST_RULES).map(written),
    ...(rules.length > MOST_RULES && { moreRules: rules.length - MOST_RULES }),
    builtin: [
      'what no rule allows is denied; deny wins; order is irrelevant',
      'Secrets are never readable',
      `no proposal may touch ${[...PROTECTED_PATHS.slice(0, 2), ...policy.protectedPaths].join(', ')} and the like`,
    ],
  };
}

function explained(tool: string, { effect, rule, line, reason, limits }: Decision): ExplainedTool {
  return { tool, effect, rule, line, reason, ...(effect === 'allow' && { limits }) };
}

function bearingRules(
  policy: Policy,
  principal: Principal,
  question: PolicyQuestion & { tool: string },
): Rule[] {
  const subjects = candidatesOf(policy.rules, question);
  return rulesFor(policy, principal, question.tool).filter((rule) =>
    subjects.some((subject) => covers(rule, subject)),
  );
}

const LONGEST_LIST = 20;

function written({ id, line, effect, reason, source }: Rule): ExplainedRule {
  const { tools, namespaces, kinds, paths, limits } = source;
  const shown = { tools, namespaces, kinds, paths };
  const short = Object.entries(shown).flatMap(([key, value]) =>
    value === undefined ? [] : [[key, shortened(value)]],
  );
  return { id, line, effect, ...Object.fromEntries(short), ...(limits && { limits }), reason };
}

function shortened(value: string[] | { include?: string[]; exclude?: string[] }): unknown {
  if (!Array.isArray(value)) {
    return Object.fromEntries(Object.entries(value).map(([key, names]) => [key, shortened(names)]));
  }
  if (value.length <= LONGEST_LIST) return value;
  return [...value.slice(0, LONGEST_LIST), `… ${value.length - LONGEST_LIST} more`];
}
