import { isMap, isScalar, isSeq } from 'yaml';

import { parseYamlText } from '../repository/yaml-text.ts';
import type { CreationRule } from './creation-rules.ts';
import { finderOf } from './patterns.ts';

/** What decides which keys are encrypted: of a rule, or as the file's own metadata have it. */
export type KeyRules = Pick<
  CreationRule,
  'encrypted_regex' | 'unencrypted_regex' | 'encrypted_suffix' | 'unencrypted_suffix'
>;

/** A value by the path of its keys, without the value. */
export interface Leaf {
  key: string;
  line: number;
  isEncrypted: boolean;
  /** Whether the rules want it encrypted: any key of its path is covered (getsops/sops, sops.go, Encrypt). */
  isCovered: boolean;
  /** Empty and null values stay as they are, and a variable gives nothing away. */
  isEmpty: boolean;
}

const VARIABLE = /^\$\{\w+\}$/;

/** All values of a YAML or JSON file with what the rules say of them, `sops` itself left out; undefined when it cannot be read. */
export function leavesOf(text: string, rules: KeyRules): Leaf[] | undefined {
  const { documents, problems, lineOf } = parseYamlText(text);
  if (problems.length > 0) return undefined;
  const leaves: Leaf[] = [];
  const covers = coverageOf(rules);
  const visit = (node: unknown, path: readonly string[]): void => {
    if (isMap(node))
      for (const { key, value } of node.items)
        visit(value, [...path, isScalar(key) ? String(key.value) : '']);
    else if (isSeq(node)) for (const item of node.items) visit(item, path);
    else if (isScalar(node) && path[0] !== 'sops') leaves.push(leafOf(node, path, lineOf, covers(path)));
  };
  for (const { contents } of documents) visit(contents, []);
  return leaves;
}

function leafOf(
  node: { value: unknown; source?: unknown; range?: readonly number[] | null },
  path: readonly string[],
  lineOf: (offset: number) => number,
  isCovered: boolean,
): Leaf {
  const text = typeof node.value === 'string' ? node.value : '';
  return {
    key: path.join('.'),
    line: lineOf(node.range?.[0] ?? 0),
    isEncrypted: text.startsWith('ENC['),
    isCovered,
    isEmpty: node.value === null || node.value === '' || VARIABLE.test(text),
  };
}

/** Nothing said means every key but those with the suffix `_unencrypted`. An expression that Go refuses covers nothing. */
function coverageOf(rules: KeyRules): (path: readonly string[]) => boolean {
  const { encrypted_regex: only, unencrypted_regex: except, encrypted_suffix: suffix } = rules;
  const finds = finderOf(only ?? except ?? '') ?? (() => false);
  if (only !== undefined) return (path) => path.some(finds);
  if (except !== undefined) return (path) => !path.some(finds);
  if (suffix !== undefined && suffix !== '') return (path) => path.some((key) => key.endsWith(suffix));
  const plain = rules.unencrypted_suffix ?? '_unencrypted';
  return (path) => !path.some((key) => key.endsWith(plain));
}
