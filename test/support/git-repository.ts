import { type SpawnSyncOptions, spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** Content by path; null deletes the file. */
export type Files = Record<string, string | Uint8Array | null>;

/** A real repository on disk. Authors and dates are fixed, so that equal content has equal commit ids. */
export interface TestRepository {
  path: string;
  /** Runs git in it and returns its output without the last newline. */
  git(...args: string[]): string;
  /** Writes files, commits everything and returns the commit id; each commit is a minute after the one before. */
  commit(subject: string, files?: Files): string;
  /** Installs an executable hook; with a bare repository that is what a remote runs on a push. */
  hook(name: string, script: string): void;
  /** Every reference with its object, one a line: what must be the same before and after. */
  references(): string;
}

/** A folder for one test file, and the repositories in it. */
export interface Workshop {
  root: string;
  /** A fresh, empty folder. */
  folder(name: string): string;
  /** An empty repository with a work tree, on branch main. */
  repository(name: string): TestRepository;
  /** A bare copy, to be a remote. */
  bare(name: string, of?: TestRepository): TestRepository;
  /** A clone as an operator would make it; its branch follows origin. */
  clone(name: string, of: TestRepository): TestRepository;
  remove(): void;
}

const START = Date.parse('2026-03-01T08:00:00Z');

/** Makes a temporary folder for repositories. */
export function openWorkshop(): Workshop {
  const root = mkdtempSync(join(tmpdir(), 'daytwo-git-'));
  const folder = (name: string): string => {
    const path = mkdtempSync(join(root, `${name}-`));
    return path;
  };
  return {
    root,
    folder,
    repository(name) {
      const path = folder(name);
      runIn(path, ['init', '--quiet', '--initial-branch=main']);
      return repositoryAt(path);
    },
    bare(name, of) {
      const path = folder(name);
      runIn(path, ['init', '--quiet', '--bare', '--initial-branch=main']);
      if (of) runIn(of.path, ['push', '--quiet', path, '--all']);
      return repositoryAt(path);
    },
    clone(name, of) {
      const path = folder(name);
      runIn(root, ['clone', '--quiet', of.path, path]);
      return repositoryAt(path);
    },
    remove: () => rmSync(root, { recursive: true, force: true, maxRetries: 5 }),
  };
}

function repositoryAt(path: string): TestRepository {
  let commits = 0;
  const git = (...args: string[]): string => runIn(path, args);
  return {
    path,
    git,
    commit(subject, files = {}) {
      for (const [file, content] of Object.entries(files)) place(join(path, file), content);
      git('add', '--all');
      commits += 1;
      const date = new Date(START + commits * 60_000).toISOString();
      const env = { GIT_AUTHOR_DATE: date, GIT_COMMITTER_DATE: date };
      runIn(path, ['commit', '--quiet', '--allow-empty', '-m', subject], env);
      return git('rev-parse', 'HEAD');
    },
    hook(name, script) {
      const hooks = statSync(join(path, 'hooks'), { throwIfNoEntry: false }) ? 'hooks' : '.git/hooks';
      const file = join(path, hooks, name);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `#!/bin/sh\n${script}\n`);
      chmodSync(file, 0o755);
    },
    references: () => git('for-each-ref', '--format=%(refname) %(objectname)'),
  };
}

function place(file: string, content: string | Uint8Array | null): void {
  if (content === null) return rmSync(file);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, content);
}

/** All files below a directory with their sizes and modification times: what reading must leave alone. */
export function fingerprint(directory: string): string[] {
  return readdirSync(directory, { recursive: true, encoding: 'utf8' })
    .map((name) => ({ name, stat: statSync(join(directory, name), { throwIfNoEntry: false }) }))
    .map(({ name, stat }) => `${name} ${stat?.isDirectory() ? 'directory' : stat?.size} ${stat?.mtimeMs}`)
    .toSorted();
}

const FIXED = {
  GIT_CONFIG_GLOBAL: '/dev/null',
  GIT_CONFIG_NOSYSTEM: '1',
  GIT_AUTHOR_NAME: 'Sam Operator',
  GIT_AUTHOR_EMAIL: 'sam@example.test',
  GIT_COMMITTER_NAME: 'Sam Operator',
  GIT_COMMITTER_EMAIL: 'sam@example.test',
};

function runIn(cwd: string, args: readonly string[], env: Record<string, string> = {}): string {
  const options: SpawnSyncOptions = {
    cwd,
    env: { PATH: process.env['PATH'], ...FIXED, ...env },
    encoding: 'utf8',
  };
  const { status, stdout, stderr } = spawnSync('git', args, options);
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${String(stderr)}`);
  return String(stdout).replace(/\n$/, '');
}
