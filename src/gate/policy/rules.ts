import type { Limits } from '#domain/limits.ts';
import { prefixOf } from './checks.ts';
import type { Selection } from './checks.ts';
import { compileGlob } from '#domain/glob.ts';
import type { Glob } from '#domain/glob.ts';
import type { RuleDocument } from './schema.ts';

/** Included names without the excluded; `any` stands for an included `*`. */
export interface NameSet {
  any: boolean;
  include: ReadonlySet<string>;
  exclude: ReadonlySet<string>;
}

/** Names of tools and prefixes of such; `any` stands for `*`. */
export interface ToolSet {
  any: boolean;
  names: ReadonlySet<string>;
  prefixes: readonly string[];
}

/** Where and how much a proposal may change; a bound that is left out is the built-in one. */
export interface ProposalBounds {
  base?: string;
  branchPrefix?: string;
  paths?: readonly Glob[];
  maxFiles?: number;
  /** Globs as they were written. */
  deletable?: readonly string[];
  maxChangedLines?: number;
  perHour?: number;
  open?: number;
}

/** One rule, ready to be asked. A dimension that is undefined means any. */
export interface Rule {
  id: string;
  /** Line of the policy file where the rule starts, from 1. */
  line: number;
  effect: 'allow' | 'deny';
  reason: string;
  roles?: ReadonlySet<string>;
  tools?: ToolSet;
  namespaces?: NameSet;
  /** In lower case. */
  kinds?: NameSet;
  paths?: readonly Glob[];
  limits: Readonly<Partial<Limits>>;
  proposal?: ProposalBounds;
  /** As it was written, for explanations. */
  source: RuleDocument;
}

export function compileRule(source: RuleDocument, line: number): Rule {
  const { id, effect, reason, roles, tools, namespaces, kinds, paths, limits = {}, proposal } = source;
  return Object.freeze({
    id,
    line,
    effect,
    reason,
    ...(roles && !roles.includes('*') && { roles: new Set(roles) }),
    ...(tools && { tools: toolSet(tools) }),
    ...(namespaces && { namespaces: nameSet(namespaces) }),
    ...(kinds && { kinds: nameSet(kinds, (kind) => kind.toLowerCase()) }),
    ...(paths && { paths: paths.map(compileGlob) }),
    limits: Object.freeze(limits),
    ...(proposal && { proposal: { ...proposal, paths: proposal.paths?.map(compileGlob) } }),
    source,
  });
}

function toolSet(names: readonly string[]): ToolSet {
  const prefixes = names.map(prefixOf).filter((prefix) => prefix !== undefined);
  return { any: names.includes('*'), names: new Set(names), prefixes };
}

function nameSet(chosen: Selection, fold: (name: string) => string = (name) => name): NameSet {
  const { include = ['*'], exclude = [] } = Array.isArray(chosen) ? { include: chosen } : chosen;
  return {
    any: include.includes('*'),
    include: new Set(include.map(fold)),
    exclude: new Set(exclude.map(fold)),
  };
}
