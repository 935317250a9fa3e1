import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { localEnvironment } from '../../../src/adapters/git/environment.ts';
import { type GitCommand, runGit } from '../../../src/adapters/git/run.ts';
import { type TestRepository, openWorkshop } from '../../support/git-repository.ts';
import { problemOf, signal } from './opened.ts';

const shop = openWorkshop();
let repository: TestRepository;
beforeAll(() => {
  repository = shop.repository('run');
  repository.commit('First', { 'a.md': 'x'.repeat(100_000) });
});
afterAll(() => shop.remove());

function command(args: readonly string[], more: Partial<GitCommand> = {}): GitCommand {
  const env = localEnvironment({ PATH: process.env['PATH'] });
  return { args, cwd: repository.path, env, signal, limit: 10_000, ...more };
}

describe('a command', () => {
  test('gives bytes, exit code and what it said, and takes empty input', async () => {
    const [content, missing, empty] = await Promise.all([
      runGit(command(['cat-file', 'blob', 'HEAD:a.md'])),
      runGit(command(['cat-file', 'blob', 'HEAD:nope'])),
      runGit(command(['hash-object', '--stdin'], { input: new Uint8Array() })),
    ]);

    expect([content.code, content.stdout.length]).toEqual([0, 100_000]);
    expect([missing.code, missing.stderr]).toEqual([128, expect.stringContaining('nope')]);
    expect(empty.stdout.toString()).toBe('e69de29bb2d1d6434b8b29ae775ad8c2e48c5391\n');
  });

  test('ends at its limit, at the caller’s deadline and when it is cancelled', async () => {
    // Waits for input that never comes.
    const waiting = ['cat-file', '--batch'];
    const cancelled = new AbortController();
    setTimeout(() => cancelled.abort(), 100);

    const problems = await Promise.all([
      problemOf(runGit(command(waiting, { limit: 100 }))),
      problemOf(runGit(command(waiting, { signal: AbortSignal.timeout(100) }))),
      problemOf(runGit(command(waiting, { signal: cancelled.signal }))),
      problemOf(runGit(command(waiting, { signal: AbortSignal.abort() }))),
    ]);

    expect(problems.map(({ code, message }) => [code, message])).toEqual([
      ['timeout', 'Git did not finish within 1 s'],
      ['timeout', 'Git did not finish before the deadline of the call'],
      ['timeout', 'the call was cancelled'],
      ['timeout', 'the call was cancelled'],
    ]);
  });

  test('may not say more than it is bounded to, and may be ended when that is enough', async () => {
    const args = ['cat-file', 'blob', 'HEAD:a.md'];

    const problem = await problemOf(runGit(command(args, { maxBytes: 1_000 })));
    const enough = await runGit(command(args, { enough: (chunk) => chunk.length > 0 }));

    expect(problem.code).toBe('invalid_input');
    expect([enough.code, enough.stdout.length > 0]).toEqual([0, true]);
  });

  test('without git says so', async () => {
    const problem = await problemOf(runGit(command(['version'], { env: { PATH: shop.folder('empty') } })));

    expect([problem.code, problem.message]).toEqual(['unavailable', 'git could not be started']);
  });

  test('runs no hook and no program of the repository, and inherits nothing', async () => {
    const ran = join(shop.folder('ran'), 'it');
    repository.hook('reference-transaction', `echo hook > '${ran}'`);
    repository.git('config', 'core.fsmonitor', `echo fsmonitor > '${ran}'; false`);
    repository.git('config', 'diff.external', `echo external > '${ran}'; true`);
    process.env['GIT_TRACE'] = ran;

    await runGit(command(['update-ref', 'refs/heads/other', 'HEAD']));
    await runGit(command(['diff-tree', '-p', '--no-ext-diff', 'HEAD']));

    delete process.env['GIT_TRACE'];
    expect(readdirSync(join(ran, '..'))).toEqual([]);
    expect(repository.git('rev-parse', 'other')).toBe(repository.git('rev-parse', 'HEAD'));
  });
});

test('one file starts Git, and nothing else starts anything', () => {
  const source = join(import.meta.dirname, '../../../src');
  const files = readdirSync(source, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );

  const starters = files.filter((file) =>
    /from '(?:simple-git|node:child_process|child_process)'/.test(readFileSync(join(source, file), 'utf8')),
  );

  expect(starters).toEqual(['adapters/git/run.ts']);
});
