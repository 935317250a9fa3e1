import { LineCounter, isAlias, isMap, isScalar, parseDocument, visit } from 'yaml';
import type { Document, Node, YAMLError } from 'yaml';

/** One mistake in a policy file; line and column count from 1. */
export interface PolicyProblem {
  line: number;
  column: number;
  message: string;
  suggestion?: string;
}

export interface Position {
  line: number;
  column: number;
}

export type YamlPath = readonly PropertyKey[];

/** A parsed file that knows where everything stands. `value` is undefined when there are problems. */
export interface YamlFile {
  value: unknown;
  problems: PolicyProblem[];
  /** Where the value at a path starts; of what is absent, where its nearest parent starts. */
  at(path: YamlPath): Position;
  /** Where the key at the end of a path starts. */
  atKey(path: YamlPath): Position;
}

/** Parses one YAML document; warnings are as bad as errors, aliases and merge keys do not exist. */
export function parseYaml(text: string): YamlFile {
  const counter = new LineCounter();
  const document = parseDocument(text, {
    lineCounter: counter,
    prettyErrors: false,
    version: '1.2',
    stringKeys: true,
  });
  const position = (offset: number): Position => {
    const { line, col } = counter.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const problems = [
    ...[...document.errors, ...document.warnings].map((error) => ({
      ...position(error.pos[0]),
      ...worded(error),
    })),
    ...aliases(document).map(({ offset, ...problem }) => ({ ...position(offset), ...problem })),
  ];
  return {
    value: problems.length === 0 ? document.toJS({ maxAliasCount: 0 }) : undefined,
    problems,
    at: (path) => position(startOf(nearest(document, path))),
    atKey: (path) => position(startOf(keyAt(document, path) ?? nearest(document, path))),
  };
}

const UNQUOTED_STAR = 'an unquoted * starts a YAML alias: put it in quotes';

function worded(error: YAMLError): { message: string; suggestion?: string } {
  return error.code === 'BAD_ALIAS'
    ? { message: UNQUOTED_STAR, suggestion: '"*"' }
    : { message: error.message };
}

function aliases(document: Document): { offset: number; message: string; suggestion: string }[] {
  const found: { offset: number; message: string; suggestion: string }[] = [];
  visit(document, {
    Alias(_, alias) {
      if (alias.source)
        found.push({ offset: startOf(alias), message: UNQUOTED_STAR, suggestion: `"*${alias.source}"` });
    },
  });
  return found;
}

function nearest(document: Document, path: YamlPath): Node | null {
  for (let length = path.length; length > 0; length -= 1) {
    const node = document.getIn(path.slice(0, length), true) as Node | undefined;
    if (node?.range) return node;
  }
  return document.contents;
}

function keyAt(document: Document, path: YamlPath): Node | undefined {
  const parent = path.length > 1 ? document.getIn(path.slice(0, -1), true) : document.contents;
  if (!isMap(parent)) return undefined;
  const pair = parent.items.find(({ key }) => isScalar(key) && key.value === path.at(-1));
  return pair?.key as Node | undefined;
}

function startOf(node: Node | null): number {
  if (isAlias(node) || node?.range) return node.range?.[0] ?? 0;
  return 0;
}
