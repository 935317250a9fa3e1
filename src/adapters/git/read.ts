import type { Blob, TreeFile } from '#domain/repository/port.ts';

import { ToolError } from '../../errors.ts';
import { noCommit } from './commits.ts';
import type { Git } from './git.ts';
import { readablePath } from './names.ts';
import { MOST_BYTES, readObjects } from './objects.ts';
import { entriesAt } from './tree.ts';

/** Reads one file at a commit; reads that are asked for together are read together. */
export type ReadFile = (commit: string, path: string) => Promise<Blob>;

/** What two commands read at once: bounded by the command line, and by memory. */
const BATCH = { files: 100, bytes: 16_000_000 };

type Outcomes = Map<string, Blob | ToolError>;

/** Gathers what is asked for in one turn of the event loop: a hundred files then cost two processes, not two hundred. */
export function createFileReader(git: Git): ReadFile {
  const batches = new Map<string, { paths: Set<string>; outcomes: Promise<Outcomes> }>();
  const open = (commit: string): { paths: Set<string>; outcomes: Promise<Outcomes> } => {
    const paths = new Set<string>();
    const outcomes = new Promise((resolve) => {
      setImmediate(resolve);
    }).then(() => {
      if (batches.get(commit)?.paths === paths) batches.delete(commit);
      return readTogether(git, commit, [...paths]);
    });
    return { paths, outcomes };
  };
  return async (commit, path) => {
    readablePath(path);
    const current = batches.get(commit);
    const batch = current && current.paths.size < BATCH.files ? current : open(commit);
    batches.set(commit, batch);
    batch.paths.add(path);
    const outcome = (await batch.outcomes).get(path) ?? noFile(path);
    if (outcome instanceof ToolError) throw outcome;
    return outcome;
  };
}

async function readTogether(git: Git, commit: string, paths: readonly string[]): Promise<Outcomes> {
  const signal = AbortSignal.timeout(30_000);
  const outcomes: Outcomes = new Map();
  const wanted: TreeFile[] = [];
  for (const entry of await entriesAt(git, commit, paths, signal)) {
    const problem = problemOf(entry);
    if (problem) outcomes.set(entry.path, problem);
    else wanted.push(entry);
  }
  for (const part of partsOf(wanted)) {
    const ids = part.map(({ id }) => id);
    const objects = await readObjects(git, ids, signal);
    for (const [index, file] of part.entries()) {
      const content = objects[index]?.content;
      outcomes.set(file.path, content ? { ...file, content } : noCommit(commit));
    }
  }
  return outcomes;
}

/** Contents by blob id; what is no blob any more is a fault of the mirror. */
export async function readContents(
  git: Git,
  files: readonly TreeFile[],
  signal: AbortSignal,
): Promise<Uint8Array[]> {
  const contents: Uint8Array[] = [];
  for (const part of partsOf(files)) {
    const ids = part.map(({ id }) => id);
    const objects = await readObjects(git, ids, signal);
    for (const [index, object] of objects.entries()) {
      if (object === undefined) throw noFile(part[index]?.path ?? '');
      contents.push(object.content);
    }
  }
  return contents;
}

/** Cuts a list where its files together would be too much to hold at once. */
function partsOf(entries: readonly TreeFile[]): TreeFile[][] {
  const parts: TreeFile[][] = [];
  let bytes = BATCH.bytes;
  for (const entry of entries) {
    bytes += entry.size;
    if (bytes > BATCH.bytes) {
      parts.push([]);
      bytes = entry.size;
    }
    parts.at(-1)?.push(entry);
  }
  return parts;
}

function problemOf({ path, mode, size }: TreeFile): ToolError | undefined {
  if (mode === '040000') {
    return new ToolError('not_found', `${path} is a directory`, 'List it, or name a file in it.');
  }
  if (mode === '160000') {
    return new ToolError(
      'invalid_input',
      `${path} is a submodule`,
      'Its files are in another repository, which daytwo does not read.',
    );
  }
  if (size <= MOST_BYTES) return undefined;
  return new ToolError(
    'invalid_input',
    `${path} is larger than ${MOST_BYTES / 1_000_000} MB`,
    'Files of that size are not read; search in it instead.',
  );
}

function noFile(path: string): ToolError {
  return new ToolError(
    'not_found',
    `there is no file ${path} at that commit`,
    'Search for it, or look at the history of its directory.',
  );
}
