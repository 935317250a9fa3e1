import type { OpenProposal } from '#domain/repository/port.ts';

import pLimit from 'p-limit';

import { branchTip } from './commits.ts';
import type { Git } from './git.ts';
import type { Mirror } from './mirror.ts';
import { differingPaths, pathsOf } from './tree-difference.ts';

/** More branches than a person would leave lying about are not looked at, oldest first. */
const MOST = 100;

/** The branches of the server on the remote as last fetched, newest first. */
export async function openProposals(mirror: Mirror, signal: AbortSignal): Promise<OpenProposal[]> {
  await mirror.refresh(signal);
  const { git } = mirror;
  const format = ['--sort=-committerdate', '--format=%(refname:lstrip=2)', `--count=${MOST}`];
  const { stdout } = await git(['for-each-ref', ...format, 'refs/heads/daytwo/'], { signal });
  const branches = stdout
    .toString('utf8')
    .split('\n')
    .filter((branch) => branch !== '');
  const base = await branchTip(git, mirror.base(), signal);
  if (!base) return [];
  const atOnce = pLimit(2);
  const all = branches.map((branch) => atOnce(() => proposalOn(git, branch, base.sha, signal)));
  return (await Promise.all(all)).filter((proposal) => proposal !== undefined);
}

async function proposalOn(
  git: Git,
  branch: string,
  base: string,
  signal: AbortSignal,
): Promise<OpenProposal | undefined> {
  const commit = await branchTip(git, branch, signal);
  const start = await startOf(git, commit?.sha, base, signal);
  if (commit === undefined || start === undefined) return undefined;
  const isAncestor = start === commit.sha;
  const paths = isAncestor
    ? await pathsOf(git, commit.sha, signal)
    : await differingPaths(git, [start, commit.sha], signal);
  const merged = isAncestor || (await holds(git, base, { commit: commit.sha, paths }, signal));
  return { branch, commit, merged, baseMoved: await countBetween(git, start, base, signal), paths };
}

/** The commit of the base that a branch started from; undefined when the two have nothing in common. */
async function startOf(
  git: Git,
  commit: string | undefined,
  base: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  if (commit === undefined) return undefined;
  const { code, stdout } = await git(['merge-base', commit, base], { signal, accept: [1] });
  return code === 0 ? stdout.toString('utf8').trim() : undefined;
}

async function countBetween(git: Git, from: string, to: string, signal: AbortSignal): Promise<number> {
  const { stdout } = await git(['rev-list', '--count', `${from}..${to}`], { signal });
  return Number(stdout.toString('utf8'));
}

/** True when the base has every file as the branch made it: what a squash or a rebase leaves of it. */
async function holds(
  git: Git,
  base: string,
  { commit, paths }: { commit: string; paths: readonly string[] },
  signal: AbortSignal,
): Promise<boolean> {
  const left = new Set(await differingPaths(git, [base, commit], signal));
  return paths.length > 0 && !paths.some((path) => left.has(path));
}
