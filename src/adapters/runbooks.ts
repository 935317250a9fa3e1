import type { RepositoryReader } from '#domain/repository/port.ts';
import { type RunbookIndex, createRunbookIndex } from '#domain/runbooks/runbook-index.ts';
import { once } from '#domain/once.ts';
import { type Runbook, parseRunbook } from '#domain/runbooks/runbook.ts';
import type { RunbookSource } from '#domain/runbooks/source.ts';

import { readFile, readdir } from 'node:fs/promises';
import { join } from 'node:path';

import { toToolError } from '../errors.ts';

/** Where runbooks lie: the built-in ones in a directory, the operator's under paths of a repository. */
export interface RunbookOptions {
  builtIn: string;
  /** Absent when no repository is configured. */
  openRepository?: () => Promise<Pick<RepositoryReader, 'head' | 'list' | 'read'>>;
  paths: readonly string[];
}

interface Made {
  commit: string | undefined;
  index: RunbookIndex;
}

/**
 * One index of all runbooks, made again when the base branch has moved. The operator's come from the base branch only; the
 * built-in ones can be read ahead.
 */
export function createRunbookSource(
  options: RunbookOptions,
): RunbookSource & { preload: () => Promise<unknown> } {
  const builtIn = once(() => builtInRunbooks(options.builtIn));
  const alone = once(async () => createRunbookIndex(await builtIn()));
  let made: Made | undefined;
  const make = async (
    commit: string | undefined,
    own: readonly Runbook[],
    warnings: string[] = [],
  ): Promise<Made> => ({
    commit,
    index:
      own.length + warnings.length === 0
        ? await alone()
        : createRunbookIndex([...own, ...(await builtIn())], warnings),
  });
  return {
    preload: alone,
    async index(signal) {
      try {
        const repository = await options.openRepository?.();
        const commit = (await repository?.head(signal))?.commit.sha;
        if (made !== undefined && made.commit === commit) return made.index;
        const own = repository && commit ? await markdownAt(repository, commit, options.paths, signal) : [];
        made = await make(commit, own);
        return made.index;
      } catch (error) {
        const why = `the runbooks of the repository could not be read: ${toToolError(error).message}`;
        return made === undefined
          ? (await make(undefined, [], [why])).index
          : { ...made.index, warnings: [why] };
      }
    },
  };
}

/** More than this is no library of runbooks. */
const MOST = 500;

async function markdownAt(
  repository: Pick<RepositoryReader, 'list' | 'read'>,
  commit: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<Runbook[]> {
  const all = await repository.list(commit, '', signal);
  const wanted = all
    .filter(({ path }) => path.endsWith('.md') && paths.some((root) => path.startsWith(`${root}/`)))
    .slice(0, MOST);
  return Promise.all(
    wanted.map(async ({ path }) => {
      const { content } = await repository.read(commit, path, signal);
      const text = new TextDecoder().decode(content);
      return parseRunbook({ path, text, origin: 'operator', commit });
    }),
  );
}

async function builtInRunbooks(directory: string): Promise<Runbook[]> {
  const names = (await readdir(directory)).filter((name) => name.endsWith('.md')).toSorted();
  return Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(directory, name), 'utf8');
      return parseRunbook({ path: `runbooks/${name}`, text, origin: 'built-in' });
    }),
  );
}
