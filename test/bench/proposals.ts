import { execFile, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { type Peer, startPeer } from './peer.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** Milliseconds of a proposal, from the call until the branch is on the remote, and of the same by hand. */
export interface ProposalFigures {
  commits: number;
  files: number;
  daytwo: number[];
  byHand: number[];
}

const COMMITS = 30_000;
const FILES = 300;

/** What the policy allows in an hour leaves room for one that is not measured. */
const MOST_RUNS = 15;

/** A remote with a long history, and a bare copy of it for the plumbing by hand. */
interface Place {
  folder: string;
  remote: string;
  copy: string;
}

/** Proposes through a real session and by hand, in turns, on a repository outside of the clone, which is gone afterwards. */
export async function measureProposals(runs: number, say: (text: string) => void): Promise<ProposalFigures> {
  const folder = mkdtempSync(join(tmpdir(), 'daytwo-bench-'));
  const place = { folder, remote: join(folder, 'remote.git'), copy: join(folder, 'copy.git') };
  try {
    say(`making a repository of ${COMMITS} commits`);
    makeRemote(place);
    const peer = await startPeer({ args: daytwoArgs(place) });
    try {
      say('proposals');
      return { commits: COMMITS, files: FILES, ...(await inTurns(peer, place, Math.min(runs, MOST_RUNS))) };
    } finally {
      await peer.stop();
    }
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  }
}

function daytwoArgs({ folder, remote }: Place): string[] {
  const options = {
    '--snapshot': join(root, 'examples/homelab/cluster.json'),
    '--repo': `file://${remote}`,
    '--cache-dir': join(folder, 'cache'),
    '--audit-dir': join(folder, 'audit'),
  };
  return [join(root, 'dist/main.js'), ...Object.entries(options).flat()];
}

/** After the first, which clones, every proposal starts with a fetch, as it does by hand: a push makes the mirror ask again. */
async function inTurns(
  peer: Peer,
  place: Place,
  runs: number,
): Promise<{ daytwo: number[]; byHand: number[] }> {
  await proposed(peer, place, 0);
  await proposedByHand(place, 0);
  const daytwo: number[] = [];
  const byHand: number[] = [];
  for (let index = 1; index <= runs; index += 1) {
    daytwo.push(await proposed(peer, place, index));
    byHand.push(await proposedByHand(place, index));
  }
  return { daytwo, byHand };
}

async function proposed(peer: Peer, { remote }: Place, index: number): Promise<number> {
  const path = pathOf(index);
  const { ms, text } = await peer.call('propose_change', {
    title: `Roll app ${index} back`,
    reason: 'The release crash-loops since its last update.',
    edits: [
      {
        path,
        blob: git(remote, 'rev-parse', `main:${path}`),
        replace: { find: `tag: ${tagOf(remote, path)}`, with: 'tag: 0.9.0' },
      },
    ],
  });
  const { branch = '' } = JSON.parse(text) as { branch?: string };
  drop(remote, branch);
  return ms;
}

/** The commands that a proposal comes to, as a person's script has them. */
const BY_HAND = `
git fetch --quiet --prune --no-tags --force "$REMOTE" '+refs/heads/*:refs/heads/*' '+refs/tags/*:refs/tags/*'
base=$(git rev-parse --verify refs/heads/main)
blob=$(git hash-object -w --no-filters -- "$FILE")
git read-tree "$base"
git update-index --add --cacheinfo "100644,$blob,$TARGET"
tree=$(git write-tree)
git diff-tree -r --patch "$base" "$tree"
commit=$(git commit-tree -p "$base" -m "Roll an app back" "$tree")
git push --quiet --force-with-lease="refs/heads/$BRANCH:" "$REMOTE" "$commit:refs/heads/$BRANCH"
`;

async function proposedByHand({ folder, remote, copy }: Place, index: number): Promise<number> {
  const target = pathOf(index);
  const [file, branch] = [join(folder, 'edited.yaml'), `by-hand-${index}`];
  const text = git(remote, 'show', `main:${target}`);
  writeFileSync(file, `${text.replace(`tag: ${tagOf(remote, target)}`, 'tag: 0.9.0')}\n`);
  const scratch = { GIT_DIR: copy, GIT_INDEX_FILE: join(folder, 'index') };
  const input = { REMOTE: `file://${remote}`, FILE: file, TARGET: target, BRANCH: branch };
  const before = performance.now();
  await run('sh', ['-ec', BY_HAND], { env: { ...SETTINGS, ...scratch, ...input } });
  const ms = performance.now() - before;
  drop(remote, branch);
  return ms;
}

/** Takes a branch away again, so that every proposal meets the same remote; throws when there is none. */
function drop(remote: string, branch: string): void {
  const reference = `refs/heads/${branch}`;
  git(remote, 'update-ref', '-d', reference, git(remote, 'rev-parse', '--verify', reference));
}

function makeRemote({ remote, copy }: Place): void {
  execFileSync('git', ['init', '--quiet', '--bare', '--initial-branch=main', remote], { env: SETTINGS });
  execFileSync('git', ['fast-import', '--quiet'], {
    env: { ...SETTINGS, GIT_DIR: remote },
    input: [...history()].join(''),
  });
  execFileSync('git', ['clone', '--quiet', '--bare', `file://${remote}`, copy], { env: SETTINGS });
}

/** All files, then one image tag a commit, in the form of git-fast-import(1). */
function* history(): Generator<string> {
  const files = Array.from({ length: FILES }, (_, index) => index);
  yield* committed(0, files);
  for (let commit = 1; commit < COMMITS; commit += 1) yield* committed(commit, [commit % FILES]);
}

function* committed(commit: number, files: readonly number[]): Generator<string> {
  yield `commit refs/heads/main\ncommitter Sam Operator <sam@example.test> ${START + commit * 600} +0000\n`;
  yield data(`fix(container): update image of app ${commit % FILES} to 1.0.${commit}`);
  for (const file of files) yield `M 100644 inline ${pathOf(file)}\n${data(release(file, commit))}`;
}

function data(text: string): string {
  return `data ${Buffer.byteLength(text)}\n${text}\n`;
}

const START = Date.parse('2025-01-01T00:00:00Z') / 1_000;

function pathOf(index: number): string {
  return `clusters/main/kubernetes/apps/app-${index}/app/helm-release.yaml`;
}

function tagOf(remote: string, path: string): string {
  return /tag: (\S+)/.exec(git(remote, 'show', `main:${path}`))?.[1] ?? '';
}

function release(index: number, version: number): string {
  return `---
apiVersion: helm.toolkit.fluxcd.io/v2
kind: HelmRelease
metadata:
  name: app-${index}
spec:
  interval: 15m
  chartRef:
    kind: OCIRepository
    name: app-${index}
  values:
    controllers:
      app:
        containers:
          main:
            image:
              repository: registry.example.test/app-${index}
              tag: 1.0.${version}
            resources:
              limits:
                memory: 256Mi
`;
}

const SETTINGS = {
  PATH: process.env['PATH'],
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Sam Operator',
  GIT_AUTHOR_EMAIL: 'sam@example.test',
  GIT_COMMITTER_NAME: 'Sam Operator',
  GIT_COMMITTER_EMAIL: 'sam@example.test',
};

function git(directory: string, ...args: string[]): string {
  const options = { env: SETTINGS, encoding: 'utf8' } as const;
  return execFileSync('git', ['--git-dir', directory, ...args], options).trimEnd();
}
