import type { Change, FileChange, PreparedChange, TreeFile } from '#domain/repository/port.ts';

import { rmSync } from 'node:fs';

import { ToolError } from '../../errors.ts';
import { REGULAR, assertApplies } from './change-paths.ts';
import { noCommit } from './commits.ts';
import type { Git } from './git.ts';
import type { Mirror } from './mirror.ts';
import { MOST_BYTES, readObjects } from './objects.ts';
import { filesUnder } from './tree.ts';
import { type Difference, compareTrees } from './tree-difference.ts';

/**
 * Writes the objects of a change into the mirror and compares the trees: what is answered is what Git sees. No reference and
 * no other process's file is touched; what fails leaves unreachable objects at most.
 */
export async function prepareChange(
  mirror: Mirror,
  { base, files }: Change,
  signal: AbortSignal,
): Promise<PreparedChange> {
  const { git } = mirror;
  await mirror.refresh(signal);
  await assertOnBase(mirror, base, signal);
  const before = await filesUnder(git, base, '', signal);
  assertApplies(files, before);
  await assertPlain(git, files, before, signal);
  const written = await writeBlobs(git, files, signal);
  const tree = await writeTree(mirror, base, written, signal);
  const difference = await compareTrees(git, [base, tree], signal);
  assertExactly(written, difference.files);
  const paths = difference.files.map(({ path }) => path);
  return { base, files, tree, paths, diff: difference.diff, changedLines: difference.changedLines };
}

/** A proposal from anywhere else would carry commits that nobody has merged. */
async function assertOnBase(mirror: Mirror, commit: string, signal: AbortSignal): Promise<void> {
  if (!/^[0-9a-f]{40}$/.test(commit)) throw noCommit(commit.slice(0, 80));
  const args = ['merge-base', '--is-ancestor', commit, `refs/heads/${mirror.base()}`];
  const { code } = await mirror.git(args, { signal, accept: [1, 128] });
  if (code === 0) return;
  if (code === 128) throw noCommit(commit);
  throw new ToolError(
    'invalid_input',
    `commit ${commit.slice(0, 12)} is not on ${mirror.base()}`,
    'Read the files at the head of the base branch, and make the change from that.',
  );
}

/** What filters of Git stand before: the committed file is not the one people see. */
const FILTERED: readonly (readonly [RegExp, string])[] = [
  [/^version https:\/\/git-lfs\.github\.com\/spec\//, 'a pointer of Git LFS'],
  [/^\0GITCRYPT\0/, 'encrypted by git-crypt'],
];

async function assertPlain(
  git: Git,
  changes: readonly FileChange[],
  before: readonly TreeFile[],
  signal: AbortSignal,
): Promise<void> {
  const old = changes.flatMap(({ path }) => before.filter((file) => file.path === path));
  const large = old.find(({ size }) => size > MOST_BYTES) ?? changes.find(isLarge);
  if (large) throw refused(large.path, `larger than ${MOST_BYTES / 1_000_000} MB`);
  const objects = await readObjects(
    git,
    old.map(({ id }) => id),
    signal,
  );
  const contents = [
    ...old.map(({ path }, index) => ({ path, content: objects[index]?.content })),
    ...changes.map(({ path, content }) => ({ path, content: content ?? undefined })),
  ];
  for (const { path, content } of contents) {
    const start = Buffer.from(content?.subarray(0, 100) ?? []).toString('latin1');
    const what = FILTERED.find(([pattern]) => pattern.test(start))?.[1];
    if (what !== undefined) throw refused(path, what);
  }
}

function isLarge({ content }: FileChange): boolean {
  return (content?.length ?? 0) > MOST_BYTES;
}

/** A change with the blob of its new content; null for a file that goes. */
type WrittenFile = FileChange & { id: string | null };

function writeBlobs(git: Git, files: readonly FileChange[], signal: AbortSignal): Promise<WrittenFile[]> {
  const args = ['hash-object', '-w', '--no-filters', '--stdin'];
  return Promise.all(
    files.map(async (file) => {
      if (file.content === null) return { ...file, id: null };
      const { stdout } = await git(args, { input: file.content, signal });
      return { ...file, id: stdout.toString('utf8').trim() };
    }),
  );
}

/** Never `--index-info`: it passes over paths it does not like, and lets a file take the place of a directory. */
async function writeTree(
  { git, cache }: Mirror,
  base: string,
  files: readonly WrittenFile[],
  signal: AbortSignal,
): Promise<string> {
  const index = cache.scratch('index');
  const call = { signal, env: { GIT_INDEX_FILE: index } };
  const gone = files.filter(({ id }) => id === null).map(({ path }) => path);
  const kept = files.flatMap(({ id, path }) =>
    id === null ? [] : ['--cacheinfo', `${REGULAR},${id},${path}`],
  );
  try {
    await git(['read-tree', base], call);
    if (gone.length > 0) {
      // Asks for a work tree, and looks at nothing in it.
      const env = { ...call.env, GIT_WORK_TREE: cache.own };
      await git(['update-index', '--force-remove', '--', ...gone], { signal, env });
    }
    if (kept.length > 0) await git(['update-index', '--add', ...kept], call);
    return (await git(['write-tree'], call)).stdout.toString('utf8').trim();
  } finally {
    rmSync(index, { force: true });
    rmSync(`${index}.lock`, { force: true });
  }
}

/** The trees have to differ in exactly what was asked for: added, modified or deleted plain files. */
function assertExactly(written: readonly WrittenFile[], found: readonly Difference[]): void {
  const byPath = new Map(found.map((difference) => [difference.path, difference]));
  for (const file of written) {
    const difference = byPath.get(file.path);
    if (difference === undefined) throw refused(file.path, 'the same as before');
    if (!isAsAsked(file, difference)) throw refused(file.path, 'not changed as was asked for');
    byPath.delete(file.path);
  }
  const [other] = byPath.keys();
  if (other !== undefined) throw refused(other, 'changed though nobody asked for it');
}

function isAsAsked({ was, id }: WrittenFile, difference: Difference): boolean {
  const { status, oldMode, newMode, oldId, newId } = difference;
  const isOld = was === null ? status === 'A' : oldId === was && oldMode === REGULAR;
  const isNew = id === null ? status === 'D' : newId === id && newMode === REGULAR;
  return isOld && isNew && (status === 'M' || was === null || id === null);
}

function refused(path: string, what: string): ToolError {
  return new ToolError('invalid_input', `${path} is ${what}`, 'Leave the file out, or change it by hand.');
}
