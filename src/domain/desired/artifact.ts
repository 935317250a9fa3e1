import { createHash } from 'node:crypto';

import type { RepositoryContents, RepositoryReader, TreeFile } from '../repository/port.ts';
import type { Artifact } from './engine.ts';
import { IGNORE_FILE, includedBy, patternsOf } from './exclusions.ts';

/** A repository that whole trees can be read from. */
export type Repository = RepositoryReader & RepositoryContents;

/** Which files an artifact holds. */
export interface ArtifactQuestion {
  commit: string;
  /** `spec.ignore` of the source. */
  ignore?: string;
  /** The directory that became the artifact's root; the empty string for the whole repository. */
  root?: string;
  /** Files laid over the commit, by their path in the repository. */
  overlay?: ReadonlyMap<string, Uint8Array | null>;
}

/** Bytes above which a file is no manifest, and left out. */
const LARGEST = 4 * 1024 * 1024;

type Entry = TreeFile & { content?: Uint8Array };

/** The artifact that source-controller would make of a commit; paths are relative to `root`. Contents are read at first use. */
export async function artifactOf(
  repository: Repository,
  question: ArtifactQuestion,
  signal: AbortSignal,
): Promise<Artifact> {
  const { commit, overlay = new Map<string, Uint8Array | null>() } = question;
  const listed = await repository.list(commit, '', signal);
  const entries = laidOver(listed, overlay).filter(({ mode, size }) => isFile(mode) && size <= LARGEST);
  const included = await includedAmong(repository, entries, question, signal);
  let loaded: Promise<ReadonlyMap<string, Uint8Array>> | undefined;
  return {
    id: idOf(included),
    files: () => (loaded ??= load(repository, included)),
  };
}

/** source-controller archives neither symbolic links nor submodules (its Storage.Archive). */
function isFile(mode: string): boolean {
  return mode === '100644' || mode === '100755';
}

function laidOver(listed: readonly TreeFile[], overlay: ReadonlyMap<string, Uint8Array | null>): Entry[] {
  const kept = listed.filter(({ path }) => !overlay.has(path));
  const laid = [...overlay].flatMap(([path, content]): Entry[] => {
    if (content === null) return [];
    const id = createHash('sha256').update(content).digest('hex');
    return [{ path, mode: '100644', id, size: content.length, content }];
  });
  return [...kept, ...laid];
}

async function includedAmong(
  repository: Repository,
  entries: readonly Entry[],
  { ignore, root = '' }: ArtifactQuestion,
  signal: AbortSignal,
): Promise<Entry[]> {
  const prefix = root === '' ? '' : `${root}/`;
  const below = entries
    .filter(({ path }) => path.startsWith(prefix))
    .map((entry) => ({ ...entry, path: entry.path.slice(prefix.length) }));
  const ignoring = below
    .filter(({ path }) => path === IGNORE_FILE || path.endsWith(`/${IGNORE_FILE}`))
    .toSorted((a, b) => a.path.split('/').length - b.path.split('/').length);
  const texts = await contentsOf(repository, ignoring, signal);
  const patterns = ignoring.map(({ path }, at) => patternsOf(path, decode(texts[at])));
  const isIncluded = includedBy(patterns, ignore);
  return below.filter(({ path }) => isIncluded(path));
}

function idOf(entries: readonly Entry[]): string {
  const hash = createHash('sha256');
  for (const { path, mode, id } of entries) hash.update(`${mode} ${id} ${path}\0`);
  return hash.digest('hex').slice(0, 32);
}

async function load(
  repository: Repository,
  entries: readonly Entry[],
): Promise<ReadonlyMap<string, Uint8Array>> {
  const contents = await contentsOf(repository, entries, AbortSignal.timeout(60_000));
  return new Map(entries.map(({ path }, at) => [path, contents[at] ?? new Uint8Array()]));
}

async function contentsOf(
  repository: Repository,
  entries: readonly Entry[],
  signal: AbortSignal,
): Promise<Uint8Array[]> {
  const read = entries.filter(({ content }) => content === undefined);
  const contents = await repository.contents(read, signal);
  const byPath = new Map(read.map(({ path }, at) => [path, contents[at]]));
  return entries.map(({ path, content }) => content ?? byPath.get(path) ?? new Uint8Array());
}

function decode(content: Uint8Array | undefined): string {
  return new TextDecoder().decode(content);
}
