import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

import { afterAll, beforeEach, describe, expect, test } from 'vitest';

import { type TestRepository, openWorkshop } from '../../support/git-repository.ts';
import { open, problemOf, signal } from './opened.ts';

const shop = openWorkshop();
afterAll(() => shop.remove());

const AUTHOR = { name: 'daytwo', email: 'daytwo@example.test' };

let work: TestRepository;
let remote: TestRepository;
let head: string;
beforeEach(() => {
  work = shop.repository('work');
  head = work.commit('First', { 'a.md': 'a\n' });
  remote = shop.bare('remote', work);
});

interface Server {
  process: ChildProcess;
  ended: Promise<string>;
}

function startServer(args: readonly string[], path = process.env['PATH']): Server {
  const script = fileURLToPath(import.meta.resolve('./server.ts'));
  const child = spawn(process.execPath, [script, ...args], { env: { PATH: path } });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return { process: child, ended: new Promise((resolve) => child.on('close', () => resolve(output))) };
}

async function until(isSo: () => boolean): Promise<void> {
  for (const end = Date.now() + 10_000; !isSo(); await pause(2)) {
    if (Date.now() > end) throw new Error('it did not happen');
  }
}

function filesIn(directory: string): string[] {
  return existsSync(directory) ? readdirSync(directory, { recursive: true, encoding: 'utf8' }) : [];
}

/** Lock files and temporary indexes that nobody holds any more. */
const remainsIn = (directory: string): string[] =>
  filesIn(directory).filter((file) => /\.lock$|\/index-|\/lock-|\/abandoned-/.test(file));

describe('several servers on one cache', { timeout: 60_000 }, () => {
  test('start at once, make one mirror, fetch once, and all see the same', async () => {
    const cacheDir = shop.folder('cache');
    const bin = shop.folder('bin');
    writeFileSync(
      join(bin, 'git'),
      `#!/bin/sh\ncase "$*" in *" fetch --progress"*) echo x >> '${bin}/fetches';; esac\nPATH='${process.env['PATH']}' exec git "$@"\n`,
    );
    chmodSync(join(bin, 'git'), 0o755);

    const servers = [1, 2, 3].map(() =>
      startServer(['read', `file://${remote.path}`, cacheDir], `${bin}:/usr/bin:/bin`),
    );
    const outputs = await Promise.all(servers.map(({ ended }) => ended));

    expect(outputs).toEqual(Array(3).fill(`${head} 1\n`));
    expect(readdirSync(cacheDir)).toHaveLength(1);
    expect(readFileSync(join(bin, 'fetches'), 'utf8')).toBe('x\n');
    expect(remainsIn(cacheDir)).toEqual([]);
  });

  test('propose at once: all succeed under names of their own', async () => {
    const cacheDir = shop.folder('cache');
    const branches = ['daytwo/one', 'daytwo/two', 'daytwo/three'];

    const servers = branches.map((branch) =>
      startServer(['propose', `file://${remote.path}`, cacheDir, branch]),
    );
    const outputs = await Promise.all(servers.map(({ ended }) => ended));

    const commits = outputs.map((output) => output.trim().split('\n')[1]);
    expect(branches.map((branch) => remote.git('rev-parse', branch))).toEqual(commits);
    expect(remainsIn(cacheDir)).toEqual([]);
  });

  test('a lock whose owner runs is waited for, and what is there is served meanwhile', async () => {
    const cacheDir = shop.folder('cache');
    const opened = await open({ repository: `file://${remote.path}`, cacheDir, patience: 200 });
    await opened.reader.head(signal);
    const lock = join(cacheDir, readdirSync(cacheDir)[0] ?? '', 'fetch.lock');
    const [own = ''] = readdirSync(join(lock, '..', 'processes'));
    writeFileSync(lock, own);

    const stale = await opened.reader.head(signal);
    const isHeld = existsSync(lock);

    opened.close();
    expect([stale.stale, isHeld]).toEqual(['the remote has not answered for 1 s', true]);
  });

  test.each([
    ['has ended', (own: string) => own.replace(/~\d+~/, '~4194301~'), 0],
    ['had the same number', (own: string) => own.replace(/\d+$/, '1'), 0],
    [
      'was on another machine and gives no sign',
      (own: string) => `elsewhere${own.slice(own.indexOf('~'))}`,
      600,
    ],
    ['never wrote its name', () => '', 0],
  ])('a lock whose owner %s is taken over', async (_, ownerFrom, silentFor) => {
    const cacheDir = shop.folder('cache');
    const opened = await open({ repository: `file://${remote.path}`, cacheDir });
    await opened.reader.head(signal);
    const lock = join(cacheDir, readdirSync(cacheDir)[0] ?? '', 'fetch.lock');
    const [own = ''] = readdirSync(join(lock, '..', 'processes'));
    writeFileSync(lock, ownerFrom(own));
    utimesSync(lock, Date.now() / 1_000 - silentFor, Date.now() / 1_000 - silentFor);

    const second = await opened.reader.head(signal);

    opened.close();
    expect([second.stale, existsSync(lock)]).toEqual([undefined, false]);
  });

  test('a lock of another machine that gives signs is respected, as are the files of its process', async () => {
    const cacheDir = shop.folder('cache');
    const first = await open({ repository: `file://${remote.path}`, cacheDir });
    await first.reader.head(signal);
    const folder = join(cacheDir, readdirSync(cacheDir)[0] ?? '');
    const theirs = join(folder, 'processes', 'elsewhere~17~99');
    const gone = join(
      folder,
      'processes',
      (readdirSync(join(folder, 'processes'))[0] ?? '').replace(/~\d+~/, '~4194301~'),
    );
    for (const directory of [theirs, gone]) {
      mkdirSync(directory);
      writeFileSync(join(directory, 'index-1'), 'x');
    }
    writeFileSync(join(folder, 'fetch.lock'), 'elsewhere~17~99');

    const second = await open({ repository: `file://${remote.path}`, cacheDir, patience: 200 });
    const answer = await second.reader.head(signal);

    first.close();
    second.close();
    expect(answer.stale).toBeDefined();
    expect([existsSync(join(theirs, 'index-1')), existsSync(gone)]).toEqual([true, false]);
    expect(readFileSync(join(folder, 'fetch.lock'), 'utf8')).toBe('elsewhere~17~99');
  });
});

