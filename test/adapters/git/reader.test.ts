import { readdirSync } from 'node:fs';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import type { RepositoryReader } from '../../../src/domain/repository/port.ts';
import { type TestRepository, type Workshop, openWorkshop } from '../../support/git-repository.ts';
import { open, problemOf, signal } from './opened.ts';

let shop: Workshop;
let work: TestRepository;
let reader: RepositoryReader;
let close: () => void;
let first: string;
let last: string;

const BINARY = Uint8Array.from([0, 1, 2, 255, 254, 10, 13, 10, 0]);

beforeAll(async () => {
  shop = openWorkshop();
  work = shop.repository('work');
  first = work.commit('Lay out the cluster', {
    'README.md': '# Home\n',
    'apps/wiki/release.yaml': 'image: wiki:3.2.0\nreplicas: 1\n',
    'apps/wiki/ks.yaml': 'name: wiki\n',
    'apps/blog.yaml': 'image: blog:1.0.0\n',
    'docs/Grüße (alt).md': 'Über WIKI\r\nwiki:3.2.0 ist gut\r\n',
    'logo.bin': BINARY,
    '.gitattributes': '*.yaml -diff\n',
  });
  work.git('tag', 'v1');
  work.git('checkout', '--quiet', '-b', 'side');
  work.commit('Try something beside', { 'side.txt': 'beside\n' });
  work.git('checkout', '--quiet', 'main');
  work.commit('Bump the wiki\nand wrap the subject\n\nBecause it is new.', {
    'apps/wiki/release.yaml': 'image: wiki:3.3.0\nreplicas: 1\n',
  });
  work.git('merge', '--quiet', '--no-ff', '-m', 'Merge side', 'side');
  last = work.commit('Say nothing of the wiki', { 'apps/blog.yaml': 'image: blog:1.0.1\n' });
  const remote = shop.bare('remote', work);
  work.git('push', '--quiet', remote.path, 'v1');
  const opened = await open({ repository: `file://${remote.path}`, cacheDir: shop.folder('cache') });
  ({ reader, close } = opened);
});
afterAll(() => {
  close();
  shop.remove();
});

describe('head and resolve', () => {
  test('the head is the tip of the base branch, which the remote names', async () => {
    const head = await reader.head(signal);

    expect(reader.identity.base).toBe('main');
    expect(head.commit).toEqual({
      sha: last,
      author: 'Sam Operator',
      when: '2026-03-01T08:04:00+00:00',
      subject: 'Say nothing of the wiki',
    });
    expect(head.stale).toBeUndefined();
    expect(Date.now() - head.fetched).toBeLessThan(20_000);
  });

  test.each([
    ['a branch', () => 'side', 'Try something beside'],
    ['a tag', () => 'v1', 'Lay out the cluster'],
    ['a full id', () => first, 'Lay out the cluster'],
    ['an abbreviated id', () => last.slice(0, 9), 'Say nothing of the wiki'],
  ])('%s is resolved', async (_, revision, subject) => {
    const commit = await reader.resolve(revision(), signal);

    expect(commit.subject).toBe(subject);
  });

  test.each([
    'main~1',
    'main^{tree}',
    'main..side',
    '--all',
    '-x',
    'HEAD:README.md',
    '@{-1}',
    'main@{1}',
    ':/Bump',
    'a b',
    'x\ny',
    '',
    'refs/../heads',
    'a.lock',
  ])('%j names no revision', async (revision) => {
    const problem = await problemOf(reader.resolve(revision, signal));

    expect(problem.code).toBe('invalid_input');
  });

  test.each(['nope', 'deadbeef', 'f'.repeat(40)])('%s is not there', async (revision) => {
    const problem = await problemOf(reader.resolve(revision, signal));

    expect(problem.code).toBe('not_found');
  });
});

