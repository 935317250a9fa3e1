import type { Head, RepositoryContents, RepositoryReader } from '#domain/repository/port.ts';

import { ToolError } from '../../errors.ts';
import { branchTip, historyOf, resolveRevision } from './commits.ts';
import { lastChangesOf } from './last-changes.ts';
import type { Mirror } from './mirror.ts';
import { readablePath } from './names.ts';
import { createFileReader, readContents } from './read.ts';
import { searchText } from './search.ts';
import { filesUnder } from './tree.ts';
import { unpushedCommits } from './unpushed.ts';

/** Reads a repository from its mirror. */
export function createReader(mirror: Mirror): RepositoryReader & RepositoryContents {
  const { git } = mirror;
  const readFile = createFileReader(git);
  return {
    ...commitReads(mirror),
    get identity() {
      return { url: mirror.source.fetch.shown, base: mirror.base() };
    },
    head: (signal) => headOf(mirror, signal),
    async resolve(revision, signal) {
      await mirror.refresh(signal);
      return resolveRevision(git, revision, signal);
    },
    async list(commit, directory, signal) {
      await mirror.ready(signal);
      const files = await filesUnder(git, commit, readablePath(directory), signal);
      if (files.length === 0 && directory !== '') throw noDirectory(directory);
      return files;
    },
    async read(commit, path, signal) {
      await mirror.ready(signal);
      return readFile(commit, path);
    },
    async contents(files, signal) {
      await mirror.ready(signal);
      return readContents(git, files, signal);
    },
    async search(commit, query, signal) {
      await mirror.ready(signal);
      return searchText(git, commit, query, signal);
    },
  };
}

/** What is read from the history rather than from one tree. */
function commitReads(mirror: Mirror): Pick<RepositoryReader, 'history' | 'lastChanges'> {
  const { git } = mirror;
  return {
    async history(commit, path, limit, signal) {
      await mirror.ready(signal);
      const commits = await historyOf(git, { commit, path: readablePath(path), limit }, signal);
      if (commits.length === 0) throw noDirectory(path);
      return commits;
    },
    async lastChanges(commit, paths, signal) {
      await mirror.ready(signal);
      return lastChangesOf(git, commit, paths, signal);
    },
  };
}

async function headOf(mirror: Mirror, signal: AbortSignal): Promise<Head> {
  const freshness = await mirror.refresh(signal);
  const base = mirror.base();
  const commit = await branchTip(mirror.git, base, signal);
  if (!commit) throw noBase(base);
  const unpushed = await unpushedCommits(mirror, signal);
  return { commit, ...freshness, ...(unpushed !== undefined && unpushed > 0 && { unpushed }) };
}

function noDirectory(path: string): ToolError {
  return new ToolError(
    'not_found',
    `there is nothing at ${path} in that commit`,
    'List the directory above it, or search for it.',
  );
}

function noBase(base: string): ToolError {
  return new ToolError(
    'not_found',
    `the repository has no branch ${base}`,
    'The operator has to configure the branch to read.',
  );
}
