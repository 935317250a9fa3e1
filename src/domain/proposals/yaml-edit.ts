import type { Document } from 'yaml';

import { ToolError } from '../../errors.ts';
import { parseYamlText, valueOf } from '../repository/yaml-text.ts';
import type { YamlStream } from '../repository/yaml-text.ts';
import { sameValue, withValue, withoutValue } from './values.ts';
import { type Place, locate } from './yaml-locate.ts';
import { type Step, pathText } from './yaml-path.ts';
import { planSet, planUnset } from './yaml-plan.ts';
import { type Source, type Splice, spliced, styleOf } from './yaml-source.ts';

/** A place in a YAML or JSON file: which document, by its index among those with content or as `Kind/name`, and where in it. */
export interface Target {
  path: string;
  document: number | string | undefined;
  steps: readonly Step[];
}

/**
 * The text with one place set, everything else as it was byte for byte. Read again, it means what it meant before with
 * that one value changed; otherwise, and when the place cannot be had, throws `invalid_input`.
 */
export function setInYaml(text: string, target: Target, value: unknown): string {
  return edited(
    text,
    target,
    (place, source) => planSet(place, value, source),
    (whole, path) => withValue(whole, path, value),
  );
}

/** The text with one place removed, under the same promise. */
export function unsetInYaml(text: string, target: Target): string {
  return edited(text, target, planUnset, withoutValue);
}

type Path = readonly (string | number)[];

function edited(
  text: string,
  target: Target,
  plan: (place: Place, source: Source) => Splice[],
  expect: (whole: unknown, path: Path) => unknown,
): string {
  const isJson = /\.json$/i.test(target.path);
  const stream = readable(text, target);
  const document = pick(stream, target);
  const place = locate(document, target.steps);
  const splices = plan(place, { text, document, style: styleOf(text, document, isJson) });
  const result = spliced(text, splices);
  const expected = stream.documents.map((one) => {
    const whole = valueOf(one)?.value;
    return one === document ? expect(whole, place.path) : whole;
  });
  const difference = differenceFrom(result, expected, isJson && isJsonText(text));
  if (difference !== undefined) throw notExact(target, difference);
  return result;
}

function readable(text: string, { path }: Target): YamlStream {
  const stream = parseYamlText(text);
  const [problem] = stream.problems;
  if (!problem) return stream;
  throw new ToolError(
    'invalid_input',
    `${path} is not plain YAML: line ${problem.line}: ${problem.message}`,
    'Use a replace edit with the exact text.',
  );
}

/** Why a text, read again, is not exactly these documents; undefined when it is. */
function differenceFrom(text: string, expected: readonly unknown[], isJson: boolean): string | undefined {
  const stream = parseYamlText(text);
  const [problem] = stream.problems;
  if (problem) return problem.message;
  if (isJson && !isJsonText(text)) return 'it would be JSON no more';
  const isSame =
    stream.documents.length === expected.length &&
    stream.documents.every((document, index) => sameValue(valueOf(document)?.value, expected[index]));
  return isSame ? undefined : 'something else would change with it';
}

function isJsonText(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function pick({ documents }: YamlStream, { path, document: wanted }: Target): Document.Parsed {
  const filled = documents.filter(({ contents }) => contents !== null && valueText(contents) !== '');
  const named = filled.filter((document, index) => isWanted(document, index, wanted));
  const [only, ...others] = wanted === undefined ? filled : named;
  if (only && others.length === 0) return only;
  const names = filled.map((document, index) => `${index}: ${nameOf(document).join('/') || 'unnamed'}`);
  throw new ToolError(
    'invalid_input',
    filled.length === 0
      ? `${path} holds no YAML value`
      : `${path} holds ${filled.length} documents, and ${only ? 'several' : 'none'} could be meant`,
    names.length === 0
      ? 'Use a replace edit.'
      : `Name one as document: ${names.slice(0, 12).join(', ').slice(0, 600)}.`,
  );
}

function isWanted(document: Document.Parsed, index: number, wanted: number | string | undefined): boolean {
  if (typeof wanted !== 'string') return wanted === index;
  const [kind, namespace, name] = nameOf(document);
  return [`${kind}/${name}`, `${kind}/${namespace}/${name}`].includes(wanted);
}

function nameOf(document: Document.Parsed): [string, string, string] | [] {
  const kind: unknown = document.getIn(['kind']);
  if (typeof kind !== 'string') return [];
  return [
    kind,
    scalarText(document.getIn(['metadata', 'namespace'])),
    scalarText(document.getIn(['metadata', 'name'])),
  ];
}

function scalarText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/** Empty for a document that holds nothing but comments. */
function valueText(contents: { range?: readonly number[] | null }): string {
  const [start, end] = contents.range ?? [0, 0];
  return start === end ? '' : 'value';
}

function notExact({ path, steps }: Target, why: string): ToolError {
  return new ToolError(
    'invalid_input',
    `${pathText(steps)} in ${path} cannot be changed alone: ${why}`,
    'Use a replace edit with the exact text.',
  );
}