describe('list and read', () => {
  test('all files, in the order of their paths', async () => {
    const files = await reader.list(last, '', signal);

    expect(files.map(({ path }) => path)).toEqual([
      '.gitattributes',
      'README.md',
      'apps/blog.yaml',
      'apps/wiki/ks.yaml',
      'apps/wiki/release.yaml',
      'docs/Grüße (alt).md',
      'logo.bin',
      'side.txt',
    ]);
    expect(files[1]).toEqual({
      path: 'README.md',
      mode: '100644',
      id: work.git('rev-parse', `${last}:README.md`),
      size: 7,
    });
  });

  test('one directory, and no other that starts alike', async () => {
    const files = await reader.list(last, 'apps/wiki', signal);

    expect(files.map(({ path }) => path)).toEqual(['apps/wiki/ks.yaml', 'apps/wiki/release.yaml']);
  });

  test('a file is what it was at the commit, byte for byte', async () => {
    const [old, now, binary] = await Promise.all([
      reader.read(first, 'apps/wiki/release.yaml', signal),
      reader.read(last, 'apps/wiki/release.yaml', signal),
      reader.read(last, 'logo.bin', signal),
    ]);

    expect(Buffer.from(old.content).toString()).toBe('image: wiki:3.2.0\nreplicas: 1\n');
    expect(Buffer.from(now.content).toString()).toBe('image: wiki:3.3.0\nreplicas: 1\n');
    expect(Uint8Array.from(binary.content)).toEqual(BINARY);
  });

  test('of many reads at once each gets its own answer', async () => {
    const paths = (await reader.list(last, '', signal)).map(({ path }) => path);
    const asked = [...paths, ...paths, 'nope.md', 'apps'];

    const answers = await Promise.allSettled(asked.map((path) => reader.read(last, path, signal)));

    expect(answers.map((answer) => (answer.status === 'fulfilled' ? answer.value.path : 'refused'))).toEqual([
      ...paths,
      ...paths,
      'refused',
      'refused',
    ]);
  });

  test.each([
    ['nope.md', 'not_found'],
    ['apps', 'not_found'],
    ['../etc/passwd', 'invalid_input'],
    ['/etc/passwd', 'invalid_input'],
    ['apps//blog.yaml', 'invalid_input'],
    ['--help', 'invalid_input'],
    ['a\0b', 'invalid_input'],
    ['', 'not_found'],
    ['*.md', 'not_found'],
    [':(glob)**', 'not_found'],
  ])('%j is refused', async (path, code) => {
    const problem = await problemOf(reader.read(last, path, signal));

    expect(problem.code).toBe(code);
  });

  test('a file over the bound is refused, and does not spoil what is read with it', async () => {
    const big = work.commit('Add a big file', { 'big.log': 'x'.repeat(5_000_001), 'small.log': 'x' });
    const opened = await open({ repository: work.path, cacheDir: shop.folder('cache') });
    await opened.reader.head(signal);

    const [problem, small] = await Promise.all([
      problemOf(opened.reader.read(big, 'big.log', signal)),
      opened.reader.read(big, 'small.log', signal),
    ]);

    opened.close();
    work.git('reset', '--quiet', '--hard', last);
    expect([problem.code, problem.message]).toEqual(['invalid_input', 'big.log is larger than 5 MB']);
    expect(small.size).toBe(1);
  });

  test.each(['f'.repeat(40), 'abcd'])('commit %s is not there', async (commit) => {
    const problems = await Promise.all([
      problemOf(reader.read(commit, 'README.md', signal)),
      problemOf(reader.list(commit, '', signal)),
      problemOf(reader.history(commit, '', 1, signal)),
      problemOf(reader.search(commit, { text: 'x', ignoreCase: false, paths: [], limit: 1 }, signal)),
    ]);

    expect(problems.map(({ code }) => code)).toEqual(Array(4).fill('not_found'));
  });
});

