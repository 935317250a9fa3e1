import { isMap, isSeq } from 'yaml';

import { parseYamlText } from '../repository/yaml-text.ts';

/** The name of the server's own workload, role and namespace, and the value of its label `app.kubernetes.io/name`. */
const OWN_NAME = 'daytwo';

/**
 * What of daytwo itself a change of one file touches, in words; undefined for nothing. A file of its own counts by its
 * path; in other files the documents that differ count by name, namespace, label or subject, and for text that is no
 * plain YAML the name alone.
 */
export function ownPart(path: string, before: string, after: string): string | undefined {
  if (path.split('/').some((segment) => isOwnName(segment.replace(/\.\w+$/, ''))) && !isDocument(path))
    return 'a file of daytwo itself';
  if (isDocument(path)) return undefined;
  const [old, next] = [documentsOf(before), documentsOf(after)];
  const changed = [
    ...next.filter((text) => !old.includes(text)),
    ...old.filter((text) => !next.includes(text)),
  ];
  return changed.map((text) => ownIn(text, before, after)).find((found) => found !== undefined);
}

/** Runbooks and notes may speak of daytwo. */
function isDocument(path: string): boolean {
  return /\.(?:md|txt|rst|adoc)$/i.test(path);
}

function documentsOf(text: string): string[] {
  return text.split(/^---.*$/m).map((part) => part.trim());
}

function ownIn(text: string, before: string, after: string): string | undefined {
  if (!text.includes(OWN_NAME)) return undefined;
  const { documents, problems } = parseYamlText(text);
  if (problems.length > 0) return 'text that names daytwo';
  if (/^[ \t]*apiVersion:\s*["']?daytwo\//m.test(text)) return "daytwo's policy";
  const own = documents.map(({ contents }) => ownKind(contents)).find((kind) => kind !== undefined);
  if (own !== undefined) return own;
  return changedLines(before, after).some((line) => namesOwn(line)) ? 'a line that names daytwo' : undefined;
}

/** Kinds whose objects are daytwo's own by name. */
function ownKind(contents: unknown): string | undefined {
  if (!isMap(contents)) return undefined;
  const kind: unknown = contents.get('kind');
  const called = typeof kind === 'string' ? kind : 'object';
  const name = contents.getIn(['metadata', 'name']);
  const isOwn =
    isOwnName(name) ||
    isOwnName(contents.getIn(['metadata', 'namespace'])) ||
    isOwnName(contents.getIn(['metadata', 'labels', 'app.kubernetes.io/name'])) ||
    isOwnName(contents.getIn(['spec', 'targetNamespace'])) ||
    isOwnName(contents.get('namespace'));
  if (isOwn) return `daytwo's ${called}${typeof name === 'string' ? ` ${name}` : ''}`;
  return bindsOwn(contents.get('subjects', true)) ? `a ${called} that gives daytwo permissions` : undefined;
}

function bindsOwn(subjects: unknown): boolean {
  return isSeq(subjects) && subjects.items.some((item) => isMap(item) && isOwnName(item.get('name')));
}

function isOwnName(name: unknown): boolean {
  return typeof name === 'string' && (name === OWN_NAME || name.startsWith(`${OWN_NAME}-`));
}

/** Such as an entry of a kustomization, a patch's target or a dependency. */
function namesOwn(line: string): boolean {
  return new RegExp(String.raw`(?:^|[\s"'/:=\[{,])${OWN_NAME}(?:-[a-z-]+)?(?=$|[\s"'/:,\]}.#])`).test(line);
}

function changedLines(before: string, after: string): string[] {
  const [old, next] = [new Set(before.split('\n')), new Set(after.split('\n'))];
  return [...[...next].filter((line) => !old.has(line)), ...[...old].filter((line) => !next.has(line))];
}
