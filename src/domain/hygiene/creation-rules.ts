import { isMap, isSeq } from 'yaml';
import { z } from 'zod';

import { dirname } from '../desired/place.ts';
import { parseYamlText, valueOf } from '../repository/yaml-text.ts';
import { finds, problemOf } from './patterns.ts';

const Text = z.string().max(4_000);

const Rule = z.object({
  path_regex: Text.optional(),
  encrypted_regex: Text.optional(),
  unencrypted_regex: Text.optional(),
  encrypted_suffix: Text.optional(),
  unencrypted_suffix: Text.optional(),
  age: z.union([z.string(), z.array(z.string())]).optional(),
});

/** One creation rule of a `.sops.yaml`; `line` counts from 1. */
export type CreationRule = z.output<typeof Rule> & { line: number };

/** A `.sops.yaml` with its rules in order, and what is wrong with it. */
export interface SopsConfig {
  path: string;
  directory: string;
  rules: readonly CreationRule[];
  problems: readonly { line: number; why: string }[];
}

/** Reads a `.sops.yaml` (getsops/sops, config/config.go). Never throws: what cannot be read is a problem. */
export function readSopsConfig(path: string, text: string): SopsConfig {
  const { documents, problems, lineOf } = parseYamlText(text);
  const [document] = documents;
  const config = { path, directory: dirname(path) };
  if (problems.length > 0 || document === undefined)
    return { ...config, rules: [], problems: problems.map(({ line, message }) => ({ line, why: message })) };
  const node = isMap(document.contents) ? document.contents.get('creation_rules', true) : undefined;
  const lines = isSeq(node) ? node.items.map((item) => lineOf(rangeOf(item))) : [];
  const parsed = z.object({ creation_rules: z.array(Rule) }).safeParse(valueOf(document)?.value);
  if (!parsed.success)
    return {
      ...config,
      rules: [],
      problems: [{ line: 1, why: 'it has no creation_rules that can be read' }],
    };
  const rules = parsed.data.creation_rules.map((rule, at) => ({ ...rule, line: lines[at] ?? 1 }));
  return { ...config, rules, problems: rules.flatMap(problemsOf) };
}

function rangeOf(item: unknown): number {
  return typeof item === 'object' && item !== null && 'range' in item && Array.isArray(item.range)
    ? Number(item.range[0])
    : 0;
}

function problemsOf({ line, ...rule }: CreationRule): { line: number; why: string }[] {
  const patterns = ['path_regex', 'encrypted_regex', 'unencrypted_regex'] as const;
  return patterns.flatMap((key) => {
    const why = rule[key] === undefined ? undefined : problemOf(rule[key]);
    return why === undefined ? [] : [{ line, why: `${key} is no expression of Go: ${why}` }];
  });
}

/** The rule for a file: of the nearest `.sops.yaml` upward the first whose path matches, relative to it. */
export function ruleFor(
  path: string,
  configs: readonly SopsConfig[],
): { config: SopsConfig; rule: CreationRule | undefined } | undefined {
  const above = configs
    .filter(({ directory }) => directory === '' || path.startsWith(`${directory}/`))
    .toSorted((a, b) => b.directory.length - a.directory.length);
  const [config] = above;
  if (config === undefined) return undefined;
  const relative = config.directory === '' ? path : path.slice(config.directory.length + 1);
  const rule = config.rules.find(
    ({ path_regex: regex }) => regex === undefined || finds(regex, relative) === true,
  );
  return { config, rule };
}

/** Recipients of a rule: a list, or one text with commas. */
export function recipientsOf({ age }: Pick<CreationRule, 'age'>): string[] {
  const all = typeof age === 'string' ? age.split(',') : (age ?? []);
  return all.map((recipient) => recipient.trim()).filter((recipient) => recipient !== '');
}
