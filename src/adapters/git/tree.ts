import type { TreeFile } from '#domain/repository/port.ts';

import { noCommit } from './commits.ts';
import type { Git } from './git.ts';
import { commitId } from './names.ts';

const MOST_BYTES = 64_000_000;

/** All files under a directory, the empty string for all, in the order of their paths. */
export function filesUnder(
  git: Git,
  commit: string,
  directory: string,
  signal: AbortSignal,
): Promise<TreeFile[]> {
  const where = directory === '' ? [] : [`${directory}/`];
  return listTree(git, commit, { options: ['-r'], where }, signal);
}

/** The entries at exactly these paths, of those that exist; a directory is one of mode 040000. */
export function entriesAt(
  git: Git,
  commit: string,
  paths: readonly string[],
  signal: AbortSignal,
): Promise<TreeFile[]> {
  return listTree(git, commit, { options: [], where: paths }, signal);
}

async function listTree(
  git: Git,
  commit: string,
  { options, where }: { options: readonly string[]; where: readonly string[] },
  signal: AbortSignal,
): Promise<TreeFile[]> {
  const id = commitId(commit);
  const args = [
    'ls-tree',
    '-z',
    '-l',
    '--full-tree',
    ...options,
    '--end-of-options',
    `${id}^{commit}`,
    ...where,
  ];
  const { code, stdout } = await git(args, { signal, accept: [128], maxBytes: MOST_BYTES });
  if (code !== 0) throw noCommit(id);
  const records = stdout.toString('utf8').split('\0');
  return records.filter((record) => record !== '').map(entryOf);
}

/** `mode type id size<tab>path`; a submodule has no size. */
function entryOf(record: string): TreeFile {
  const tab = record.indexOf('\t');
  const [mode = '', , id = '', size = ''] = record.slice(0, tab).split(/ +/);
  return { path: record.slice(tab + 1), mode, id, size: Number(size) || 0 };
}
