import type { Git } from './git.ts';

/** One file in which two trees differ, as `diff-tree --raw` has it. */
export interface Difference {
  path: string;
  /** A added, M modified, D deleted, T changed in kind. */
  status: string;
  oldMode: string;
  newMode: string;
  oldId: string;
  newId: string;
}

/** All in which two trees differ, and the same for people. */
export interface TreeDifference {
  files: Difference[];
  /** Unified. */
  diff: string;
  /** Lines added and removed. */
  changedLines: number;
}

const MOST_BYTES = 32_000_000;

/** Nothing that configuration or attributes could put between the objects and what is shown of them. */
const PLAIN = ['-r', '--no-renames', '--no-ext-diff', '--no-textconv', '--text', '--no-color'];

/** Compares two trees, or commits. */
export async function compareTrees(
  git: Git,
  [from, to]: readonly [string, string],
  signal: AbortSignal,
): Promise<TreeDifference> {
  const call = { signal, maxBytes: MOST_BYTES };
  const [raw, patch] = await Promise.all([
    git(['diff-tree', ...PLAIN, '-z', '--raw', '--numstat', '--no-abbrev', from, to], call),
    git(
      ['diff-tree', ...PLAIN, '--patch', '--unified=3', '--src-prefix=a/', '--dst-prefix=b/', from, to],
      call,
    ),
  ]);
  return { ...parsed(raw.stdout.toString('utf8').split('\0')), diff: patch.stdout.toString('utf8') };
}

/** The paths in which two trees differ, without looking into the files. */
export async function differingPaths(
  git: Git,
  [from, to]: readonly [string, string],
  signal: AbortSignal,
): Promise<string[]> {
  const { stdout } = await git(['diff-tree', '-r', '--no-renames', '-z', '--name-only', from, to], {
    signal,
  });
  return pathsIn(stdout);
}

/** The paths that one commit changed against its first parent, if it has one; none for a merge. */
export async function pathsOf(git: Git, commit: string, signal: AbortSignal): Promise<string[]> {
  const options = ['-r', '--no-renames', '-z', '--name-only', '--no-commit-id', '--root'];
  return pathsIn((await git(['diff-tree', ...options, commit], { signal })).stdout);
}

function pathsIn(output: Buffer): string[] {
  return output
    .toString('utf8')
    .split('\0')
    .filter((path) => path !== '');
}

/** Raw records are `:modes ids status` and a path; the counts after them are `added<tab>removed<tab>path`. */
function parsed(fields: readonly string[]): Pick<TreeDifference, 'files' | 'changedLines'> {
  const files: Difference[] = [];
  let changedLines = 0;
  for (let at = 0; at < fields.length; at += 1) {
    const field = fields[at] ?? '';
    if (field.startsWith(':')) {
      at += 1;
      files.push(differenceOf(field, fields[at] ?? ''));
    } else {
      const [added = '', removed = ''] = field.split('\t');
      changedLines += (Number(added) || 0) + (Number(removed) || 0);
    }
  }
  return { files, changedLines };
}

function differenceOf(header: string, path: string): Difference {
  const [oldMode = '', newMode = '', oldId = '', newId = '', status = ''] = header.slice(1).split(' ');
  return { path, status, oldMode, newMode, oldId, newId };
}