describe('a server that is killed', { timeout: 60_000 }, () => {
  test.each([
    ['as it takes the lock', /fetch\.lock$/],
    ['as the mirror is made', /mirror\.git\/HEAD$/],
    ['as objects come in', /pack\/tmp_/],
  ])('in the middle of a first fetch, %s: the next one makes the mirror whole', async (_, moment) => {
    work.commit('Grow', { 'big.bin': randomBytes(12_000_000) });
    work.git('push', '--quiet', remote.path, 'main');
    head = work.git('rev-parse', 'main');
    const cacheDir = shop.folder('cache');
    const server = startServer(['read', `file://${remote.path}`, cacheDir]);
    await until(() => filesIn(cacheDir).some((file) => moment.test(file)));
    server.process.kill('SIGKILL');
    const killed = await server.ended;

    const output = await startServer(['read', `file://${remote.path}`, cacheDir]).ended;

    expect(killed).toBe('');
    expect(output).toBe(`${head} 2\n`);
    expect(remainsIn(cacheDir)).toEqual([]);
  });

  test('and leaves every lock that Git knows: none of them is in the way', async () => {
    const cacheDir = shop.folder('cache');
    const opened = await open({ repository: `file://${remote.path}`, cacheDir });
    await opened.reader.head(signal);
    const mirror = join(cacheDir, readdirSync(cacheDir)[0] ?? '', 'mirror.git');
    for (const name of ['HEAD', 'config', 'packed-refs', 'shallow', 'refs/heads/main', 'refs/heads/new']) {
      writeFileSync(join(mirror, `${name}.lock`), '');
    }
    const second = work.commit('Second');
    work.git('push', '--quiet', remote.path, 'main', 'main:refs/heads/new');

    const answer = await opened.reader.head(signal);

    opened.close();
    expect([answer.commit.sha, answer.stale]).toEqual([second, undefined]);
    expect(remainsIn(cacheDir)).toEqual([]);
  });

  test('in the middle of a push: the branch is absent or complete, and proposing goes on', async () => {
    const cacheDir = shop.folder('cache');
    const marker = join(shop.folder('marker'), 'pushing');
    const opened = await open({ repository: `file://${remote.path}`, cacheDir, author: AUTHOR });
    const states: string[] = [];
    for (const [at, hook] of ['pre-receive', 'post-receive', 'pre-receive'].entries()) {
      const branch = `daytwo/killed-${at}`;
      remote.hook(hook, `echo x > '${marker}-${at}'; sleep 0.3`);
      const server = startServer(['propose', `file://${remote.path}`, cacheDir, branch]);
      await until(() => existsSync(`${marker}-${at}`));
      server.process.kill('SIGKILL');
      const [tree] = (await server.ended).split('\n');
      await pause(600);
      remote.hook(hook, 'exit 0');
      const { state, commit } = await opened.writer.branchState(branch, undefined, signal);
      const isWhole = commit === undefined || remote.git('rev-parse', `${commit}^{tree}`) === tree;
      states.push(isWhole ? state : 'torn');
    }

    const output = await startServer(['propose', `file://${remote.path}`, cacheDir, 'daytwo/next']).ended;

    opened.close();
    expect(states.filter((state) => state !== 'absent' && state !== 'complete')).toEqual([]);
    expect(states[1]).toBe('complete');
    expect(output.trim().split('\n')[1]).toBe(remote.git('rev-parse', 'daytwo/next'));
    expect(remainsIn(cacheDir)).toEqual([]);
    expect(remainsIn(remote.path)).toEqual([]);
  });
});

