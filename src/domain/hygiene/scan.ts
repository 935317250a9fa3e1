import type { Blob, Commit, RepositoryReader, TreeFile } from '../repository/port.ts';
import { byText } from '../text.ts';
import { isSops } from '../repository/sops.ts';
import { type CreationRule, type SopsConfig, readSopsConfig, ruleFor } from './creation-rules.ts';
import type { HygieneFile, HygieneFinding } from './finding.ts';
import { judgeFile, judgeOld } from './rules.ts';

/** What to look through: the files of a commit, and on request what older commits had and it has no more. */
export interface HygieneQuestion {
  commit: string;
  history: boolean;
}

/** A finding; one of the history names the newest commit that still had it. */
export interface Found extends HygieneFinding {
  commit?: Pick<Commit, 'sha' | 'when'>;
}

/** What was found, worst first, and how much was looked at. */
export interface HygieneReport {
  findings: readonly Found[];
  files: number;
  /** Commits of the history that were looked through; its bound may have cut it. */
  commits: number;
  isCut: boolean;
}

/** Looks through a repository for secrets. Rejects as reading it does. */
export interface HygieneScanner {
  scan(question: HygieneQuestion, signal: AbortSignal): Promise<HygieneReport>;
}

/** Bytes above which a file is no place where a secret is written; commits and files of the history that are looked through, and milliseconds of that. */
const MOST = { bytes: 1024 * 1024, commits: 300, old: 3_000, history: 12_000 };

const CONFIG = /(?:^|\/)\.sops\.ya?ml$/;
const ORDER = { failed: 0, degraded: 1, info: 2 } as const;

/** Which files may be looked at, and milliseconds that pass. */
export interface Sight {
  sees: (path: string) => boolean;
  clock: () => number;
}

/** Scans the files that `sees` lets through; values never leave it. */
export async function scanSecrets(
  repository: RepositoryReader,
  { sees, clock }: Sight,
  { commit, history }: HygieneQuestion,
  signal: AbortSignal,
): Promise<HygieneReport> {
  const files = (await repository.list(commit, '', signal)).filter((file) => isText(file) && sees(file.path));
  const blobs = await readAll(repository, commit, files, signal);
  const configs = blobs.filter(({ path }) => CONFIG.test(path)).map(configOf);
  const texts = blobs.map((blob) => ({ ...blob, text: textOf(blob), configs }));
  const narrow = narrowRules(texts);
  const current = texts.flatMap((file) => judgeFile({ ...file, narrow }));
  const old = history
    ? await scanHistory(repository, { sees, clock }, { commit, known: files }, signal)
    : NONE;
  const findings = folded(current, old.findings).toSorted(
    (a, b) => ORDER[a.state] - ORDER[b.state] || byText(a.what, b.what) || byText(a.path, b.path),
  );
  return { findings, files: files.length, commits: old.commits, isCut: old.isCut };
}

/** What older versions of a file have is told with the newest version that has it. */
function folded(current: readonly Found[], old: readonly Found[]): Found[] {
  const places = Map.groupBy([...current, ...old], ({ what, path, key }) => `${what}\0${path}\0${key}`);
  return [...places.values()].flatMap((found) => {
    const now = found.filter(({ commit }) => commit === undefined);
    const [newest, ...others] = now.length > 0 ? now : found.slice(0, 1);
    const versions = new Set(found.flatMap(({ commit }) => commit?.sha ?? []));
    if (newest?.commit) versions.delete(newest.commit.sha);
    if (newest === undefined || versions.size === 0) return found;
    const more = `; ${versions.size} older ${versions.size === 1 ? 'version has' : 'versions have'} it too`;
    return [{ ...newest, why: `${newest.why}${more}` }, ...others];
  });
}

const NONE = { findings: [] as Found[], commits: 0, isCut: false };

/** Rules of which at least half of the files are encrypted. */
function narrowRules(files: readonly HygieneFile[]): ReadonlySet<CreationRule> {
  const byRule = Map.groupBy(files, ({ path, configs }) => ruleFor(path, configs)?.rule);
  return new Set(
    [...byRule].flatMap(([rule, named]) => {
      const encrypted = named.filter(({ text }) => isSops(text)).length;
      return rule !== undefined && encrypted > 0 && encrypted * 2 >= named.length ? [rule] : [];
    }),
  );
}

/** Files that a commit of the past had in a form that the present does not: each form is looked at once. */
async function scanHistory(
  repository: RepositoryReader,
  { sees, clock }: Sight,
  { commit, known }: { commit: string; known: readonly TreeFile[] },
  signal: AbortSignal,
): Promise<typeof NONE> {
  const commits = await repository.history(commit, '', MOST.commits, signal);
  const seen = new Set(known.map(({ id, path }) => `${id} ${path}`));
  const findings: Found[] = [];
  const until = clock() + MOST.history;
  let looked = 0;
  for (const past of commits) {
    const listed = await repository.list(past.sha, '', signal);
    const fresh = listed.filter(
      (file) => isText(file) && isSuspect(file.path) && !seen.has(`${file.id} ${file.path}`),
    );
    for (const { id, path } of fresh) seen.add(`${id} ${path}`);
    const blobs = await readAll(
      repository,
      past.sha,
      fresh.filter(({ path }) => sees(path)),
      signal,
    );
    looked += blobs.length;
    const { sha, when } = past;
    findings.push(
      ...blobs
        .flatMap(({ path, content }) => judgeOld(path, content))
        .map((found) => ({ ...found, commit: { sha, when } })),
    );
    if (looked > MOST.old || clock() > until)
      return { findings, commits: commits.indexOf(past) + 1, isCut: true };
  }
  return { findings, commits: commits.length, isCut: commits.length === MOST.commits };
}

/** What a secret is written in, of the many files that a history has. */
function isSuspect(path: string): boolean {
  return /\.(?:ya?ml|json|env|key|pem|agekey|txt|conf|toml)$|(?:^|\/)[^./]*$|(?:^|\/)\.[^/]*$/i.test(path);
}

function isText({ mode, size }: TreeFile): boolean {
  return mode.startsWith('100') && size <= MOST.bytes;
}

async function readAll(
  repository: RepositoryReader,
  commit: string,
  files: readonly TreeFile[],
  signal: AbortSignal,
): Promise<Blob[]> {
  return Promise.all(files.map(({ path }) => repository.read(commit, path, signal)));
}

function configOf(blob: Blob): SopsConfig {
  return readSopsConfig(blob.path, textOf(blob));
}

function textOf({ content }: Pick<Blob, 'content'>): string {
  return new TextDecoder().decode(content);
}
