import { type Decision, type Principal, decide } from './decide.ts';
import { problemsOf } from './problems.ts';
import { parseYaml } from './yaml-file.ts';
import { PolicyError } from './policy.ts';
import type { Policy } from './policy.ts';

import { z } from 'zod';

/** One expectation: a question of a principal, its outcome and, if it matters, the rule that decides. */
const Case = z.strictObject({
  principal: z.string(),
  tool: z.string(),
  namespace: z.string().optional(),
  kind: z.string().optional(),
  clusterScoped: z.boolean().optional(),
  path: z.string().optional(),
  expect: z.enum(['allow', 'deny']),
  rule: z.string().optional(),
});

const Cases = z.strictObject({ cases: z.array(Case).min(1) });

/** A case that came out otherwise, at its line. */
export interface FailedCase {
  line: number;
  expected: string;
  got: string;
}

/** The outcome of a policy's own tests; `untried` names the rules no case was decided by. */
export interface PolicyReport {
  total: number;
  failed: FailedCase[];
  untried: string[];
}

/** Asks a policy each case of a test file; throws a PolicyError when the file itself is wrong. */
export function testPolicy(policy: Policy, casesText: string, file = 'policy.test.yaml'): PolicyReport {
  const yaml = parseYaml(casesText);
  if (yaml.problems.length > 0) throw new PolicyError(file, yaml.problems);
  const parsed = Cases.safeParse(yaml.value, { reportInput: true });
  if (!parsed.success) throw new PolicyError(file, problemsOf(parsed.error, Cases, yaml));
  const { cases } = parsed.data;
  const decisions = cases.map((each) => decide(policy, principalOf(policy, each.principal), each));
  const tried = new Set(decisions.map(({ rule }) => rule));
  return {
    total: cases.length,
    failed: cases.flatMap((each, index) => failure(each, decisions[index], yaml.at(['cases', index]).line)),
    untried: policy.rules.map(({ id }) => id).filter((id) => !tried.has(id)),
  };
}

function principalOf(policy: Policy, id: string): Principal | undefined {
  return policy.principals.find((principal) => principal.id === id);
}

function failure(wanted: z.infer<typeof Case>, decision: Decision | undefined, line: number): FailedCase[] {
  if (!decision) return [];
  const { effect, rule } = decision;
  if (effect === wanted.expect && (wanted.rule ?? rule) === rule) return [];
  const expected = wanted.rule === undefined ? wanted.expect : `${wanted.expect} by ${wanted.rule}`;
  return [{ line, expected, got: `${effect} by ${rule}` }];
}
