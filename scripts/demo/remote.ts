import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const FIXED = 'clusters/main/kubernetes/apps/wiki/app/helm-release.yaml';
const FIX = ['-      tag: 3.3.0', '+      tag: 3.2.0'];

/** What a branch of the remote is judged by; `before` are the remote's references before it was pushed. */
export interface Pushed {
  remote: string;
  branch: string;
  commit: string;
  before: readonly string[];
}

/** Throws unless the branch is one commit on main that sets the image back and nothing else, and all else is as before. */
export async function checkBranch({ remote, branch, commit, before }: Pushed): Promise<void> {
  const added = `${commit} refs/heads/${branch}`;
  demandSame(await refsOf(remote), [...before, added].toSorted(byReference), 'the references');
  demandSame(await linesOf(remote, 'rev-list', `main..${branch}`), [commit], 'the commits');
  demandSame(await linesOf(remote, 'rev-list', `${branch}..main`), [], 'the commits it lacks');
  demandSame(await linesOf(remote, 'diff', '--name-only', 'main', branch), [FIXED], 'the changed files');
  const diff = await linesOf(remote, 'diff', '--unified=0', 'main', branch);
  const changed = diff.slice(diff.findIndex((line) => line.startsWith('@@')) + 1);
  demandSame(changed, FIX, 'the changed lines');
}

/** `id name` of every reference, by name. */
export async function refsOf(remote: string): Promise<string[]> {
  return linesOf(remote, 'for-each-ref', '--format=%(objectname) %(refname)');
}

/** What Git prints, without anything of the machine's own configuration. */
export async function gitIn(remote: string, ...args: readonly string[]): Promise<string> {
  const env = { PATH: process.env['PATH'], GIT_CONFIG_NOSYSTEM: '1', GIT_CONFIG_GLOBAL: '/dev/null' };
  const { stdout } = await promisify(execFile)('git', ['--git-dir', remote, ...args], { env });
  return stdout.trimEnd();
}

async function linesOf(remote: string, ...args: readonly string[]): Promise<string[]> {
  const text = await gitIn(remote, ...args);
  return text === '' ? [] : text.split('\n');
}

function demandSame(found: readonly string[], wanted: readonly string[], what: string): void {
  if (found.join('\n') === wanted.join('\n')) return;
  throw new Error(
    `${what} of the proposal are not the fix:\n${found.join('\n')}\nrather than\n${wanted.join('\n')}`,
  );
}

function byReference(one: string, other: string): number {
  const [first = '', second = ''] = [one, other].map((line) => line.split(' ')[1]);
  return first < second ? -1 : 1;
}
