import type { Commit } from '#domain/repository/port.ts';

import { ToolError } from '../../errors.ts';
import { type GitObject, readObjects } from './objects.ts';
import type { Git } from './git.ts';
import { candidatesFor, commitId } from './names.ts';

/** Finds the commit a revision names: a branch before a tag before an abbreviated id. */
export async function resolveRevision(git: Git, revision: string, signal: AbortSignal): Promise<Commit> {
  const candidates = candidatesFor(revision);
  const objects = await readObjects(
    git,
    candidates.map((name) => `${name}^{commit}`),
    signal,
  );
  const found = objects.find((object) => object !== undefined);
  if (found) return commitOf(found);
  throw new ToolError(
    'not_found',
    `there is no branch, tag or commit ${revision}`,
    'Leave the revision out for the base branch, or name one of the remote; an abbreviated id may be ambiguous.',
  );
}

/** The tip of a branch; undefined when there is no such branch. */
export async function branchTip(git: Git, branch: string, signal: AbortSignal): Promise<Commit | undefined> {
  const [object] = await readObjects(git, [`refs/heads/${branch}^{commit}`], signal);
  return object && commitOf(object);
}

/** The newest commits that touched a path, first-parent order. */
export async function historyOf(
  git: Git,
  { commit, path, limit }: { commit: string; path: string; limit: number },
  signal: AbortSignal,
): Promise<Commit[]> {
  const id = commitId(commit);
  const args = ['log', '-z', '--first-parent', '--no-show-signature', `--format=${FORMAT}`];
  const where = path === '' ? [] : [path];
  const { code, stdout } = await git(
    [...args, `--max-count=${limit}`, '--end-of-options', `${id}^{commit}`, '--', ...where],
    { signal, accept: [128], maxBytes: MOST_BYTES },
  );
  if (code !== 0) throw noCommit(id);
  const fields = stdout.toString('utf8').split('\0');
  return Array.from({ length: Math.floor(fields.length / 4) }, (_, index) => {
    const [sha = '', author = '', when = '', subject = ''] = fields.slice(index * 4);
    return { sha, author, when, subject };
  });
}

/** Full id of a commit that is there; `not_found` otherwise. */
export function noCommit(id: string): ToolError {
  return new ToolError(
    'not_found',
    `the repository has no commit ${id}`,
    'Take the commit id from a recent answer, or name a branch.',
  );
}

const FORMAT = '%H%x00%an%x00%aI%x00%s';
const MOST_BYTES = 5_000_000;

/** A commit object as gitformat-commit has it: headers, an empty line, the message. */
function commitOf({ id, content }: GitObject): Commit {
  const text = content.toString('utf8');
  const end = text.indexOf('\n\n');
  const author = /^author (?<name>.*?) ?<[^>\n]*> (?<seconds>-?\d+) (?<zone>[+-]\d{4})$/m.exec(
    end < 0 ? text : text.slice(0, end),
  )?.groups;
  return {
    sha: id,
    author: author?.['name'] ?? '',
    when: rfc3339(Number(author?.['seconds'] ?? 0), author?.['zone'] ?? '+0000'),
    subject: end < 0 ? '' : subjectOf(text.slice(end + 2)),
  };
}

/** The first paragraph as one line, as Git's `%s`. */
function subjectOf(message: string): string {
  const [first = ''] = message.replace(/^\n+/, '').split(/\n[ \t]*\n/);
  return first.trim().replaceAll(/\s*\n\s*/g, ' ');
}

/** As Git's `%aI`: in the author's own zone. */
function rfc3339(seconds: number, zone: string): string {
  const minutes = Number(`${zone.slice(0, 1)}1`) * (Number(zone.slice(1, 3)) * 60 + Number(zone.slice(3, 5)));
  const local = new Date((seconds + minutes * 60) * 1_000);
  if (Number.isNaN(local.getTime())) return '1970-01-01T00:00:00+00:00';
  return `${local.toISOString().slice(0, 19)}${minutes === 0 ? '+00:00' : `${zone.slice(0, 3)}:${zone.slice(3)}`}`;
}
