import { isMap, isSeq } from 'yaml';
import { z } from 'zod';

import { dirname } from '../desired/place.ts';
import { parseYamlText, valueOf } from '../repository/yaml-text.ts';
import { finderOf, problemOf } from './patterns.ts';

const Text = z.string().max(4_000);

const Recipients = z.union([z.string(), z.array(z.string())]).optional();

const KeyGroup = z.looseObject({
  age: z.array(z.string()).optional(),
  pgp: z.array(z.union([z.string(), z.looseObject({ fp: z.string() })])).optional(),
  kms: z.array(z.looseObject({ arn: z.string() })).optional(),
});

const Rule = z.object({
  path_regex: Text.optional(),
  encrypted_regex: Text.optional(),
  unencrypted_regex: Text.optional(),
  encrypted_suffix: Text.optional(),
  unencrypted_suffix: Text.optional(),
  mac_only_encrypted: z.boolean().optional(),
  age: Recipients,
  pgp: Recipients,
  kms: z.union([z.string(), z.array(z.union([z.string(), z.object({ arn: z.string() })]))]).optional(),
  key_groups: z.array(KeyGroup).max(100).optional(),
});

/** One creation rule of a `.sops.yaml`; `line` counts from 1. */
export type CreationRule = z.output<typeof Rule> & {
  line: number;
  /** Whether it names a path, which is relative to the file of the rules. */
  names: (relative: string) => boolean;
};

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
  const rules = parsed.data.creation_rules.map((rule, at) => ({
    ...rule,
    line: lines[at] ?? 1,
    names: rule.path_regex === undefined ? () => true : (finderOf(rule.path_regex) ?? (() => false)),
  }));
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
  const rule = config.rules.find(({ names }) => names(relative));
  return { config, rule };
}

/** Recipients of a rule, of whatever sort and group; lists, or one text with commas. */
export function recipientsOf({ age, pgp, kms, key_groups: groups = [] }: Partial<CreationRule>): string[] {
  const grouped = groups.flatMap((group) => [
    ...(group.age ?? []),
    ...(group.pgp ?? []).map((key) => (typeof key === 'string' ? key : key.fp)),
    ...(group.kms ?? []).map(({ arn }) => arn),
  ]);
  const named = (typeof kms === 'string' ? [kms] : (kms ?? [])).map((key) =>
    typeof key === 'string' ? key : key.arn,
  );
  const own = [age, pgp, named].flatMap((keys) => keys ?? []).flatMap((text) => text.split(','));
  return [...own, ...grouped].map((recipient) => recipient.trim()).filter((recipient) => recipient !== '');
}
