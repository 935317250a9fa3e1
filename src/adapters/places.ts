import { createLocator } from '#domain/locate/locator.ts';
import { mapRepository } from '#domain/locate/repository-map.ts';
import type { IndexedCommit, PlaceSource } from '#domain/locate/source.ts';
import { isKeyPath } from '#domain/repository/key-material.ts';
import type { Commit, RepositoryContents, RepositoryReader, TreeFile } from '#domain/repository/port.ts';

import { setImmediate } from 'node:timers/promises';

import { toToolError } from '../errors.ts';

/** Where the repository comes from, and how long an answer waits for its index, milliseconds. */
export interface PlaceOptions {
  openRepository: () => Promise<RepositoryReader & RepositoryContents>;
  patience?: number;
}

const PATIENCE = 1_500;

/** How long the work itself may take, milliseconds: it goes on when nobody waits any more. */
const LIMIT = 60_000;

/** Indexes the tip of the base branch, once for each tip; while a new one is in the making, the last one stands. */
export function createPlaceSource({ openRepository, patience = PATIENCE }: PlaceOptions): PlaceSource {
  let made: IndexedCommit | undefined;
  let making: Promise<IndexedCommit | { why: string }> | undefined;
  const make = async (): Promise<IndexedCommit | { why: string }> => {
    try {
      const repository = await openRepository();
      const signal = AbortSignal.timeout(LIMIT);
      const { sha } = (await repository.head(signal)).commit;
      if (made?.commit !== sha) made = await indexOf(repository, sha, signal);
      return made;
    } catch (error) {
      return made ?? { why: `the repository could not be read: ${toToolError(error).message}` };
    } finally {
      making = undefined;
    }
  };
  return {
    at: async (signal) => {
      making ??= make();
      return Promise.race([making, later(patience, signal).then(() => made ?? STILL_READING)]);
    },
  };
}

const STILL_READING = { why: 'the repository is still being read: ask again in a moment' };

async function later(milliseconds: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, milliseconds).unref();
    signal.addEventListener('abort', () => resolve(clearTimeout(timer)), { once: true });
  });
}

async function indexOf(
  repository: RepositoryReader & RepositoryContents,
  commit: string,
  signal: AbortSignal,
): Promise<IndexedCommit> {
  const files = (await repository.list(commit, '', signal)).filter(mayDeclare);
  const paths = files.map(({ path }) => path);
  const [texts, changes] = await Promise.all([
    textsOf(repository, files, signal),
    repository.lastChanges(commit, paths, signal).catch((): Map<string, Commit> => new Map()),
  ]);
  const map = await mapRepository(texts, pause);
  const locator = await createLocator(map, pause);
  const { identity } = repository;
  return {
    identity,
    commit,
    locator,
    lastChange: (file) => changes.get(file),
    history: (...question) => repository.history(...question),
  };
}

/** Bytes above which a file is no manifest anybody wrote. */
const LARGEST = 768 * 1024;

function mayDeclare({ path, mode, size }: TreeFile): boolean {
  const isYaml = /\.ya?ml$|(?:^|\/)Kustomization$/.test(path);
  return isYaml && mode.startsWith('100') && size <= LARGEST && !isKeyPath(path);
}

async function textsOf(
  repository: RepositoryContents,
  files: readonly TreeFile[],
  signal: AbortSignal,
): Promise<Map<string, string>> {
  const contents = await repository.contents(files, signal);
  const decoder = new TextDecoder();
  return new Map(files.map(({ path }, at) => [path, decoder.decode(contents[at])]));
}

function pause(): Promise<void> {
  return setImmediate();
}