describe('search', () => {
  const query = { ignoreCase: false, paths: [], limit: 50 };

  test('finds a literal text with path and line, whatever the attributes say', async () => {
    const matches = await reader.search(last, { ...query, text: 'wiki:3.' }, signal);

    expect(matches).toEqual([
      { path: 'apps/wiki/release.yaml', line: 1, text: 'image: wiki:3.3.0' },
      { path: 'docs/Grüße (alt).md', line: 2, text: 'wiki:3.2.0 ist gut\r' },
    ]);
  });

  test('looks below the paths only, and takes nothing in them for a pattern', async () => {
    const [below, pattern] = await Promise.all([
      reader.search(last, { ...query, text: 'image', paths: ['apps/wiki'] }, signal),
      reader.search(last, { ...query, text: 'image', paths: ['apps/*'] }, signal),
    ]);

    expect(below.map(({ path }) => path)).toEqual(['apps/wiki/release.yaml']);
    expect(pattern).toEqual([]);
  });

  test('ignores case only when asked to, beyond ASCII too', async () => {
    const [exact, any] = await Promise.all([
      reader.search(last, { ...query, text: 'über wiki' }, signal),
      reader.search(last, { ...query, text: 'über wiki', ignoreCase: true }, signal),
    ]);

    expect(exact).toEqual([]);
    expect(any.map(({ line }) => line)).toEqual([1]);
  });

  test('stops at the limit', async () => {
    const matches = await reader.search(last, { ...query, text: 'i', limit: 2 }, signal);

    expect(matches).toHaveLength(2);
  });

  test.each(['', '  ', 'a\nb', 'a\0b', 'x'.repeat(1_001)])('%j is not searched for', async (text) => {
    const problem = await problemOf(reader.search(last, { ...query, text }, signal));

    expect(problem.code).toBe('invalid_input');
  });

  test.each(['--open-files-in-pager=touch /tmp/x', '-e', '.*', '[a-z'])('%j is only text', async (text) => {
    const matches = await reader.search(last, { ...query, text }, signal);

    expect(matches).toEqual([]);
  });
});

describe('history', () => {
  test('of a file', async () => {
    const commits = await reader.history(last, 'apps/wiki/release.yaml', 10, signal);

    expect(commits.map(({ subject }) => subject)).toEqual([
      'Bump the wiki and wrap the subject',
      'Lay out the cluster',
    ]);
    expect(commits[1]).toEqual(await reader.resolve(first, signal));
  });

  test('of everything, merges as one step, no more than asked for', async () => {
    const commits = await reader.history(last, '', 3, signal);

    expect(commits.map(({ subject }) => subject)).toEqual([
      'Say nothing of the wiki',
      'Merge side',
      'Bump the wiki and wrap the subject',
    ]);
  });

  test('of nothing', async () => {
    const problem = await problemOf(reader.history(last, 'nope', 3, signal));

    expect(problem.code).toBe('not_found');
  });
});

test('one folder per repository, with a name that tells which', async () => {
  const cacheDir = shop.folder('cache');
  const remote = shop.bare('homelab.git', work);

  const [one, two] = await Promise.all([
    open({ repository: `file://${remote.path}`, cacheDir }),
    open({ repository: `file://${remote.path}`, cacheDir }),
  ]);

  one.close();
  two.close();
  expect(readdirSync(cacheDir)).toEqual([expect.stringMatching(/^homelab-git-[a-z0-9-]+-[0-9a-f]{16}$/)]);
});

describe('last changes', () => {
  test('each file has the newest commit on the base that touched it; a merge counts for what it brought', async () => {
    const paths = [
      'apps/wiki/release.yaml',
      'apps/blog.yaml',
      'side.txt',
      'docs/Grüße (alt).md',
      'gone.yaml',
    ];

    const changes = await reader.lastChanges(last, paths, signal);

    expect(Object.fromEntries([...changes].map(([path, { subject }]) => [path, subject]))).toEqual({
      'apps/wiki/release.yaml': 'Bump the wiki and wrap the subject',
      'apps/blog.yaml': 'Say nothing of the wiki',
      'side.txt': 'Merge side',
      'docs/Grüße (alt).md': 'Lay out the cluster',
    });
    expect(changes.get('apps/blog.yaml')).toEqual({
      sha: last,
      author: 'Sam Operator',
      when: '2026-03-01T08:04:00+00:00',
      subject: 'Say nothing of the wiki',
    });
  });

  test('what came later does not count at an older commit', async () => {
    const changes = await reader.lastChanges(first, ['apps/wiki/release.yaml', 'side.txt'], signal);

    expect([...changes].map(([path, { sha }]) => [path, sha])).toEqual([['apps/wiki/release.yaml', first]]);
  });
});