describe('a disk that is full', () => {
  test('or a cache that cannot be is said', async () => {
    const file = join(shop.folder('cache'), 'file');
    writeFileSync(file, '');

    const problem = await problemOf(open({ repository: `file://${remote.path}`, cacheDir: file }));

    expect([problem.code, problem.message]).toEqual([
      'unavailable',
      'the repository cache cannot be written (ENOTDIR)',
    ]);
  });

  test('during a fetch: the error names it, what was there is served, and no lock is left', async () => {
    const cacheDir = shop.folder('cache');
    const bin = shop.folder('bin');
    const real = process.env['PATH'] ?? '';
    const script = `#!/bin/bash\ntrap '' XFSZ\nulimit -f 100\nPATH='${real}' exec git "$@"\n`;
    writeFileSync(join(bin, 'git'), script);
    chmodSync(join(bin, 'git'), 0o755);
    const options = {
      repository: `file://${remote.path}`,
      cacheDir,
      environment: { PATH: `${bin}:${real}` },
    };
    const opened = await open(options);
    await opened.reader.head(signal);
    work.commit('Grow', { 'big.bin': randomBytes(1_000_000) });
    work.git('push', '--quiet', remote.path, 'main');

    const answer = await opened.reader.head(signal);

    opened.close();
    expect(answer.commit.sha).toBe(head);
    expect(answer.stale).toContain('is full');
    expect(remainsIn(cacheDir)).toEqual([]);
  });

  test('stops a proposal cleanly: no reference, no lock, and the next one works', async () => {
    const cacheDir = shop.folder('cache');
    const bin = shop.folder('bin');
    const real = process.env['PATH'] ?? '';
    const options = { repository: `file://${remote.path}`, cacheDir, author: AUTHOR };
    const roomy = await open(options);
    await roomy.reader.head(signal);
    const references = remote.references();
    // What git writes may not grow beyond the limit, as on a disk without room; it is told so instead of being ended.
    const script = `#!/bin/bash\ntrap '' XFSZ\nulimit -f 1\nPATH='${real}' exec git "$@"\n`;
    writeFileSync(join(bin, 'git'), script);
    chmodSync(join(bin, 'git'), 0o755);
    const full = await open({ ...options, environment: { PATH: `${bin}:${real}` }, fetchEvery: 3_600_000 });
    const files = [{ path: 'b.bin', content: randomBytes(100_000), was: null }];

    const problem = await problemOf(full.writer.prepare({ base: head, files }, signal));
    const remains = remainsIn(cacheDir);
    const prepared = await roomy.writer.prepare({ base: head, files }, signal);
    const pushed = await roomy.writer.push(prepared, 'daytwo/b', 'Add b\n', signal);

    full.close();
    roomy.close();
    expect([problem.code, problem.message]).toEqual(['unavailable', expect.stringContaining('is full')]);
    expect(remains).toEqual([]);
    expect(remote.references()).toBe(
      `refs/heads/daytwo/b ${pushed.commit} commit`.replace(' commit', '') + `\n${references}`,
    );
  });
});
