import { isKeyMaterial, isKeyPath } from '#domain/repository/key-material.ts';
import type { Blob, Match, RepositoryReader } from '#domain/repository/port.ts';
import { maskedText } from '#domain/repository/sops.ts';

import { ToolError } from '../errors.ts';
import { noteHidden } from './touched.ts';
import type { Touched } from './touched.ts';

/** Which files a caller may see, and the denial for one that was asked for by name. */
export interface FileVisibility {
  allows: (path: string) => boolean;
  /** Throws `denied`, naming the rule. */
  demand: (path: string) => void;
}

/**
 * The repository as the policy lets one caller see it, and as it may be shown to anybody: key material is not there, and
 * values of encrypted files and of Secret manifests are masked. What is kept back is counted in `touched`.
 */
export function scopedRepository(
  repository: RepositoryReader,
  scope: FileVisibility,
  touched: Touched,
): RepositoryReader {
  const visible = (path: string): boolean => {
    if (scope.allows(path) && !isKeyPath(path)) return true;
    noteHidden(touched, 'File');
    return false;
  };
  const read = async (commit: string, path: string, signal: AbortSignal): Promise<Blob> => {
    scope.demand(path);
    const blob = await repository.read(commit, path, signal);
    if (isKeyMaterial(path, blob.content)) throw keptBack(path);
    return { ...blob, content: masked(path, blob.content) };
  };
  return {
    identity: repository.identity,
    head: (signal) => repository.head(signal),
    resolve: (revision, signal) => repository.resolve(revision, signal),
    list: async (commit, directory, signal) =>
      (await repository.list(commit, directory, signal)).filter(({ path }) => visible(path)),
    read,
    search: async (commit, query, signal) => {
      const matches = await repository.search(commit, query, signal);
      return shownMatches(
        matches.filter(({ path }) => visible(path)),
        (path) => read(commit, path, signal),
      );
    },
    history: (commit, path, limit, signal) => {
      if (path !== '') scope.demand(path);
      return repository.history(commit, path, limit, signal);
    },
    lastChanges: (commit, paths, signal) => repository.lastChanges(commit, paths.filter(visible), signal),
  };
}

/** Text that a file holds but may not show must not be found either. */
async function shownMatches(
  matches: readonly Match[],
  read: (path: string) => Promise<Blob>,
): Promise<Match[]> {
  const byPath = Map.groupBy(matches, (match) => match.path);
  // All at once: the adapter then reads them together, instead of two processes a file.
  const shown = await Promise.all(
    [...byPath].map(async ([path, found]) => {
      const lines = await read(path).then(linesOf, () => []);
      return found.filter(({ line, text }) => lines[line - 1] === text);
    }),
  );
  return shown.flat();
}

function linesOf({ content }: Blob): string[] {
  return decode(content).split(/\r?\n/);
}

function masked(path: string, content: Uint8Array): Uint8Array {
  const text = decode(content);
  const shown = maskedText(path, text);
  return shown === text ? content : new TextEncoder().encode(shown);
}

function decode(content: Uint8Array): string {
  return new TextDecoder().decode(content);
}

function keptBack(path: string): ToolError {
  return new ToolError(
    'denied',
    `${path} holds key material and is never shown`,
    'No policy can open it. If it should not be in Git, rotate the key first, then clean the history.',
  );
}
