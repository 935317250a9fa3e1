import { type DocumentLines, documentLines } from '../repository/manifest-lines.ts';
import type { RepositoryReader, TreeFile } from '../repository/port.ts';
import type { UpgradeSubject } from '../objects/upgrade.ts';
import { byText } from '../text.ts';
import { parseVersion } from '../versions/version.ts';
import { tagOf } from './node-versions.ts';

/** A version that stands in Git. `version` is absent where it cannot be read, and `why` says so. */
export interface GitPin {
  subject: UpgradeSubject;
  /** `path:line` and the key. */
  where: string;
  version?: string;
  why?: string;
}

/** Where versions stand: a document's kind (the empty string: none), the keys above, and the key. */
interface Site {
  kind: string;
  path: string;
  key: RegExp;
  subject: UpgradeSubject | ((document: DocumentLines) => UpgradeSubject | undefined);
}

const SITES: readonly Site[] = [
  { kind: '', path: '', key: /^talosVersion$/, subject: 'talos' },
  { kind: '', path: '', key: /^kubernetesVersion$/, subject: 'kubernetes' },
  { kind: 'ConfigMap', path: 'data', key: /^TALOS_VERSION$/, subject: 'talos' },
  { kind: 'ConfigMap', path: 'data', key: /^TALOS_INSTALLER_IMAGE_\w+$/, subject: 'talos' },
  { kind: 'ConfigMap', path: 'data', key: /^KUBERNETES_VERSION$/, subject: 'kubernetes' },
  { kind: 'TalosUpgrade', path: 'spec/talos', key: /^version$/, subject: 'talos' },
  { kind: 'KubernetesUpgrade', path: 'spec/kubernetes', key: /^version$/, subject: 'kubernetes' },
  { kind: 'Plan', path: 'spec', key: /^version$/, subject: planSubject },
];

/** Texts by which files with versions are found. */
const TRACES = [
  'talosVersion',
  'TALOS_VERSION',
  'KUBERNETES_VERSION',
  'TALOS_INSTALLER_IMAGE_',
  'tuppr.home-operations.com',
  'upgrade.cattle.io',
] as const;

/** Files that hold versions by their name: an encrypted one is not found by its text. */
const NAMED = /(?:^|\/)(?:talconfig|talenv|[\w.-]*upgrade-?settings)(?:\.[\w-]+)*\.ya?ml$/i;

const MANIFEST = /\.ya?ml$/i;

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
    TRACES.map((text) => repo.search(commit, { text, ignoreCase: false, paths: [], limit: 500 }, signal)),
  );
  const paths = new Set(traced.flat().map(({ path }) => path));
  const candidates = files.filter(
    (file) => isReadable(file) && (paths.has(file.path) || NAMED.test(file.path)),
  );
  const own = ofThisCluster(candidates, live);
  const texts = await Promise.all(own.map(({ path }) => textAt(repo, commit, path, signal)));
  const documents = own.flatMap(({ path }, index) =>
    documentLines(texts[index] ?? '').map((document) => ({ path, document })),
  );
  const variables = variablesOf(documents.map(({ document }) => document));
  return documents
    .flatMap(({ path, document }) => pinsOf(path, document, variables))
    .toSorted((a, b) => byText(a.subject, b.subject) || byText(a.where, b.where));
}

/** A file that may not be shown is passed over: it is counted where it was kept back. */
async function textAt(
  repo: RepositoryReader,
  commit: string,
  path: string,
  signal: AbortSignal,
): Promise<string> {
  try {
    return new TextDecoder().decode((await repo.read(commit, path, signal)).content);
  } catch {
    signal.throwIfAborted();
    return '';
  }
}

function isReadable({ path, size, mode }: TreeFile): boolean {
  return MANIFEST.test(path) && size <= LARGEST && mode.startsWith('100');
}

/** Without the files of other clusters: those under `clusters/` in a directory that this one does not apply. */
function ofThisCluster(files: readonly TreeFile[], live: readonly string[]): readonly TreeFile[] {
  const homes = new Set(live.map((path) => homeOf(path.replace(/^\.?\//, ''))));
  const isOwn = ({ path }: TreeFile): boolean => homes.has(homeOf(path));
  const known = files.some((file) => isOfACluster(file) && isOwn(file));
  return known ? files.filter((file) => !isOfACluster(file) || isOwn(file)) : files;
}

function isOfACluster({ path }: TreeFile): boolean {
  return path.startsWith('clusters/');
}

function homeOf(path: string): string {
  return path.split('/').slice(0, 2).join('/');
}

function kindOf({ keys }: DocumentLines): string {
  return keys.find(({ key, path }) => key === 'kind' && path.length === 0)?.value ?? '';
}

function planSubject(document: DocumentLines): UpgradeSubject | undefined {
  const name =
    document.keys.find(({ key, path }) => key === 'name' && path.join() === 'metadata')?.value ?? '';
  if (/upgrade-k8s|k3s-upgrade|rke2-upgrade/.test(document.text) || /kube|k8s/i.test(name))
    return 'kubernetes';
  return /talos/i.test(document.text) ? 'talos' : undefined;
}

/** Plain values of ConfigMaps and of files without a kind, for `${NAME}`. */
function variablesOf(documents: readonly DocumentLines[]): Map<string, string> {
  const entries = documents.flatMap((document) => {
    const home = kindOf(document) === 'ConfigMap' ? 'data' : '';
    return kindOf(document) === '' || home === 'data'
      ? document.keys
          .filter(({ path }) => path.join('/') === home)
          .map(({ key, value }) => [key, value] as const)
      : [];
  });
  return new Map(entries.filter(([, value]) => !value.includes('${')));
}

const VARIABLE = /^\$\{(\w+)(?::=.*)?\}$/;

/** A value that only names another pin adds nothing to it. */
function pinsOf(path: string, document: DocumentLines, variables: ReadonlyMap<string, string>): GitPin[] {
  const kind = kindOf(document);
  return SITES.filter((site) => site.kind === kind).flatMap(({ path: home, key, subject }) =>
    document.keys
      .filter((entry) => key.test(entry.key) && entry.path.join('/') === home)
      .flatMap((entry) => {
        const of = typeof subject === 'function' ? subject(document) : subject;
        const [, variable] = VARIABLE.exec(entry.value) ?? [];
        if (of === undefined || (variable !== undefined && variables.has(variable))) return [];
        const where = `${path}:${entry.line} ${entry.key}`;
        return [{ subject: of, where, ...valueOf(entry.value, variable) }];
      }),
  );
}

function valueOf(value: string, variable: string | undefined): Pick<GitPin, 'version' | 'why'> {
  if (variable !== undefined) return { why: `\${${variable}} is not plain in the repository` };
  if (/^ENC\[|^\[not shown\]$/.test(value)) return { why: 'encrypted: not readable' };
  if (!value.includes('/')) return parseVersion(value) ? { version: value } : { why: 'no version' };
  const tag = tagOf(value);
  return tag === undefined ? { why: 'an image without tag' } : { version: tag };
}
