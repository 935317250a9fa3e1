import { type Document, type Node, isMap, isNode, isScalar, isSeq } from 'yaml';

import type { Blob } from '../repository/port.ts';
import { parseYamlText } from '../repository/yaml-text.ts';
import { type PathStep, stepsIn } from './paths.ts';
import type { ObjectDrift } from './report.ts';

/** Files that are read for one answer. */
const MOST_FILES = 20;

/**
 * Gives the fields of drifted objects the lines that Git has them on, or that what they would stand in begins on. A file that
 * cannot be read, or writes it elsewhere, leaves the place of the object.
 */
export async function withLines(
  objects: readonly ObjectDrift[],
  read: (commit: string, path: string) => Promise<Blob>,
): Promise<ObjectDrift[]> {
  const texts = new Map<string, Promise<string | undefined>>();
  const textOf = async ({ commit, place }: ObjectDrift): Promise<string | undefined> => {
    if (place === undefined) return undefined;
    const key = `${commit} ${place.file}`;
    if (!texts.has(key) && texts.size >= MOST_FILES) return undefined;
    const known = texts.get(key) ?? read(commit, place.file).then(decode, () => undefined);
    texts.set(key, known);
    return known;
  };
  return Promise.all(
    objects.map(async (object) => {
      const text = object.fields.length > 0 ? await textOf(object) : undefined;
      return text === undefined ? object : placed(object, text);
    }),
  );
}

function decode({ content }: Blob): string {
  return new TextDecoder().decode(content);
}

function placed(object: ObjectDrift, text: string): ObjectDrift {
  const { place, fields } = object;
  if (place === undefined) return object;
  const lineOf = linesIn(text, place.line, object.kind);
  return {
    ...object,
    fields: fields.map((field) => {
      const line = lineOf(field.path);
      return line === undefined ? field : { ...field, place: { ...place, line } };
    }),
  };
}

/** Lines of fields of the document that begins on a line, if that is of this kind. */
function linesIn(text: string, begin: number, kind: string): (path: string) => number | undefined {
  const { documents, problems, lineOf } = parseYamlText(text);
  const own = documents.find(
    (document) =>
      document.get('kind') === kind && begin >= startOf(document, lineOf) && begin <= endOf(document, lineOf),
  );
  if (problems.length > 0 || own === undefined) return () => undefined;
  return (path) => {
    const offset = deepest(own, stepsIn(path));
    return offset === undefined ? undefined : lineOf(offset);
  };
}

function startOf({ range }: Document.Parsed, lineOf: (offset: number) => number): number {
  return lineOf(range[0]);
}

function endOf({ range }: Document.Parsed, lineOf: (offset: number) => number): number {
  return lineOf(range[2]);
}

/** Where the last step that exists begins; undefined when not even the first does. */
function deepest(document: Document.Parsed, steps: readonly PathStep[]): number | undefined {
  let node: unknown = document.contents;
  let found: number | undefined;
  for (const step of steps) {
    const next = stepInto(node, step);
    if (next === undefined) break;
    [node, found] = [next.node, next.offset ?? found];
  }
  return found;
}

function stepInto(
  node: unknown,
  { field, by }: PathStep,
): { node: unknown; offset: number | undefined } | undefined {
  if (field !== undefined && isMap(node)) {
    const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === field);
    return pair && { node: pair.value, offset: offsetOf(pair.key) };
  }
  if (by === undefined || by.size === 0 || !isSeq(node)) return undefined;
  const item = node.items.find((one) => isMap(one) && [...by].every(([key, value]) => has(one, key, value)));
  return item === undefined ? undefined : { node: item, offset: offsetOf(item) };
}

function has(item: { get: (key: string) => unknown }, key: string, value: string): boolean {
  const own = item.get(key);
  // The API server completes keys that Git leaves out, such as the protocol of a port.
  return own === undefined || JSON.stringify(own) === value;
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? (node as Node).range?.[0] : undefined;
}
