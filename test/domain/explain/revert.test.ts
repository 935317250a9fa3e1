import { expect, test } from 'vitest';

import { type Suspicion, changeBack, lastCommits } from '#domain/explain/revert.ts';
import type { Commit, RepositoryReader } from '#domain/repository/port.ts';

const CHANGES: readonly (readonly [string, string, string, ReturnType<typeof changeBack>])[] = [
  ['one line', 'a: 1\ntag: 2\n', 'a: 1\ntag: 1\n', { find: 'tag: 2', with: 'tag: 1' }],
  ['nothing', 'a: 1\n', 'a: 1\n', undefined],
  ['two lines', 'a: 2\nb: 2\nc: 1\n', 'a: 1\nb: 1\nc: 1\n', { find: 'a: 2\nb: 2', with: 'a: 1\nb: 1' }],
  ['an added line', 'a: 1\nb: 1\nc: 1\n', 'a: 1\nc: 1\n', { find: 'a: 1\nb: 1\nc: 1', with: 'a: 1\nc: 1' }],
  ['a removed line', 'a: 1\nc: 1\n', 'a: 1\nb: 1\nc: 1\n', { find: 'a: 1\nc: 1', with: 'a: 1\nb: 1\nc: 1' }],
  [
    'a line that stands twice',
    'x:\n  tag: 2\ny:\n  tag: 2\n',
    'x:\n  tag: 2\ny:\n  tag: 1\n',
    { find: 'y:\n  tag: 2\n', with: 'y:\n  tag: 1\n' },
  ],
  ['too much', `a: ${'x'.repeat(700)}\nb\nc`, 'd\ne\nc', undefined],
];

test.for(CHANGES)('takes back %s', ([, now, then, expected]) => {
  expect(changeBack(now, then)).toEqual(expected);
});

test.for(CHANGES.filter(([, , , edit]) => edit))('what takes back %s gives the old text', ([, now, then]) => {
  const edit = changeBack(now, then) ?? { find: '', with: '' };

  expect(now.replace(edit.find, () => edit.with)).toBe(then);
});

const commit = (sha: string, when: string): Commit => ({ sha, when, author: 'sam', subject: `bump ${sha}` });
const NEW = commit('b'.repeat(40), '2026-03-14T10:00:00Z');
const OLD = commit('a'.repeat(40), '2026-03-01T10:00:00Z');

function repository(texts: Readonly<Record<string, string>>): RepositoryReader {
  const read = async (sha: string, path: string) => {
    const content = new TextEncoder().encode(texts[sha] ?? '');
    return { path, mode: '100644', id: 'c'.repeat(40), size: content.length, content };
  };
  return {
    identity: { url: 'https://git.example.test/home.git', base: 'main' },
    head: async () => ({ commit: NEW, fetched: 0 }),
    resolve: async () => NEW,
    list: async () => [],
    read,
    search: async () => [],
    history: async () => [NEW, OLD],
    lastChanges: async () => new Map(),
  };
}

const bumped = { [NEW.sha]: 'tag: 2\n', [OLD.sha]: 'tag: 1\n' };
const sealed = 'kind: Secret\napiVersion: v1\nstringData:\n  password: ';

const ASKED: readonly (readonly [string, Suspicion, Readonly<Record<string, string>>, boolean])[] = [
  [
    'soon after the commit',
    { path: 'a.yaml', reason: 'it broke', since: '2026-03-14T10:05:00Z' },
    bumped,
    true,
  ],
  ['before the commit', { path: 'a.yaml', reason: 'it broke', since: '2026-03-14T09:00:00Z' }, bumped, false],
  [
    'weeks after the commit',
    { path: 'a.yaml', reason: 'it broke', since: '2026-04-14T09:00:00Z' },
    bumped,
    false,
  ],
  [
    'weeks after the commit, when it was rolled out',
    { path: 'a.yaml', reason: 'it broke', since: '2026-04-14T09:00:00Z', arrived: ['2026-04-14T08:59:00Z'] },
    bumped,
    true,
  ],
  ['at an unknown time', { path: 'a.yaml', reason: 'it broke' }, bumped, false],
  ['never', { path: 'a.yaml', since: '2026-03-14T10:05:00Z' }, bumped, false],
  [
    'in a Secret with plain values',
    { path: 'a.yaml', reason: 'it broke', since: '2026-03-14T10:05:00Z' },
    { [NEW.sha]: `${sealed}new\n`, [OLD.sha]: `${sealed}old\n` },
    false,
  ],
];

test.for(ASKED)('suspects the last commit when it broke %s: %o', async ([, suspicion, texts, expected]) => {
  const { commits, revert } = await lastCommits(repository(texts), suspicion, AbortSignal.timeout(1_000));

  expect(commits).toEqual([NEW, OLD]);
  expect(revert !== undefined).toBe(expected);
});
