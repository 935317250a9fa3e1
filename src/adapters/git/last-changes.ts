import type { Commit } from '#domain/repository/port.ts';

import { setImmediate } from 'node:timers/promises';

import { noCommit } from './commits.ts';
import type { Git } from './git.ts';
import { commitId } from './names.ts';

/** Commits and bytes that are looked at; a file older than that has no entry. */
const MOST_COMMITS = 50_000;
const MOST_BYTES = 32_000_000;

/** The newest first-parent commit that touched each of the files, by path; from one pass over the history. */
export async function lastChangesOf(
  git: Git,
  commit: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, Commit>> {
  const id = commitId(commit);
  const options = ['-z', '--first-parent', '--diff-merges=first-parent', '--no-renames', '--name-only'];
  const args = [
    'log',
    ...options,
    '--no-show-signature',
    `--format=${FORMAT}`,
    `--max-count=${MOST_COMMITS}`,
  ];
  let bytes = 0;
  const { code, stdout } = await git([...args, '--end-of-options', `${id}^{commit}`, '--'], {
    signal,
    accept: [128],
    enough: (chunk) => (bytes += chunk.length) > MOST_BYTES,
  });
  if (code !== 0) throw noCommit(id);
  return newestIn(stdout, new Set(paths), bytes > MOST_BYTES);
}

/** A mark that begins each commit: what follows it up to the next are its fields and then its files. */
const FORMAT = '%x01%H%x00%an%x00%aI%x00%s';
const MARK = 0x01;

/** Milliseconds after which others get their turn: a long history is tens of thousands of records. */
const TURN = 10;

async function newestIn(output: Buffer, wanted: Set<string>, isCut: boolean): Promise<Map<string, Commit>> {
  const newest = new Map<string, Commit>();
  let turn = performance.now();
  for (const record of recordsIn(output, isCut)) {
    if (wanted.size === 0) break;
    noteFiles(record, wanted, newest);
    if (performance.now() - turn < TURN) continue;
    await setImmediate();
    turn = performance.now();
  }
  return newest;
}

/** One commit each; the last is left out where it may be incomplete. */
function* recordsIn(output: Buffer, isCut: boolean): Generator<string> {
  for (let at = output.indexOf(MARK); at >= 0;) {
    const next = output.indexOf(MARK, at + 1);
    if (next >= 0 || !isCut) yield output.toString('utf8', at + 1, next < 0 ? output.length : next);
    at = next;
  }
}

function noteFiles(record: string, wanted: Set<string>, newest: Map<string, Commit>): void {
  const [sha = '', author = '', when = '', subject = '', ...files] = record.split('\0');
  for (const file of files) {
    const path = file.replace(/^\n/, '');
    if (wanted.delete(path)) newest.set(path, { sha, author, when, subject });
  }
}
