import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

import { beforeAll, describe, expect, test } from 'vitest';

import packageJson from '../../package.json' with { type: 'json' };
import { buildRepository } from '../../scripts/homelab/repository.ts';
import { openSession } from '../support/session.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../..');

/** The package as it would be published, unpacked away from every dependency. */
describe('the published package', () => {
  const folder = mkdtempSync(join(tmpdir(), 'daytwo-package-'));
  const main = join(folder, 'package/dist/main.js');
  const daytwo = (...args: string[]) => run(process.execPath, [main, ...args], { cwd: folder });

  beforeAll(async () => {
    await run('npm', ['pack', '--pack-destination', folder], { cwd: root });
    const archive = readdirSync(folder).find((file) => file.endsWith('.tgz')) ?? '';
    await run('tar', ['-xzf', archive], { cwd: folder });
  });

  test('holds the bundle, the policy, the runbooks, the README and the licence', () => {
    expect(readdirSync(join(folder, 'package')).toSorted()).toEqual([
      'LICENSE',
      'README.md',
      'dist',
      'package.json',
      'policy',
      'runbooks',
    ]);
  });

  test('needs none of its dependencies installed', async () => {
    const { stdout } = await daytwo('--version');

    expect(stdout.trim()).toBe(packageJson.version);
  });

  test('answers from its runbooks, and reads a repository', async () => {
    const { directory } = await buildRepository(join(folder, 'remote.git'), { at: 'broken', bare: true });
    const session = await openSession({
      main,
      args: ['--repo', directory, '--cache-dir', join(folder, 'cache'), '--audit-dir', join(folder, 'audit')],
      env: { HOME: folder },
    });

    const runbook = await session.call('runbook_lookup', { runbook: 'node-not-ready' });
    const found = await session.call('repo_search', { kind: 'HelmRelease', name: 'wiki-search' });
    await session.close();

    expect(runbook.text).toContain('node-not-ready.md');
    expect(found.data).toMatchObject({ results: { total: 1 } });
  });

  test('finds its policy, and a kubeconfig that leads nowhere is told in words', async () => {
    const { stdout } = await daytwo('policy', 'validate');
    const doctor = await daytwo('doctor', '--kubeconfig', join(folder, 'missing')).catch(
      (error: { stdout: string }) => error,
    );

    expect(stdout).toContain(join(folder, 'package/policy/policy.yaml'));
    expect(doctor.stdout).toMatch(/FAIL .*cluster/);
    expect(doctor.stdout).not.toContain('    at ');
  });

  test('tells an old Node in one line what it needs', async () => {
    const pretend = `Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '20.20.2' } })`;
    const answer = run(process.execPath, ['--import', `data:text/javascript,${pretend}`, main], {
      cwd: folder,
    });

    await expect(answer).rejects.toMatchObject({
      code: 1,
      stdout: '',
      stderr: 'daytwo needs Node 22.18 or newer; this is Node 20.20.2.\n',
    });
  });

  test('loads the Kubernetes client with the first question, not to list its tools', () => {
    const dist = join(folder, 'package/dist');
    const holders = readdirSync(dist).filter((file) =>
      readFileSync(join(dist, file), 'utf8').includes('loadFromClusterAndUser'),
    );
    const entries = readdirSync(dist).filter((file) => file.startsWith('main'));

    const loaded = withStaticImports(dist, entries);

    expect(holders).toHaveLength(1);
    expect(entries).toHaveLength(2);
    expect(loaded).not.toContain(holders[0]);
  });
});

function withStaticImports(dist: string, files: readonly string[], seen = new Set<string>()): Set<string> {
  for (const file of files) {
    if (seen.has(file)) continue;
    seen.add(file);
    const text = readFileSync(join(dist, file), 'utf8');
    const imported = [...text.matchAll(/(?:from|import)"\.\/([^"]+)"/g)].map((match) => match[1] ?? '');
    withStaticImports(dist, imported, seen);
  }
  return seen;
}
