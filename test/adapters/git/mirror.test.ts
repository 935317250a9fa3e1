import { randomBytes } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeEach, describe, expect, test } from 'vitest';

import { type TestRepository, fingerprint, openWorkshop } from '../../support/git-repository.ts';
import { open, problemOf, signal } from './opened.ts';

const shop = openWorkshop();
afterAll(() => shop.remove());

let work: TestRepository;
let remote: TestRepository;
let first: string;
beforeEach(() => {
  work = shop.repository('work');
  first = work.commit('First', { 'a.md': 'a\n' });
  remote = shop.bare('remote', work);
});

function publish(subject: string): string {
  const id = work.commit(subject);
  work.git('push', '--quiet', remote.path, 'main');
  return id;
}

/** A `git` that writes down its arguments and its environment before it does its work. */
function recordingGit(): { path: string; calls: () => string[]; environments: () => string } {
  const folder = shop.folder('bin');
  const real = process.env['PATH'] ?? '';
  const script = [
    '#!/bin/sh',
    `printf '%s\\n' "$*" >> '${folder}/calls'`,
    `env >> '${folder}/environments'`,
    `PATH='${real}' exec git "$@"`,
  ];
  writeFileSync(join(folder, 'git'), `${script.join('\n')}\n`);
  chmodSync(join(folder, 'git'), 0o755);
  return {
    path: `${folder}:${real}`,
    calls: () => readFileSync(join(folder, 'calls'), 'utf8').trimEnd().split('\n'),
    environments: () => readFileSync(join(folder, 'environments'), 'utf8'),
  };
}

const fetchesIn = (calls: readonly string[]): number =>
  calls.filter((call) => / fetch --progress /.test(call)).length;

