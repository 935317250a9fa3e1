import { isRecord } from '../record.ts';
import { type DocumentLines, type KeyLine, documentLines } from './manifest-lines.ts';
import { type YamlProblem, parseYamlText, valueOf } from './yaml-text.ts';

/** A Kubernetes manifest in a file; `line` is where its document begins, counted from 1. `images` are full references. */
export interface Manifest {
  kind: string;
  apiVersion: string;
  name: string | undefined;
  namespace: string | undefined;
  images: string[];
  line: number;
}

/** What a file holds, and what of it cannot be read, with lines. */
export interface ManifestScan {
  manifests: Manifest[];
  problems: YamlProblem[];
}

/**
 * The manifests in a YAML or JSON text. Reads by lines, so that Helm templates, custom tags and broken documents still
 * give what they hold; a document that looks wrong is parsed to say what is wrong with it.
 */
export function scanManifests(text: string): ManifestScan {
  const documents = documentLines(text);
  return {
    manifests: documents.flatMap(manifestsOf).filter(({ kind }) => kind !== ''),
    problems: documents.flatMap(problemsOf),
  };
}

function manifestsOf(document: DocumentLines): Manifest[] {
  if (/^\s*[{[](?!\{)/.test(document.text.replaceAll(/^[ \t]*#.*$/gm, ''))) return flowManifests(document);
  const { keys, line } = document;
  const find = (path: string, key: string): string | undefined =>
    keys.find((entry) => entry.key === key && entry.path.join('/') === path)?.value || undefined;
  const metadata = keys.find(({ key, path }) => key === 'metadata' && path.length === 0)?.value ?? '';
  return [
    {
      kind: find('', 'kind') ?? '',
      apiVersion: find('', 'apiVersion') ?? '',
      name: find('metadata', 'name') ?? inFlow(metadata, 'name'),
      namespace: find('metadata', 'namespace') ?? inFlow(metadata, 'namespace'),
      images: imagesOf(keys),
      line,
    },
  ];
}

/** Whole references (`image: a/b:1`), parts in one map (`repository`, `tag`), and kustomize's `newTag`. */
function imagesOf(keys: readonly KeyLine[]): string[] {
  const images: string[] = [];
  for (const group of Map.groupBy(keys, ({ map }) => map).values()) {
    const parts = Object.fromEntries(group.map(({ key, value }) => [key, value]));
    for (const { key, value } of group)
      if (isImageKey(key) && value !== '') images.push(...wholeImage(value));
    const [first] = group;
    images.push(...imageOf(parts, isImageKey(first?.path.at(-1) ?? '')));
  }
  return [...new Set(images)];
}

function wholeImage(value: string): string[] {
  if (!value.startsWith('{')) return /^[\w./:@${}-]+$/.test(value) ? [value] : [];
  const parts = ['registry', 'repository', 'tag', 'digest'].map((key) => [key, inFlow(value, key) ?? '']);
  return imageOf(Object.fromEntries(parts) as Record<string, string>, true);
}

function imageOf(parts: Readonly<Record<string, string>>, isImage: boolean): string[] {
  const { registry, repository, tag, digest, name, newName, newTag } = parts;
  if (newTag && (newName || name)) return [`${newName || name}:${newTag}`];
  if (!repository || !(isImage || tag || digest) || repository.includes('://')) return [];
  const host = registry ? `${registry}/` : '';
  return [host + repository + marked(':', tag) + marked('@', digest)];
}

function marked(mark: string, part: string | undefined): string {
  return part ? mark + part : '';
}

function isImageKey(key: string): boolean {
  return /^(?:image|.*[a-z]Image)$/.test(key);
}

/** A value in a map of one line, as `{name: web}`. */
function inFlow(text: string, key: string): string | undefined {
  const match = new RegExp(`[{,]\\s*["']?${key}["']?\\s*:\\s*(?:"([^"]*)"|'([^']*)'|([^,}\\s]+))`).exec(text);
  return match?.[1] ?? match?.[2] ?? match?.[3];
}

/** JSON, and YAML that is written like it. */
function flowManifests({ text, line }: DocumentLines): Manifest[] {
  const { documents, problems } = parseYamlText(text);
  if (problems.length > 0) return [];
  return documents.flatMap((document) => objectManifest(valueOf(document)?.value, line));
}

function objectManifest(value: unknown, line: number): Manifest[] {
  if (!isRecord(value) || typeof value['kind'] !== 'string') return [];
  const metadata = isRecord(value['metadata']) ? value['metadata'] : {};
  const own = {
    kind: value['kind'],
    apiVersion: textIn(value, 'apiVersion') ?? '',
    name: textIn(metadata, 'name'),
    namespace: textIn(metadata, 'namespace'),
    images: [...new Set(objectImages(value, false))],
    line,
  };
  const items = own.kind === 'List' && Array.isArray(value['items']) ? (value['items'] as unknown[]) : [];
  return [own, ...items.flatMap((item) => objectManifest(item, line))];
}

function objectImages(value: unknown, isImage: boolean): string[] {
  if (Array.isArray(value)) return value.flatMap((item) => objectImages(item, false));
  if (!isRecord(value)) return [];
  const texts = Object.entries(value).filter(
    (entry): entry is [string, string] => typeof entry[1] === 'string',
  );
  return [
    ...texts.flatMap(([key, text]) => (isImageKey(key) ? wholeImage(text) : [])),
    ...imageOf(Object.fromEntries(texts), isImage),
    ...Object.entries(value).flatMap(([key, inner]) => objectImages(inner, isImageKey(key))),
  ];
}

function problemsOf({ isOdd, text, start, template }: DocumentLines): YamlProblem[] {
  if (!isOdd) return [];
  const [first] = parseYamlText(text).problems;
  if (first === undefined) return [];
  if (template !== undefined) return [{ line: template, message: 'a template ({{ }}), not plain YAML' }];
  return [{ line: first.line + start - 1, message: first.message }];
}

function textIn(value: Record<string, unknown>, key: string): string | undefined {
  const text = value[key];
  return typeof text === 'string' ? text : undefined;
}
