import { isMap, isScalar, isSeq } from 'yaml';
import { z } from 'zod';

import { parseYamlText, valueOf } from './yaml-text.ts';

const Rules = z.object({
  creation_rules: z.array(
    z.object({
      path_regex: z.string().max(2_000).optional(),
      encrypted_regex: z.string().max(4_000).optional(),
      unencrypted_regex: z.string().max(4_000).optional(),
      encrypted_suffix: z.string().max(200).optional(),
      unencrypted_suffix: z.string().max(200).optional(),
    }),
  ),
});

/** A value that a creation rule of SOPS wants encrypted; `line` counts from 1. */
export interface CoveredLeaf {
  key: string;
  line: number;
}

/**
 * The first plain value of a file that the creation rules in a `.sops.yaml` want encrypted (getsops/sops, config and
 * the stores: the first rule whose path matches decides; a key covers all below it). `path` is relative to that file. A
 * rule without a path names no files; one that cannot be understood covers everything. Rules for some keys of many files
 * are not held against a file that was plain before: its ConfigMap data, say, is so on purpose.
 */
export function coveredLeaf(
  config: string,
  path: string,
  text: string,
  before: string | undefined,
): CoveredLeaf | undefined {
  const rule = ruleFor(config, path);
  if (rule === undefined) return undefined;
  const file = parseYamlText(text);
  if (!/\.(?:ya?ml|json)$/i.test(path) || file.problems.length > 0) return { key: 'the whole file', line: 1 };
  const covers = coverage(rule);
  if (before !== undefined && !covers.byDefault && hasCovered(before, covers)) return undefined;
  for (const { contents } of file.documents) {
    const found = firstCovered(contents, covers, covers.byDefault);
    if (found) return { key: found.key, line: file.lineOf(found.offset) };
  }
  return undefined;
}

type Rule = z.output<typeof Rules>['creation_rules'][number];

function ruleFor(config: string, path: string): Rule | undefined {
  const { documents, problems } = parseYamlText(config);
  const [document] = documents;
  if (problems.length > 0 || !document) return undefined;
  return Rules.safeParse(valueOf(document)?.value).data?.creation_rules.find(
    ({ path_regex: regex }) => regex !== undefined && matches(regex, path),
  );
}

function hasCovered(text: string, covers: Coverage): boolean {
  const { documents, problems } = parseYamlText(text);
  return (
    problems.length === 0 &&
    documents.some(({ contents }) => firstCovered(contents, covers, false) !== undefined)
  );
}

/** How a rule decides on keys: `decide` gives undefined where a key says nothing. */
interface Coverage {
  byDefault: boolean;
  decide: (key: string) => boolean | undefined;
}

function coverage(rule: Rule): Coverage {
  const { encrypted_regex: only, unencrypted_regex: except } = rule;
  if (only !== undefined) return { byDefault: false, decide: (key) => matches(only, key) || undefined };
  if (except !== undefined)
    return { byDefault: true, decide: (key) => (matches(except, key) ? false : undefined) };
  const { encrypted_suffix: suffix, unencrypted_suffix: plain = '_unencrypted' } = rule;
  if (suffix !== undefined) return { byDefault: false, decide: (key) => key.endsWith(suffix) || undefined };
  return { byDefault: true, decide: (key) => (key.endsWith(plain) ? false : undefined) };
}

function firstCovered(
  node: unknown,
  covers: Coverage,
  isCovered: boolean,
  name = '',
): { key: string; offset: number } | undefined {
  if (isScalar(node)) {
    const isPlain =
      isCovered && node.value !== null && node.value !== '' && !String(node.source).startsWith('ENC[');
    return isPlain ? { key: name, offset: node.range?.[0] ?? 0 } : undefined;
  }
  if (isSeq(node)) return first(node.items, (item) => firstCovered(item, covers, isCovered, name));
  if (!isMap(node)) return undefined;
  return first(node.items, ({ key, value }) => {
    const text = isScalar(key) ? String(key.value) : '';
    return firstCovered(value, covers, covers.decide(text) ?? isCovered, text);
  });
}

function first<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item);
    if (found !== undefined) return found;
  }
  return undefined;
}

/**
 * A regular expression of Go, with JavaScript's engine; true for one that cannot be had or that nests repetitions, which
 * could take for ever.
 */
function matches(go: string, text: string): boolean {
  if (/[*+}][^()]*\)[*+{]/.test(go)) return true;
  const isFolded = go.includes('(?i)');
  const pattern = go
    .replaceAll('(?i)', '')
    .replaceAll('(?P<', '(?<')
    .replaceAll(String.raw`\A`, '^')
    .replaceAll(String.raw`\z`, '$');
  try {
    return new RegExp(pattern, isFolded ? 'i' : '').test(text);
  } catch {
    return true;
  }
}
