import { isProtectedPath, isSealedKind } from './floor.ts';
import { closest } from '#domain/closest.ts';

import { z } from 'zod';

/** Tools of this class may be named before any exists. */
export const PROPOSE_PREFIX = 'propose_';

/** Names, or names without others. */
export type Selection = string[] | { include?: string[]; exclude?: string[] };

interface RuleParts {
  effect: 'allow' | 'deny';
  tools?: string[];
  namespaces?: Selection;
  kinds?: Selection;
  limits?: unknown;
  proposal?: { paths?: string[] };
}

interface Impossible {
  message: string;
  path: (string | number)[];
}

/** Why a rule could never apply, or would loosen the floor; empty for a sound rule. */
export function impossibilities(rule: RuleParts): Impossible[] {
  const common = [...nothingLeft('namespaces', rule.namespaces), ...nothingLeft('kinds', rule.kinds)];
  if (rule.effect === 'deny') return [...common, ...boundsOnDeny(rule)];
  return [
    ...common,
    ...sealedKinds(rule.kinds),
    ...strayProposal(rule),
    ...protectedPaths(rule.proposal?.paths),
  ];
}

/** A string that must be one of `names` (or of `more`, which is never suggested). */
export function known(what: string, names: readonly string[], more: readonly string[] = []) {
  const accepted = new Set([...names, ...more]);
  return z.string().superRefine((name, context) => {
    if (accepted.has(name)) return;
    const suggestion = closest(name, names);
    context.addIssue({
      code: 'custom',
      message: `unknown ${what} ${JSON.stringify(name)}`,
      params: { suggestion },
    });
  });
}

/** A tool's name, `*`, or a prefix that ends in a star and fits at least one tool. */
export function toolName(names: readonly string[]) {
  const accepted = new Set(['*', ...names]);
  return z.string().superRefine((name, context) => {
    const prefix = prefixOf(name);
    if (accepted.has(name) || (prefix && [PROPOSE_PREFIX, ...names].some((each) => each.startsWith(prefix))))
      return;
    const message = prefix ? `no tool starts with ${prefix}` : `unknown tool ${JSON.stringify(name)}`;
    context.addIssue({ code: 'custom', message, params: { suggestion: closest(name, names) } });
  });
}

/** What stands before a trailing star, or undefined when there is no such star or nothing before it. */
export function prefixOf(name: string): string | undefined {
  return name.indexOf('*') === name.length - 1 && name.length > 1 ? name.slice(0, -1) : undefined;
}

/** What keeps a string from naming namespaces, or undefined. */
export function namespaceProblem(name: string): string | undefined {
  if (name === '*' || (name.length <= 63 && /^[a-z0-9]([-a-z0-9]*[a-z0-9])?$/.test(name))) return undefined;
  return name.includes('*')
    ? 'a namespace is a whole name or "*": prefixes are not understood'
    : `${JSON.stringify(name)} cannot be the name of a namespace`;
}

/** Turns a function that words a problem into a refinement. */
export function explained(problemOf: (value: string) => string | undefined) {
  return (value: string, context: z.RefinementCtx): void => {
    const message = problemOf(value);
    if (message) context.addIssue({ code: 'custom', message });
  };
}

function nothingLeft(key: string, chosen: Selection | undefined): Impossible[] {
  if (!chosen || Array.isArray(chosen) || !chosen.exclude) return [];
  const { include = ['*'], exclude } = chosen;
  const excluded = new Set(exclude);
  if (!excluded.has('*') && !include.every((name) => excluded.has(name))) return [];
  return [
    { message: 'all that is included is excluded again: the rule can never match', path: [key, 'exclude'] },
  ];
}

function sealedKinds(kinds: Selection | undefined): Impossible[] {
  const list = Array.isArray(kinds) ? kinds : kinds?.include;
  const path = Array.isArray(kinds) ? ['kinds'] : ['kinds', 'include'];
  return (list ?? []).flatMap((kind, index) =>
    isSealedKind(kind)
      ? [{ message: `${kind} is never readable: no rule can allow it`, path: [...path, index] }]
      : [],
  );
}

function boundsOnDeny(rule: RuleParts): Impossible[] {
  const bounds = (['limits', 'proposal'] as const).filter((key) => rule[key] !== undefined);
  return bounds.map((key) => ({ message: `a deny rule has no ${key}`, path: [key] }));
}

function strayProposal(rule: RuleParts): Impossible[] {
  if (!rule.proposal || rule.tools?.every((name) => name.startsWith(PROPOSE_PREFIX))) return [];
  return [{ message: 'proposal belongs to a rule whose tools are all propose_ tools', path: ['proposal'] }];
}

function protectedPaths(paths: readonly string[] = []): Impossible[] {
  return paths.flatMap((path, index) =>
    isProtectedPath(path)
      ? [{ message: `${path} is protected: no proposal can touch it`, path: ['proposal', 'paths', index] }]
      : [],
  );
}
