import { createHash } from 'node:crypto';

import type { Limits } from '#domain/limits.ts';
import { compileRule } from './rules.ts';
import type { Rule } from './rules.ts';
import { problemsOf } from './problems.ts';
import { policySchema } from './schema.ts';
import type { PolicyDocument, PolicyNames } from './schema.ts';
import { parseYaml } from './yaml-file.ts';
import type { PolicyProblem, YamlFile } from './yaml-file.ts';

export type { Limits, PolicyProblem, Rule };

/** The names that exist outside the policy: tools, and kinds such as `Pod`, `Kustomization` and `Secret`. */
export interface KnownNames {
  tools: readonly string[];
  kinds: readonly string[];
}

/** Who may be calling, and the roles that give powers. */
export interface PolicyPrincipal {
  id: string;
  transport: 'stdio';
  roles: readonly string[];
}

/** A policy in force: checked, compiled and frozen. */
export interface Policy {
  /** As it was given to `loadPolicy`; denials name it. */
  file: string;
  name: string;
  version: number;
  /** Hash of the file's text, in full and as its first twelve digits. */
  sha256: string;
  shortSha: string;
  principals: readonly PolicyPrincipal[];
  rules: readonly Rule[];
  /** Globs, added to the built-in protected paths. */
  protectedPaths: readonly string[];
  /** All tools the policy was checked against. */
  tools: readonly string[];
}

/** A file that is no valid policy; the message has one `file:line:column: text` for each of its problems. */
export class PolicyError extends Error {
  readonly problems: readonly PolicyProblem[];

  constructor(file: string, problems: readonly PolicyProblem[]) {
    super(problems.map((problem) => problemText(file, problem)).join('\n'));
    this.name = 'PolicyError';
    this.problems = problems;
  }
}

/** Reads a policy; throws a PolicyError that lists everything wrong with it. */
export function loadPolicy(text: string, file: string, known: KnownNames): Policy {
  const yaml = parseYaml(text);
  if (yaml.problems.length > 0) throw new PolicyError(file, inOrder(yaml.problems));
  const kinds = [...known.kinds, ...SEALED];
  const schema = policySchema({ tools: known.tools, kinds, ...declared(yaml.value) });
  const parsed = schema.safeParse(yaml.value, { reportInput: true });
  const problems = [...(parsed.success ? [] : problemsOf(parsed.error, schema, yaml)), ...duplicates(yaml)];
  if (!parsed.success || problems.length > 0) throw new PolicyError(file, inOrder(problems));
  return compile(parsed.data, { text, file, yaml, known });
}

/** A policy may name what it can never open, to deny it in words. */
const SEALED = ['Secret'];

interface Origin {
  text: string;
  file: string;
  yaml: YamlFile;
  known: KnownNames;
}

function compile(document: PolicyDocument, { text, file, yaml, known }: Origin): Policy {
  const sha256 = createHash('sha256').update(text).digest('hex');
  return Object.freeze({
    file,
    name: document.metadata.name,
    version: document.metadata.version,
    sha256,
    shortSha: sha256.slice(0, 12),
    principals: Object.freeze(
      document.principals.map(({ id, match }) => principal(id, match.transport, document)),
    ),
    rules: Object.freeze(
      document.rules.map((rule, index) => compileRule(rule, yaml.at(['rules', index]).line)),
    ),
    protectedPaths: Object.freeze(document.protectedPaths ?? []),
    tools: Object.freeze([...known.tools]),
  });
}

function principal(id: string, transport: 'stdio', { roles }: PolicyDocument): PolicyPrincipal {
  const held = Object.keys(roles).filter((role) => roles[role]?.members.includes(id));
  return Object.freeze({ id, transport, roles: Object.freeze(held) });
}

function problemText(file: string, { line, column, message, suggestion }: PolicyProblem): string {
  const hint = suggestion === undefined ? '' : ` (did you mean ${suggestion}?)`;
  return `${file}:${line}:${column}: ${message}${hint}`;
}

function inOrder(problems: readonly PolicyProblem[]): PolicyProblem[] {
  return problems.toSorted((a, b) => a.line - b.line || a.column - b.column);
}

/** The names a policy declares itself, read before it is known to be sound, so that all problems are found at once. */
function declared(value: unknown): Pick<PolicyNames, 'roles' | 'principals'> {
  const { roles, principals } = record(value);
  return {
    roles: Object.keys(record(roles)),
    principals: values(principals, ['id']).map(({ value: id }) => id),
  };
}

/** What must be unique: rule ids, principals, and the callers they match (a second one could never be recognised). */
function duplicates(yaml: YamlFile): PolicyProblem[] {
  const { rules, principals } = record(yaml.value);
  return [
    ...repeated(yaml, 'rules', rules, ['id']),
    ...repeated(yaml, 'principals', principals, ['id']),
    ...repeated(yaml, 'principals', principals, ['match', 'transport']),
  ];
}

function repeated(yaml: YamlFile, list: string, items: unknown, path: readonly string[]): PolicyProblem[] {
  const first = new Map<string, number>();
  return values(items, path).flatMap(({ value, index }) => {
    const here = yaml.at([list, index, ...path]);
    const line = first.get(value);
    if (line === undefined) first.set(value, here.line);
    return line === undefined ? [] : [{ ...here, message: `${value} is already used in line ${line}` }];
  });
}

function values(items: unknown, path: readonly string[]): { value: string; index: number }[] {
  if (!Array.isArray(items)) return [];
  return items.flatMap((item: unknown, index) => {
    const value = path.reduce<unknown>((at, key) => record(at)[key], item);
    return typeof value === 'string' ? [{ value, index }] : [];
  });
}

function record(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? { ...value } : {};
}
