import { ToolError } from '../../errors.ts';

/** A full or abbreviated commit id. */
const ID = /^[0-9a-f]{4,40}$/;

/** Names of branches and tags as git-check-ref-format(1) has them, less what Git's revisions give a meaning to. */
const NAME = /^(?!.*(?:\.\.|\/\/|\.lock(?:\/|$)|\/\.|\.\/|\/$|\.$))[\p{L}\p{N}_][\p{L}\p{N}_.@+/-]{0,200}$/u;

/** The revisions a text can name, the likeliest first; `invalid_input` for what names none. */
export function candidatesFor(revision: string): string[] {
  if (!NAME.test(revision) || revision.includes('@{')) throw noRevision(revision);
  const named = [`refs/heads/${revision}`, `refs/tags/${revision}`];
  if (!ID.test(revision)) return named;
  return revision.length === 40 ? [revision] : [...named, revision];
}

/** The commit id, full or abbreviated, or `invalid_input`. */
export function commitId(text: string): string {
  if (ID.test(text)) return text;
  throw new ToolError(
    'invalid_input',
    'that is no commit id',
    'Pass the id of a commit as an answer gave it.',
  );
}

/** A path that Git can be asked for, or `invalid_input`; it need not exist, and the empty one is the root. */
export function readablePath(path: string): string {
  const isOdd = path.split('/').some((segment) => segment === '' || segment === '.' || segment === '..');
  if (path !== '' && (isOdd || path.startsWith('-') || path.includes('\0') || path.length > 4_096)) {
    throw new ToolError(
      'invalid_input',
      'that is no path in the repository',
      'Pass a path from the root of the repository, without a leading slash, such as docs/README.md.',
    );
  }
  return path;
}

/** Branches that the server makes: nothing Git, a shell or a file system could take for something else. */
const PROPOSAL = /^daytwo\/[a-z0-9][a-z0-9._-]{0,79}$/;

/** The name of a proposal's branch, or `invalid_input`. */
export function proposalBranch(branch: string): string {
  if (PROPOSAL.test(branch) && !branch.includes('..') && !/\.lock$|\.$/.test(branch)) return branch;
  throw new ToolError(
    'invalid_input',
    'that is no name for the branch of a proposal',
    'Use daytwo/ and up to 80 of a-z, 0-9, dot, dash and underscore.',
  );
}

function noRevision(revision: string): ToolError {
  return new ToolError(
    'invalid_input',
    `${JSON.stringify(revision.slice(0, 80))} names no revision`,
    'Name a branch, a tag or a commit id; ranges, ^ and ~ are not taken.',
  );
}
