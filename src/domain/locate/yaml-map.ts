import { type Document, isNode } from 'yaml';

import { isRecord } from '../record.ts';
import { parseYamlText, valueOf } from '../repository/yaml-text.ts';

/** A map of a YAML document that knows the lines of its entries; whatever is not as expected is absent. */
export interface YamlMap {
  text: (key: string) => string | undefined;
  texts: (key: string) => { text: string; line: number }[];
  map: (key: string) => YamlMap;
  maps: (key: string) => YamlMap[];
  keys: () => string[];
  /** Line of the value of a key, or of the map itself. */
  line: (key?: string) => number;
}

/** Characters above which no text is parsed here: it would keep others waiting. */
const LONGEST = 128 * 1024;

/** The documents of a text as maps; none when it cannot be read as one meaning. */
export function yamlMaps(text: string): YamlMap[] {
  if (text.length > LONGEST) return [];
  const stream = parseYamlText(text);
  if (stream.problems.length > 0) return [];
  return stream.documents.map((document) =>
    mapOf(valueOf(document)?.value, { document, lineOf: stream.lineOf, path: [] }),
  );
}

interface Where {
  document: Document.Parsed;
  lineOf: (offset: number) => number;
  path: readonly (string | number)[];
}

function mapOf(value: unknown, where: Where): YamlMap {
  const own = isRecord(value) ? value : {};
  const list = (key: string): unknown[] => {
    const found = own[key];
    return Array.isArray(found) ? (found as unknown[]) : [];
  };
  const below = (...more: readonly (string | number)[]): Where => ({
    ...where,
    path: [...where.path, ...more],
  });
  return {
    text: (key) => textOf(own[key]),
    texts: (key) =>
      list(key).flatMap((item, at) => {
        const text = textOf(item);
        return text === undefined ? [] : [{ text, line: lineAt(below(key, at)) }];
      }),
    map: (key) => mapOf(own[key], below(key)),
    maps: (key) => list(key).flatMap((item, at) => (isRecord(item) ? [mapOf(item, below(key, at))] : [])),
    keys: () => Object.keys(own),
    line: (key) => lineAt(key === undefined ? where : below(key)),
  };
}

/** Below an alias there are no nodes of its own: then the line of the nearest one above. */
function lineAt({ document, lineOf, path }: Where): number {
  for (let end = path.length; end >= 0; end -= 1) {
    const node: unknown = end === 0 ? document.contents : document.getIn(path.slice(0, end), true);
    if (isNode(node) && node.range) return lineOf(node.range[0]);
  }
  return 1;
}

function textOf(value: unknown): string | undefined {
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : undefined;
}