describe('when the remote is asked', () => {
  test('many callers share one fetch, and there is none before it is due', async () => {
    const git = recordingGit();
    let now = 1_000_000;
    const opened = await open({
      repository: `file://${remote.path}`,
      cacheDir: shop.folder('cache'),
      environment: { PATH: git.path },
      fetchEvery: 15_000,
      now: () => now,
    });

    await Promise.all(Array.from({ length: 5 }, () => opened.reader.head(signal)));
    const second = publish('Second');
    now += 14_999;
    const before = await opened.reader.head(signal);
    const fetches = fetchesIn(git.calls());
    now += 1;
    const after = await opened.reader.head(signal);

    opened.close();
    expect([before.commit.sha, before.fetched, fetches]).toEqual([first, 1_000_000, 1]);
    expect([after.commit.sha, after.fetched, fetchesIn(git.calls())]).toEqual([second, 1_015_000, 2]);
  });

  test('after a push it is asked at once, so that the branch is listed', async () => {
    const opened = await open({
      repository: `file://${remote.path}`,
      cacheDir: shop.folder('cache'),
      fetchEvery: 3_600_000,
      author: { name: 'daytwo', email: 'daytwo@example.test' },
    });
    const files = [{ path: 'b.md', content: Buffer.from('b\n'), was: null }];
    const prepared = await opened.writer.prepare({ base: first, files }, signal);
    const before = await opened.writer.open(signal);

    await opened.writer.push(prepared, 'daytwo/b', 'Add b\n', signal);

    const after = await opened.writer.open(signal);
    opened.close();
    expect(before).toEqual([]);
    expect(after.map(({ branch }) => branch)).toEqual(['daytwo/b']);
  });

  test('a remote that is gone: what is there is served, and why it is old', async () => {
    const cacheDir = shop.folder('cache');
    let now = 1_000_000;
    const opened = await open({ repository: `file://${remote.path}`, cacheDir, now: () => now });
    const before = await opened.reader.head(signal);
    renameSync(remote.path, `${remote.path}.away`);
    now += 60_000;

    const during = await opened.reader.head(signal);
    renameSync(`${remote.path}.away`, remote.path);
    const second = publish('Second');
    now += 60_000;
    const after = await opened.reader.head(signal);

    opened.close();
    expect(during).toEqual({
      ...before,
      stale: expect.stringMatching(/^the remote could not be asked: there is no/),
    });
    expect([after.commit.sha, after.stale]).toEqual([second, undefined]);
  });

  test('a remote that fails is not asked again and again', async () => {
    const git = recordingGit();
    let now = 1_000_000;
    const options = { repository: `file://${remote.path}`, fetchEvery: 15_000, now: () => now };
    const opened = await open({
      ...options,
      cacheDir: shop.folder('cache'),
      environment: { PATH: git.path },
    });
    await opened.reader.head(signal);
    renameSync(remote.path, `${remote.path}.away`);
    now += 20_000;

    for (const _ of [1, 2, 3]) await opened.reader.head(signal);
    const stale = await opened.reader.head(signal);

    opened.close();
    expect(fetchesIn(git.calls())).toBe(2);
    expect(stale.stale).toBeDefined();
  });

  test('a remote that hangs: nobody waits longer than the patience, and what is there is served', async () => {
    const folder = shop.folder('bin');
    const slow = join(folder, 'git');
    const cacheDir = shop.folder('cache');
    const repository = `file://${remote.path}`;
    const quick = await open({ repository, cacheDir });
    await quick.reader.head(signal);
    quick.close();
    writeFileSync(
      slow,
      `#!/bin/sh\ncase "$*" in *" fetch "*) exec sleep 5;; esac\nPATH='${process.env['PATH']}' exec git "$@"\n`,
    );
    chmodSync(slow, 0o755);
    const opened = await open({
      repository,
      cacheDir,
      patience: 300,
      environment: { PATH: `${folder}:/usr/bin:/bin` },
    });
    const started = Date.now();

    const head = await opened.reader.head(signal);

    opened.close();
    expect([head.commit.sha, head.stale]).toEqual([first, 'the remote has not answered for 1 s']);
    expect(Date.now() - started).toBeLessThan(4_000);
  });

  test('a first fetch that fails is an error, for everything that is asked', async () => {
    const gone = join(shop.root, 'nowhere.git');
    const options = { repository: `file://${gone}`, cacheDir: shop.folder('cache') };

    const unknown = await problemOf(open(options));
    const opened = await open({ ...options, base: 'main' });
    const problems = await Promise.all([
      problemOf(opened.reader.head(signal)),
      problemOf(opened.reader.resolve('main', signal)),
      problemOf(opened.reader.list(first, '', signal)),
      problemOf(opened.writer.open(signal)),
    ]);

    opened.close();
    expect([unknown, ...problems].map(({ code }) => code)).toEqual(Array(5).fill('unavailable'));
  });

  test('a call that ends during a first fetch does not end the fetch', async () => {
    const opened = await open({
      repository: `file://${remote.path}`,
      cacheDir: shop.folder('cache'),
      fetchEvery: 15_000,
    });
    const abort = new AbortController();

    const asked = problemOf(opened.reader.head(abort.signal));
    abort.abort();
    const problem = await asked;
    const head = await opened.reader.head(signal);

    opened.close();
    expect(problem.code).toBe('timeout');
    expect(head.commit.sha).toBe(first);
  });

  test('a first fetch tells how far it is, and stops at a size', async () => {
    work.commit('Grow', { 'big.bin': randomBytes(3_000_000) });
    work.git('push', '--quiet', remote.path, 'main');
    const told: string[] = [];
    const options = { repository: `file://${remote.path}`, base: 'main' };
    const opened = await open({
      ...options,
      cacheDir: shop.folder('cache'),
      progress: (done, total, message) => told.push(`${message} ${done === total ? 'done' : 'on'}`),
    });
    const bounded = await open({ ...options, cacheDir: shop.folder('cache'), limits: { bytes: 1_000_000 } });

    await opened.reader.head(signal);
    const problem = await problemOf(bounded.reader.head(signal));

    opened.close();
    bounded.close();
    expect(told).toContain('receiving objects done');
    expect([problem.code, problem.message]).toEqual(['unavailable', 'the repository is larger than 1 MB']);
  });

  test('many small fetches do not pile up packs, and what is being prepared survives', async () => {
    const cacheDir = shop.folder('cache');
    const author = { name: 'daytwo', email: 'daytwo@example.test' };
    const opened = await open({ repository: `file://${remote.path}`, cacheDir, author });
    const files = [{ path: 'b.md', content: Buffer.from('b\n'), was: null }];
    const prepared = await opened.writer.prepare({ base: first, files }, signal);
    const [folder = ''] = readdirSync(cacheDir);
    const packs = join(cacheDir, folder, 'mirror.git', 'objects', 'pack');
    const [pack = ''] = readdirSync(packs).filter((file) => file.endsWith('.pack'));
    const [stem = ''] = pack.split('.');
    for (const name of Array.from({ length: 60 }, (_, at) => `pack-${String(at).padStart(40, '0')}`)) {
      for (const end of ['pack', 'idx'])
        copyFileSync(join(packs, `${stem}.${end}`), join(packs, `${name}.${end}`));
    }
    const second = publish('Second');

    const head = await opened.reader.head(signal);
    const pushed = await opened.writer.push(prepared, 'daytwo/b', 'Add b\n', signal);

    opened.close();
    expect(head.commit.sha).toBe(second);
    expect(readdirSync(packs).filter((file) => file.endsWith('.pack'))).toHaveLength(1);
    expect(remote.git('rev-parse', 'daytwo/b')).toBe(pushed.commit);
  });

  test('a depth leaves old commits out, and proposals work', async () => {
    const newest = publish('Second');
    const opened = await open({
      repository: `file://${remote.path}`,
      cacheDir: shop.folder('cache'),
      limits: { depth: 1 },
      author: { name: 'daytwo', email: 'daytwo@example.test' },
    });
    const files = [{ path: 'b.md', content: Buffer.from('b\n'), was: null }];

    const history = await opened.reader.history(newest, '', 10, signal);
    const prepared = await opened.writer.prepare({ base: newest, files }, signal);
    const pushed = await opened.writer.push(prepared, 'daytwo/b', 'Add b\n', signal);

    opened.close();
    expect(history.map(({ subject }) => subject)).toEqual(['Second']);
    expect(remote.git('rev-parse', 'daytwo/b^')).toBe(newest);
    expect(remote.git('rev-parse', 'daytwo/b')).toBe(pushed.commit);
  });

  test('branches that go, move back or are renamed are followed', async () => {
    const repository = `file://${remote.path}`;
    publish('Second');
    work.git('push', '--quiet', remote.path, 'main:refs/heads/side', 'main:refs/heads/deep');
    const opened = await open({ repository, cacheDir: shop.folder('cache') });
    await opened.reader.head(signal);
    work.git('push', '--quiet', remote.path, `${first}:refs/heads/trunk`);
    remote.git('symbolic-ref', 'HEAD', 'refs/heads/trunk');
    work.git('push', '--quiet', remote.path, ':main', ':side', ':deep');
    work.git('push', '--quiet', remote.path, `${first}:refs/heads/deep/er`);

    const head = await opened.reader.head(signal);
    const gone = await problemOf(opened.reader.resolve('side', signal));
    const deeper = await opened.reader.resolve('deep/er', signal);

    opened.close();
    expect([opened.reader.identity.base, head.commit.sha, deeper.sha]).toEqual(['trunk', first, first]);
    expect(gone.code).toBe('not_found');
  });
});

