import { CAPS, PROPOSAL_CAPS } from './floor.ts';
import { globProblem } from '#domain/glob.ts';
import { explained, impossibilities, known, namespaceProblem, toolName } from './checks.ts';

import { z } from 'zod';

/** Every name a policy may use; roles and principals are those the policy itself declares. */
export interface PolicyNames {
  tools: readonly string[];
  kinds: readonly string[];
  roles: readonly string[];
  principals: readonly string[];
}

export type PolicyDocument = z.output<ReturnType<typeof policySchema>>;
export type RuleDocument = PolicyDocument['rules'][number];

/**
 * The shape of a policy file. Only keys that something enforces exist; names are checked against `names`, and a rule
 * that can never apply is refused.
 */
export function policySchema(names: PolicyNames) {
  const shape = {
    $schema: z.string().optional(),
    apiVersion: z.literal('daytwo/v1alpha1'),
    kind: z.literal('AccessPolicy'),
    metadata: z.strictObject({ name: identifier(), version: z.number().int().min(1) }),
    defaults: z.strictObject({ effect: z.literal('deny') }).optional(),
    principals: listOf(principal()),
    roles: z.record(identifier(), z.strictObject({ members: listOf(known('principal', names.principals)) })),
    rules: listOf(rule(names)),
    protectedPaths: listOf(path())
      .optional()
      .describe('Paths no proposal may touch, added to the built-in ones.'),
  };
  return z.strictObject(shape).describe('Who may ask what. Default deny, deny wins, order is irrelevant.');
}

/** The same as a JSON schema, for editors; names and impossible rules are checked on load only. */
export function policyJsonSchema(): object {
  return z.toJSONSchema(policySchema({ tools: [], kinds: [], roles: [], principals: [] }), { io: 'input' });
}

function principal() {
  const match = z.strictObject({ transport: z.literal('stdio') });
  return z.strictObject({
    id: identifier().describe('The name in decisions and in the audit log.'),
    match: match.describe('Who it is: over stdio, whoever started the server.'),
  });
}

function rule(names: PolicyNames) {
  const namespace = z.string().superRefine(explained(namespaceProblem));
  const shape = {
    id: identifier().describe('Named in denials and in the audit log.'),
    effect: z.enum(['allow', 'deny']),
    roles: listOf(known('role', names.roles, ['*'])).optional(),
    tools: listOf(toolName(names.tools)).optional().describe('Names, "*", or a prefix such as "propose_*".'),
    namespaces: selection(namespace)
      .optional()
      .describe('Names or "*". Without "*" the rule does not cover cluster-scoped objects.'),
    kinds: selection(known('kind', names.kinds, ['*'])).optional(),
    paths: listOf(path())
      .optional()
      .describe('Files of the repository: * within a name, ** across directories.'),
    limits: limits().optional(),
    proposal: proposal().optional(),
    reason: z.string().min(1).describe('Why; a denial quotes it.'),
  };
  return z.strictObject(shape).superRefine((parsed, context) => {
    for (const issue of impossibilities(parsed)) context.addIssue({ code: 'custom', ...issue });
  });
}

function limits() {
  const shape = {
    tailLines: cap(CAPS.tailLines).describe('Lines of a log, at most.'),
    rows: cap(CAPS.rows).describe('Rows of a list, at most.'),
    bytes: cap(CAPS.bytes).describe('Bytes of an answer, at most.'),
  };
  return z
    .strictObject(shape)
    .partial()
    .describe('Upper bounds for what this rule allows; where several rules allow, the most generous counts.');
}

function proposal() {
  const shape = {
    base: z.string().min(1).describe('The branch a proposal starts from.'),
    branchPrefix: z
      .string()
      .regex(
        /^daytwo\/[a-z0-9._-]{0,24}$/,
        'expected daytwo/, and up to 24 of a-z, 0-9, dot, dash and underscore',
      )
      .describe('What the name of a proposed branch starts with: daytwo/ and more.'),
    paths: listOf(path()).describe('Where a proposal may change files.'),
    maxFiles: cap(PROPOSAL_CAPS.maxFiles),
    deletable: listOf(path()).describe('Where a proposal may delete files: nowhere when left out.'),
    maxChangedLines: cap(PROPOSAL_CAPS.maxChangedLines),
    perHour: cap(PROPOSAL_CAPS.perHour).describe('Proposals and previews of one caller in an hour.'),
    open: cap(PROPOSAL_CAPS.open).describe('Branches that are open on the remote at once.'),
  };
  return z
    .strictObject(shape)
    .partial()
    .describe('Bounds of proposals, in an allow rule for propose_ tools.');
}

function selection<T extends z.ZodType<string>>(name: T) {
  const parts = z.strictObject({ include: listOf(name), exclude: listOf(name) }).partial();
  return z.union([listOf(name), parts], {
    error: 'expected a list of names, or {include: […], exclude: […]}',
  });
}

function listOf<T extends z.ZodType>(element: T) {
  return z.array(element).min(1, 'an empty list: name something, or leave the key out to mean any');
}

function cap(most: number) {
  const raised = `at most ${most}: a policy can lower the built-in bound, never raise it`;
  return z.number().int().min(1).max(most, raised);
}

function identifier() {
  const grammar = 'a name starts with a letter and holds lower-case letters, digits and hyphens';
  return z
    .string()
    .max(63)
    .regex(/^[a-z][a-z0-9-]*$/, grammar);
}

function path() {
  return z.string().superRefine(explained(globProblem));
}
