import { type DocumentLines, documentLines } from '../repository/manifest-lines.ts';
import type { RepositoryReader, TreeFile } from '../repository/port.ts';
import type { UpgradeSubject } from '../objects/upgrade.ts';
import { byText, nameSome } from '../text.ts';
import { parseVersion } from '../versions/version.ts';
import { SUBJECTS } from './agreement.ts';
import { filesOfCluster } from './cluster-files.ts';
import { tagOf } from './node-versions.ts';
import { PIN_FILES, PIN_SITES, PIN_TRACES } from './pin-sites.ts';

/** A version that stands in Git. `version` is absent where it cannot be read, and `why` says so. */
export interface GitPin {
  subject: UpgradeSubject;
  /** `path:line` and the key. */
  where: string;
  version?: string;
  why?: string;
}

/** Manifests, and templates of machine configurations. */
const MANIFEST = /\.ya?ml(?:\.(?:j2|jinja2?|tmpl|tpl|gotmpl))?$/i;

/** Bytes above which a file holds no versions anybody wrote. */
const LARGEST = 256 * 1024;

/**
 * The versions that a commit pins, in the order of files. `live` are paths of the cluster's Kustomizations: of a repository
 * with several clusters only this one's files count. Rejects as the reader does.
 */
export async function gitPins(
  repo: RepositoryReader,
  commit: string,
  live: readonly string[],
  signal: AbortSignal,
): Promise<GitPin[]> {
  const files = await repo.list(commit, '', signal);
  const traced = await Promise.all(
    PIN_TRACES.map((text) => repo.search(commit, { text, ignoreCase: false, paths: [], limit: 500 }, signal)),
  );
  const paths = new Set(traced.flat().map(({ path }) => path));
  const candidates = files.filter(
    (file) => isReadable(file) && (paths.has(file.path) || PIN_FILES.test(file.path)),
  );
  const { files: own, doubt } = filesOfCluster(candidates, files, live);
  const texts = await Promise.all(own.map(({ path }) => textAt(repo, commit, path, signal)));
  const documents = own.flatMap(({ path }, index) =>
    documentLines(texts[index] ?? '').map((document) => ({ path, document })),
  );
  const kept = own.filter((_file, index) => texts[index] === undefined);
  const variables = variablesOf(documents.map(({ document }) => document));
  const pins = documents.flatMap(({ path, document }) => pinsOf(path, document, variables));
  return folded([...pins, ...kept.flatMap(keptBack)])
    .map((pin) => (doubt === undefined ? pin : doubtful(pin, doubt)))
    .toSorted((a, b) => byText(a.subject, b.subject) || byText(a.where, b.where));
}

/** Undefined for a file that may not be shown. */
async function textAt(
  repo: RepositoryReader,
  commit: string,
  path: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    return new TextDecoder().decode((await repo.read(commit, path, signal)).content);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

/** What may not be shown, such as a machine configuration with its keys, holds versions all the same. */
function keptBack({ path }: TreeFile): GitPin[] {
  return SUBJECTS.map((subject) => ({ subject, where: path, why: 'kept back: not readable' }));
}

/** A machine configuration names the images of Kubernetes one by one: alike, they are one pin at the first of them. */
function folded(pins: readonly GitPin[]): GitPin[] {
  const keyOf = ({ subject, where, version, why }: GitPin): string =>
    /:\d+ image$/.test(where)
      ? JSON.stringify([subject, where.replace(/:\d+ image$/, ''), version, why])
      : where + subject;
  return [...Map.groupBy(pins, keyOf).values()].flatMap(([first, ...more]) =>
    first && more.length > 0
      ? [{ ...first, where: `${first.where} and ${more.length} more` }]
      : (first ?? []),
  );
}

function isReadable({ path, size, mode }: TreeFile): boolean {
  return MANIFEST.test(path) && size <= LARGEST && mode.startsWith('100');
}

/** A version that may be another cluster's is none to compare with. */
function doubtful({ subject, where }: GitPin, clusters: readonly string[]): GitPin {
  return { subject, where, why: `not known whose it is: of ${nameSome(clusters, 4)}` };
}

function kindOf({ keys }: DocumentLines): string {
  return keys.find(({ key, path }) => key === 'kind' && path.length === 0)?.value ?? '';
}

/** Where a document of a kind has plain values for `${NAME}` and `{{ name }}`; other kinds have none. */
const HOMES: Readonly<Record<string, string>> = {
  '': '',
  ConfigMap: 'data',
  Kustomization: 'spec/postBuild/substitute',
};

function variablesOf(documents: readonly DocumentLines[]): Map<string, string> {
  const entries = documents.flatMap((document) => {
    const home = HOMES[kindOf(document)];
    return document.keys
      .filter(({ path, value }) => path.join('/') === home && parseVersion(value) !== undefined)
      .map(({ key, value }) => [key, value] as const);
  });
  return new Map(entries);
}

/** A value, or the tag of an image, that a variable of Flux or of a template gives. */
const VARIABLE = /(?:^|:)(?:\$\{(\w+)(?::?=([^}]*))?\}|\{\{-?\s*(?:ENV\.)?(\w+)\b[^{}]*\}\})$/;

/** A value that only names another pin adds nothing to it. */
function pinsOf(path: string, document: DocumentLines, variables: ReadonlyMap<string, string>): GitPin[] {
  const kind = kindOf(document);
  return PIN_SITES.filter((site) => site.kind === kind).flatMap(({ path: home, key, subject }) =>
    document.keys
      .filter((entry) => key.test(entry.key) && entry.path.join('/') === home && entry.value !== '')
      .flatMap((entry) => {
        const of = typeof subject === 'function' ? subject(document) : subject;
        const [, flux, fallback, template] = VARIABLE.exec(entry.value) ?? [];
        const variable = flux ?? template;
        if (of === undefined || (variable !== undefined && variables.has(variable))) return [];
        const where = `${path}:${entry.line} ${entry.key}`;
        return [{ subject: of, where, ...valueOf(fallback ?? entry.value, variable) }];
      }),
  );
}

function valueOf(value: string, variable: string | undefined): Pick<GitPin, 'version' | 'why'> {
  if (/^ENC\[|^\[not shown\]$/.test(value)) return { why: 'encrypted or masked: not readable' };
  if (parseVersion(value)) return { version: value };
  if (variable !== undefined) return { why: `\${${variable}} is not plain in the repository` };
  if (!value.includes('/')) return { why: 'no version' };
  const tag = tagOf(value);
  return tag === undefined ? { why: 'an image without tag' } : { version: tag };
}
