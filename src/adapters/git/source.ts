import { realpathSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';

import { ToolError } from '../../errors.ts';
import { type Git, type GitPlace, createGit } from './git.ts';
import { type Remote, isRemoteUrl, parseRemote } from './remote-url.ts';
import type { RunGit } from './run.ts';

/** An operator's own clone: its objects and references are read, nothing of it is written. */
export interface Clone {
  git: Git;
  /** The repository itself, which several work trees may share. */
  common: string;
  objects: string;
  /** Name of the remote that is followed; its tracking branches are there without asking it. */
  remote?: string;
  /** Lacks objects, so that the mirror cannot start from it. */
  isPartial: boolean;
  /** When it was last fetched itself, milliseconds since the epoch; 0 when never. */
  fetched: number;
}

/** What the configured repository comes to. */
export interface Source {
  fetch: Remote;
  /** Where proposals go. */
  push: Remote;
  /** Undefined when only the remote knows its default branch. */
  base?: string;
  clone?: Clone;
  /** A local repository without a remote: a proposal is a reference in it. */
  isDirect: boolean;
}

/** What the operator configured. */
export interface SourceOptions {
  /** A path, or a URL. */
  repository: string;
  base?: string;
  /** Name of a remote of a clone, or a URL. */
  remote?: string;
}

/** Works out where to read and where to propose; asks no remote. Rejects with `invalid_input` for what it cannot follow. */
export async function openSource(
  { repository, base, remote }: SourceOptions,
  place: Omit<GitPlace, 'gitDir' | 'cwd'>,
  run: RunGit,
): Promise<Source> {
  if (isRemoteUrl(repository)) {
    const only = parseRemote(repository, '/');
    return { fetch: only, push: only, base, isDirect: false };
  }
  const found = await findRepository(resolve(repository), place, run);
  const branch = await currentBranch(found.git);
  const name = await remoteName(found.git, remote, branch);
  const clone: Clone = { ...found, remote: name };
  if (name === undefined && remote === undefined) {
    const itself = parseRemote(found.common, '/');
    return { fetch: itself, push: itself, base: base ?? branch?.name, clone, isDirect: true };
  }
  const urls = await remoteUrls(found.git, name, remote, found.root);
  const followed = branch && branch.remote === name ? branch.upstream : undefined;
  return { ...urls, base: base ?? followed ?? (await trackedHead(found.git, name)), clone, isDirect: false };
}

interface Found extends Clone {
  /** The directory that relative URLs start from. */
  root: string;
}

async function findRepository(
  path: string,
  place: Omit<GitPlace, 'gitDir' | 'cwd'>,
  run: RunGit,
): Promise<Found> {
  if (!statSync(path, { throwIfNoEntry: false })?.isDirectory()) throw noRepository(path);
  const asked = ['--git-dir', '--git-common-dir', '--is-shallow-repository', '--show-cdup'];
  const args = ['rev-parse', '--path-format=absolute', ...asked];
  const { code, stdout, stderr } = await run({ ...place, args, cwd: path, signal: NEVER, limit: 10_000 });
  const [gitDir, common, isShallow, up = ''] = stdout.toString('utf8').split('\n');
  if (code !== 0 || !gitDir || !common) throw noRepository(path, stderr);
  const git = createGit({ ...place, gitDir, cwd: path }, run);
  const promised = await valueOf(git, [
    'config',
    '--get-regexp',
    String.raw`^(extensions\.partialclone|remote\..*\.promisor)$`,
  ]);
  return {
    git,
    root: resolve(realpathSync(path), up),
    common: realpathSync(common),
    objects: join(common, 'objects'),
    isPartial: isShallow === 'true' || promised !== undefined,
    fetched: statSync(join(gitDir, 'FETCH_HEAD'), { throwIfNoEntry: false })?.mtimeMs ?? 0,
  };
}

interface Branch {
  name: string;
  remote?: string;
  upstream?: string;
}

/** The branch that is checked out, and what it follows; undefined when none is. */
async function currentBranch(git: Git): Promise<Branch | undefined> {
  const head = await valueOf(git, ['symbolic-ref', '--quiet', 'HEAD']);
  if (head === undefined) return undefined;
  const format = '--format=%(upstream:remotename)%00%(upstream:remoteref)';
  const line = await valueOf(git, ['for-each-ref', format, '--', head]);
  const [remote = '', upstream = ''] = line?.split('\0') ?? [];
  const follows = remote !== '' && remote !== '.' && upstream.startsWith(HEADS);
  return { name: branchOf(head), ...(follows && { remote, upstream: branchOf(upstream) }) };
}

/** The configured remote, that of the branch, `origin`, or the only one there is; undefined when there is none. */
async function remoteName(
  git: Git,
  configured: string | undefined,
  branch: Branch | undefined,
): Promise<string | undefined> {
  const names = (await valueOf(git, ['remote']))?.split('\n') ?? [];
  if (configured !== undefined) return names.find((name) => name === configured);
  return [branch?.remote, 'origin', names.length === 1 ? names[0] : undefined].find(
    (name) => name !== undefined && names.includes(name),
  );
}

async function remoteUrls(
  git: Git,
  name: string | undefined,
  configured: string | undefined,
  root: string,
): Promise<Pick<Source, 'fetch' | 'push'>> {
  if (name === undefined || name.startsWith('-')) {
    if (configured === undefined || !isRemoteUrl(configured)) throw noRemote(configured);
    const only = parseRemote(configured, root);
    return { fetch: only, push: only };
  }
  const fetch = await valueOf(git, ['remote', 'get-url', '--', name]);
  const push = await valueOf(git, ['remote', 'get-url', '--push', '--', name]);
  if (fetch === undefined || push === undefined) throw noRemote(name);
  return { fetch: parseRemote(fetch, root), push: parseRemote(push, root) };
}

async function trackedHead(git: Git, name: string | undefined): Promise<string | undefined> {
  if (name === undefined) return undefined;
  const prefix = `refs/remotes/${name}/`;
  const head = await valueOf(git, ['symbolic-ref', '--quiet', `${prefix}HEAD`]);
  return head?.startsWith(prefix) ? head.slice(prefix.length) : undefined;
}

/** Output without its last newline; undefined when the command failed or said nothing. */
async function valueOf(git: Git, args: readonly string[]): Promise<string | undefined> {
  const { code, stdout } = await git(args, { signal: NEVER, limit: 10_000, accept: [1, 2, 128] });
  return code === 0 ? stdout.toString('utf8').replace(/\n$/, '') || undefined : undefined;
}

const NEVER = new AbortController().signal;
const HEADS = 'refs/heads/';

function branchOf(reference: string): string {
  return reference.startsWith(HEADS) ? reference.slice(HEADS.length) : reference;
}

function noRepository(path: string, said = ''): ToolError {
  const isForeign = said.includes('dubious ownership');
  return new ToolError(
    'invalid_input',
    isForeign ? `the repository in ${path} belongs to another user` : `there is no Git repository in ${path}`,
    isForeign
      ? 'The operator has to run daytwo as its owner, or configure its URL.'
      : 'The operator has to configure the path of a clone, or a URL.',
  );
}

function noRemote(name: string | undefined): ToolError {
  return new ToolError(
    'invalid_input',
    `the clone has no remote ${name ?? ''}`.trimEnd(),
    'The operator has to configure the name of one of its remotes, or a URL.',
  );
}