describe('an operator’s own clone', () => {
  test('is followed to its upstream, and nothing in it is touched', async () => {
    work.git('push', '--quiet', remote.path, 'main:refs/heads/live');
    const clone = shop.clone('clone', remote);
    clone.git('checkout', '--quiet', '-b', 'mine', '--track', 'origin/live');
    clone.commit('Not pushed', { 'mine.md': 'x' });
    clone.commit('Not pushed either', { 'mine.md': 'y' });
    writeFileSync(join(clone.path, 'a.md'), 'edited by hand\n');
    const newer = work.commit('On the remote only');
    work.git('push', '--quiet', remote.path, 'main:refs/heads/live');
    const before = fingerprint(clone.path);
    const opened = await open({
      repository: join(clone.path, '.git', '..'),
      cacheDir: shop.folder('cache'),
      author: { name: 'daytwo', email: 'daytwo@example.test' },
    });

    const head = await opened.reader.head(signal);
    const blob = await opened.reader.read(head.commit.sha, 'a.md', signal);
    const files = [{ path: 'b.md', content: Buffer.from('b\n'), was: null }];
    const prepared = await opened.writer.prepare({ base: newer, files }, signal);
    await opened.writer.push(prepared, 'daytwo/b', 'Add b\n', signal);

    opened.close();
    expect(opened.reader.identity).toEqual({ url: `file://${remote.path}`, base: 'live' });
    expect([head.commit.sha, head.unpushed]).toEqual([newer, 2]);
    expect(Buffer.from(blob.content).toString()).toBe('a\n');
    expect(fingerprint(clone.path)).toEqual(before);
    expect(remote.git('rev-parse', 'daytwo/b^')).toBe(newer);
  });

  test('serves what it has fetched itself when its remote cannot be reached', async () => {
    const clone = shop.clone('clone', remote);
    clone.git('fetch', '--quiet');
    renameSync(remote.path, `${remote.path}.away`);
    const before = fingerprint(clone.path);
    const opened = await open({ repository: clone.path, cacheDir: shop.folder('cache') });

    const head = await opened.reader.head(signal);
    const files = await opened.reader.list(head.commit.sha, '', signal);

    opened.close();
    expect(head.commit.sha).toBe(first);
    expect(head.stale).toContain('could not be asked');
    expect(Date.now() - head.fetched).toBeLessThan(60_000);
    expect(files.map(({ path }) => path)).toEqual(['a.md']);
    expect(fingerprint(clone.path)).toEqual(before);
  });

  test('with a base and a remote that are configured follows those, from a linked work tree and below it too', async () => {
    const other = shop.bare('other', work);
    work.git('push', '--quiet', other.path, 'main:refs/heads/stable');
    const clone = shop.clone('clone', remote);
    clone.git('remote', 'add', 'upstream', other.path);
    const tree = join(shop.folder('trees'), 'tree');
    clone.git('worktree', 'add', '--quiet', '-b', 'beside', tree);
    mkdirSync(join(tree, 'docs'));

    const opened = await open({
      repository: join(tree, 'docs'),
      remote: 'upstream',
      base: 'stable',
      cacheDir: shop.folder('cache'),
    });
    const head = await opened.reader.head(signal);

    opened.close();
    expect(opened.reader.identity).toEqual({ url: `file://${other.path}`, base: 'stable' });
    expect(head.commit.sha).toBe(first);
  });

  test('with a relative URL and another one for pushing uses both', async () => {
    const push = shop.bare('push', work);
    const clone = shop.clone('clone', remote);
    clone.git('remote', 'set-url', 'origin', `../${remote.path.split('/').at(-1)}`);
    clone.git('remote', 'set-url', '--push', 'origin', push.path);
    const opened = await open({
      repository: clone.path,
      cacheDir: shop.folder('cache'),
      author: { name: 'daytwo', email: 'daytwo@example.test' },
    });
    const files = [{ path: 'b.md', content: Buffer.from('b\n'), was: null }];

    const prepared = await opened.writer.prepare({ base: first, files }, signal);
    const pushed = await opened.writer.push(prepared, 'daytwo/b', 'Add b\n', signal);

    opened.close();
    expect(opened.reader.identity.url).toBe(`file://${remote.path}`);
    expect(push.git('rev-parse', 'daytwo/b')).toBe(pushed.commit);
    expect(remote.references()).not.toContain('daytwo');
  });

  test.each([
    ['a path that is no repository', () => ({ repository: shop.folder('empty') })],
    ['a path that does not exist', () => ({ repository: join(shop.root, 'nowhere') })],
    ['a remote it does not have', () => ({ repository: shop.clone('clone', remote).path, remote: 'nope' })],
    ['a remote over http', () => ({ repository: 'http://git.example.test/home.git' })],
    ['a remote that runs a program', () => ({ repository: 'ext::sh -c true' })],
    ['a host that is an option', () => ({ repository: 'ssh://-oProxyCommand=true/home.git' })],
    ['a short host that is an option', () => ({ repository: '-oProxyCommand=true:home.git' })],
  ])('%s is refused', async (_, options) => {
    const problem = await problemOf(open({ ...options(), cacheDir: shop.folder('cache') }));

    expect(problem.code).toBe('invalid_input');
  });
});

