import { type Document, LineCounter, isCollection, isMap, isScalar, parseAllDocuments, visit } from 'yaml';

/** A stream of YAML documents with their source; empty documents are kept. Positions count in UTF-16 units. */
export interface YamlStream {
  text: string;
  documents: readonly Document.Parsed[];
  /** What keeps it from being read as one meaning; when there is any, values must not be asked for. */
  problems: readonly YamlProblem[];
  lineOf: (offset: number) => number;
}

/** A mistake and its line, counted from 1. */
export interface YamlProblem {
  line: number;
  message: string;
}

/** Characters above which YAML is not parsed. */
const LONGEST_YAML = 1024 * 1024;
const DEEPEST_YAML = 64;
/** Each is looked for in all nodes before it. */
const MOST_ALIASES = 1_000;
const MOST_EXPANDED = 10_000;

/**
 * Parses as Kubernetes tools do: merge keys merge, keys are strings. Never throws: what cannot be parsed is a problem.
 * The parser's own search for repeated keys is quadratic, so that is done here.
 */
export function parseYamlText(text: string): YamlStream {
  const counter = new LineCounter();
  const lineOf = (offset: number): number => Math.max(1, counter.linePos(offset).line);
  if (text.length > LONGEST_YAML) return unreadable(text, `more than ${LONGEST_YAML / 1024} KB of YAML`);
  const documents = documentsOf(text, counter);
  if (documents === undefined) return unreadable(text, TOO_DEEP);
  const broken = documents.flatMap(({ errors }) =>
    errors.slice(0, MOST_PROBLEMS).map(({ pos: [at], message }) => ({ line: lineOf(at), message })),
  );
  const problems = broken.length > 0 ? broken : documents.flatMap((document) => oddities(document, lineOf));
  return { text, documents, problems: problems.slice(0, MOST_PROBLEMS), lineOf };
}

const TOO_DEEP = `YAML nested deeper than ${DEEPEST_YAML} levels`;
const MOST_PROBLEMS = 20;

/** The values of a document, aliases resolved; undefined for an alias bomb or an alias without anchor. Only for a stream without problems. */
export function valueOf(document: Document.Parsed): { value: unknown } | undefined {
  const read = readValue(document);
  return 'value' in read ? read : undefined;
}

function readValue(document: Document.Parsed): { value: unknown } | { problem: string } {
  try {
    return { value: document.toJS({ maxAliasCount: MOST_EXPANDED }) as unknown };
  } catch (error) {
    const isUnresolved = error instanceof Error && error.message.startsWith('Unresolved alias');
    return { problem: isUnresolved ? 'an alias has no anchor before it' : 'aliases multiply beyond any use' };
  }
}

function documentsOf(text: string, lineCounter: LineCounter): Document.Parsed[] | undefined {
  try {
    const options = { lineCounter, keepSourceTokens: true, merge: true, stringKeys: true } as const;
    const parsed = parseAllDocuments(text, {
      ...options,
      prettyErrors: false,
      uniqueKeys: false,
      logLevel: 'silent',
    });
    return [...parsed];
  } catch {
    return undefined;
  }
}

function unreadable(text: string, message: string): YamlStream {
  return { text, documents: [], problems: [{ line: 1, message }], lineOf: () => 1 };
}

function oddities(document: Document.Parsed, lineOf: (offset: number) => number): YamlProblem[] {
  const found: YamlProblem[] = [];
  let aliases = 0;
  visit(document, {
    Alias(_, node) {
      aliases += 1;
      if (aliases <= MOST_ALIASES) return undefined;
      found.push({ line: lineOf(node.range?.[0] ?? 0), message: `more than ${MOST_ALIASES} aliases` });
      return visit.BREAK;
    },
    Node(_, node, path) {
      if (path.length > DEEPEST_YAML * 2) {
        found.push({ line: lineOf(node.range?.[0] ?? 0), message: TOO_DEEP });
        return visit.BREAK;
      }
      if (isCollection(node) && isMap(node)) found.push(...repeatedKeys(node.items, lineOf));
      return undefined;
    },
  });
  const read = found.length === 0 ? readValue(document) : { value: undefined };
  return 'problem' in read ? [{ line: lineOf(document.range[0]), message: read.problem }] : found;
}

function repeatedKeys(pairs: readonly { key: unknown }[], lineOf: (offset: number) => number): YamlProblem[] {
  const seen = new Set<string>();
  return pairs.flatMap(({ key }) => {
    if (!isScalar(key) || typeof key.value === 'symbol') return [];
    const name = String(key.value);
    if (seen.has(name))
      return [
        {
          line: lineOf(key.range?.[0] ?? 0),
          message: `the key ${JSON.stringify(name.slice(0, 80))} is repeated`,
        },
      ];
    seen.add(name);
    return [];
  });
}
