import { describe, expect, test } from 'vitest';

import { matchesGlob } from '#domain/glob.ts';
import { isUnder, proposalPathProblem, readPathProblem } from '#domain/repository/paths.ts';

describe('paths', () => {
  test.each([
    'README.md',
    'clusters/main/kubernetes/apps/wiki/app/helm-release.yaml',
    'docs/incidents/2026-03-14-wiki.md',
    'docs/über.md',
    'docs/план.md',
    'a/b_c/d+e@f.yaml',
    'kubernetes/apps/a/..b.yaml',
  ])('%s can be read and proposed', (path) => {
    expect([readPathProblem(path), proposalPathProblem(path)]).toEqual([undefined, undefined]);
  });

  test.each([
    'dashboards/Node Exporter (full).json',
    'a/$x.yaml',
    '.github/workflows/a.yaml',
    'a/#b',
    'a/-c',
    'wikі.md',
  ])('%s can be read; it is not for the other grammar to say', (path) => {
    expect(readPathProblem(path)).toBeUndefined();
  });

  test.each([
    '',
    '/',
    '/a',
    'a/',
    'a//b',
    './a',
    'a/./b',
    'a/../b',
    '..',
    '.git/config',
    'a/.Git/x',
    ':(glob)*',
    'a\tb',
    'a\u200Db',
    'x'.repeat(401),
  ])('%j is not read', (path) => {
    expect([readPathProblem(path), proposalPathProblem(path)]).toEqual([
      expect.any(String),
      expect.any(String),
    ]);
  });
});

describe('globs and roots', () => {
  test.each([
    ['**', 'a/b', true],
    ['docs/**', 'docs/a/b.md', true],
    ['docs/**', 'docs', true],
    ['docs/**', 'doc/a', false],
    ['**/*.pem', 'a.pem', true],
    ['**/*.pem', 'a/b/c.pem', true],
    ['**/*.pem', 'a/b.pem/c', false],
    ['*/a*b*c', 'x/a1b2c', true],
    ['*/a*b*c', 'x/acb', false],
    ['a*a', 'a', false],
    ['clusters/*/apps/**', 'clusters/main/apps/x', true],
    ['clusters/*/apps/**', 'clusters/main/other/apps/x', false],
  ])('%s against %s is %j', (glob, path, matches) => {
    expect(matchesGlob(glob, path)).toBe(matches);
  });

  test.each([
    [['docs'], 'docs/a.md', true],
    [['docs/'], 'docs/a.md', true],
    [['docs'], 'docs-private/a.md', false],
    [['clusters/main', 'docs'], 'clusters/other/a.yaml', false],
    [['clusters/*/kubernetes/**'], 'clusters/main/kubernetes/a.yaml', true],
    [[], 'docs/a.md', false],
  ])('under %j, %s is %j', (roots, path, is) => {
    expect(isUnder(roots, path)).toBe(is);
  });

  test('are matched fast, whatever they hold', () => {
    const started = performance.now();

    matchesGlob(`${'**/'.repeat(60)}b`, 'a/'.repeat(180));
    matchesGlob('*a'.repeat(100), 'a'.repeat(390));

    expect(performance.now() - started).toBeLessThan(500);
  });
});