describe('a local repository without a remote', () => {
  test('gets a branch, and nothing else', async () => {
    for (const hook of ['reference-transaction', 'post-update', 'pre-receive', 'post-receive']) {
      work.hook(hook, `touch '${shop.root}/ran-${hook}'; exit 1`);
    }
    writeFileSync(join(work.path, 'a.md'), 'edited by hand\n');
    const before = fingerprint(work.path);
    const opened = await open({
      repository: work.path,
      cacheDir: shop.folder('cache'),
      author: { name: 'daytwo', email: 'daytwo@example.test' },
    });
    const files = [{ path: 'docs/b.md', content: Buffer.from('b\n'), was: null }];

    const head = await opened.reader.head(signal);
    const prepared = await opened.writer.prepare({ base: head.commit.sha, files }, signal);
    const untouched = fingerprint(work.path);
    const pushed = await opened.writer.push(prepared, 'daytwo/b', 'Add b\n', signal);
    const again = await problemOf(opened.writer.push(prepared, 'daytwo/b', 'Another\n', signal));
    const state = await opened.writer.branchState('daytwo/b', pushed.commit, signal);
    const [listed] = await opened.writer.open(signal);

    opened.close();
    const added = fingerprint(work.path).filter((line) => !before.includes(line));
    const others = added.filter((line) => !/^\.git\/(?:objects|refs\/heads)(?:\/| directory)/.test(line));
    expect(untouched).toEqual(before);
    expect(others.filter((line) => !line.includes(' directory '))).toEqual([]);
    expect(work.git('rev-parse', 'daytwo/b')).toBe(pushed.commit);
    expect(work.git('show', 'daytwo/b:docs/b.md')).toBe('b');
    expect(readdirSync(shop.root).filter((name) => name.startsWith('ran-'))).toEqual([]);
    expect([again.code, again.message]).toEqual(['unavailable', expect.stringContaining('exists already')]);
    expect(state).toEqual({ state: 'complete', commit: pushed.commit });
    expect(listed).toMatchObject({ branch: 'daytwo/b', paths: ['docs/b.md'] });
    expect(head.unpushed).toBeUndefined();
  });
});

