import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { buildRepository, type BuiltRepository } from '../../scripts/homelab/repository.ts';

const WIKI = 'clusters/main/kubernetes/apps/wiki/app/helm-release.yaml';
const BUMP = 'feat(container): update image wiki 3.2.0 -> 3.3.0';
const changed = (lines: string[]): string[] => lines.filter((line) => /^[-+] /.test(line));
const scratch = mkdtempSync(join(tmpdir(), 'daytwo-example-'));
let built: BuiltRepository;

function git(...args: string[]): string {
  return execFileSync('git', ['-C', built.directory, ...args], { encoding: 'utf8' }).trim();
}

beforeAll(async () => {
  built = await buildRepository(join(scratch, 'one'));
});

afterAll(() => rmSync(scratch, { recursive: true, force: true }));

describe('the history of the example', () => {
  test('has the same commit ids when it is built again, elsewhere and with other settings', async () => {
    const refs = git('for-each-ref');
    vi.stubEnv('GIT_AUTHOR_NAME', 'Somebody Else');
    vi.stubEnv('TZ', 'Pacific/Auckland');

    const again = await buildRepository(join(scratch, 'deeper/two'));

    vi.unstubAllEnvs();
    const refsAgain = execFileSync('git', ['-C', again.directory, 'for-each-ref'], { encoding: 'utf8' });
    expect(again.head).toBe(built.head);
    expect(refsAgain.trim()).toBe(refs);
  });

  test('tells the story in order', () => {
    const subjects = git('log', '--reverse', '--format=%s', 'main').split('\n');

    expect(subjects).toEqual([
      'Lay out the cluster',
      'Run the apps',
      'feat(container): update image wiki 3.1.4 -> 3.2.0',
      'Back up the documents of paperless, and read them back',
      'Disable dns-sinkhole while the router is tested',
      'feat(talos): update Talos v1.13.8 -> v1.13.9',
      'fix(helm): update chart jellyfin 23.1.1 -> 23.1.2',
      BUMP,
      'docs: write down the maintenance of last week',
      'fix(helm): update chart cert-manager 1.20.0 -> 1.20.1',
      `Revert "${BUMP}"`,
    ]);
    expect(git('log', '-1', '--format=%s', 'broken')).toBe(subjects[9]);
    expect(git('rev-parse', 'recovered')).toBe(built.head);
  });

  test('breaks the wiki with one line, and mends it with the same', () => {
    const bump = built.commits.get(BUMP) ?? '';

    const broken = git('diff', '--unified=0', `${bump}^`, bump).split('\n');
    const mended = git('diff', '--unified=0', 'broken', 'recovered', '--', WIKI).split('\n');

    expect(changed(broken)).toEqual(['-      tag: 3.2.0', '+      tag: 3.3.0']);
    expect(changed(mended)).toEqual(['-      tag: 3.3.0', '+      tag: 3.2.0']);
    expect(git('diff', '--name-only', 'broken', 'recovered').split('\n')).toEqual([
      WIKI,
      'docs/incidents/2026-03-14-wiki-crashloop.md',
    ]);
    expect(git('log', '-1', '--format=%b', 'recovered')).toContain(`This reverts commit ${bump}.`);
  });

  test('has an incident note that names the commit to blame', () => {
    const note = readFileSync(join(built.directory, 'docs/incidents/2026-03-14-wiki-crashloop.md'), 'utf8');

    const named = [...note.matchAll(/\b[0-9a-f]{8}\b/g)].map(([id]) => id);

    expect(new Set(named)).toEqual(new Set([built.commits.get(BUMP)?.slice(0, 8)]));
  });

  test('has four branches, each a commit upon the recovered state', () => {
    const branches = git('for-each-ref', '--format=%(refname:short)', 'refs/heads/case').split('\n');

    const changes = branches.map((branch) => [branch, git('diff', '--name-only', `${branch}^`, branch)]);

    expect(branches.map((branch) => git('rev-parse', `${branch}^`))).toEqual(Array(4).fill(built.head));
    expect(Object.fromEntries(changes)).toEqual({
      'case/empty-root': 'clusters/main/kubernetes/network/kustomization.yaml',
      'case/plaintext-secret': [
        'clusters/main/kubernetes/apps/code-server/app/code-server.secret.yaml',
        'clusters/main/kubernetes/apps/code-server/app/kustomization.yaml',
      ].join('\n'),
      'case/undefined-variable': WIKI,
      'case/version-skew': 'clusters/main/talos/talconfig.yaml',
    });
  });

  test('stops at the bad hour where a remote for the demonstration is wanted', async () => {
    const directory = join(scratch, 'remote.git');

    const remote = await buildRepository(directory, { at: 'broken', bare: true });

    const refs = execFileSync('git', ['-C', directory, 'for-each-ref', '--format=%(objectname) %(refname)'], {
      encoding: 'utf8',
    });
    const broken = git('rev-parse', 'broken');
    expect(remote.head).toBe(broken);
    expect(refs.trim().split('\n')).toEqual([`${broken} refs/heads/main`, `${broken} refs/tags/broken`]);
  });
});