describe('credentials', () => {
  const token = 'tok-0123456789abcdef0123';

  test('reach Git in its environment, and neither its arguments, nor an error', async () => {
    const git = recordingGit();
    const repository = 'https://sam:hunter2hunter2@127.0.0.1:1/sam/home.git';
    const opened = await open({
      repository,
      base: 'main',
      cacheDir: shop.folder('cache'),
      environment: { PATH: git.path, FORGE_TOKEN: token, HOME: '/root', AWS_SECRET: 'not-for-git' },
      credentials: { tokenVariable: 'FORGE_TOKEN', caFile: '/etc/ca.pem' },
    });

    const problem = await problemOf(opened.reader.head(signal));

    opened.close();
    const basic = Buffer.from(`sam:${token}`).toString('base64');
    const said = [problem.message, problem.hint, String(problem.cause), opened.reader.identity.url].join(
      '\n',
    );
    expect(problem.code).toBe('unavailable');
    expect(git.environments()).toContain(`Authorization: Basic ${basic}`);
    expect(git.calls().join('\n') + said).not.toMatch(new RegExp(`${token}|hunter2|${basic}|sam[:@]`));
    expect(git.environments()).not.toContain('not-for-git');
    expect(opened.reader.identity.url).toBe('https://127.0.0.1:1/sam/home.git');
  });
});
