import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';

import { Client } from '@modelcontextprotocol/client';
import { StdioClientTransport } from '@modelcontextprotocol/client/stdio';
import { describe, expect, test } from 'vitest';

import { checkBranch, gitIn, refsOf } from '../../scripts/demo/remote.ts';
import { buildRepository } from '../../scripts/homelab/repository.ts';
import { newFolder, type Ran } from '../support/daytwo.ts';

const SCRIPT = join(import.meta.dirname, '../../scripts/demo.ts');
const FILE = 'clusters/main/kubernetes/apps/wiki/app/helm-release.yaml';

describe('the demo', () => {
  test('tells the story of the recorded cluster up to the fix, on a machine without any, and leaves nothing', async () => {
    const { code, stdout, stderr, folder } = await demo([], { FORCE_COLOR: '1' });

    const story = stripVTControlCharacters(stdout);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(stdout).not.toBe(story);
    expect(story.split('\n').filter((line) => /^\w+ \{.*\} {2}\d+\.\d KB, \d+ ms$/.test(line))).toHaveLength(
      10,
    );
    inOrder(story, [
      'health_summary {}',
      'failed    Deployment/wiki/wiki CrashLoopBackOff',
      'migration 42 (page locales) failed',
      'registry.example.test/wiki:3.3.0',
      '5 more are broken only because of it',
      'CronJob/paperless/paperless-backup-drill',
      'Node/worker-2 Cordoned',
      'reconciliation_status {}',
      'stalled   HelmRelease/wiki/wiki',
      'suspended Kustomization/flux-system/jellyfin',
      'runbook_lookup {"runbook":"docs/runbooks/crashloop-rollback"',
      'Revert the commit that brought the version, and nothing else',
      'drift_diff {"kustomization":"homepage"}',
      'reverted  Deployment/homepage/link-checker .spec.replicas',
      '3 in the cluster, 1 in Git (clusters/main/kubernetes/apps/homepage/app/link-checker.yaml:8)',
      'kubectl scale, after 20',
      'reverted  Deployment/homepage/link-checker .spec.template.spec.containers[name="main"].env',
      '[CHECK_EVERY] in the cluster, nothing in Git (clusters/main/kubernetes/apps/homepage/app/link-checker.yaml:18)',
      'kubectl edit, by 20',
      'repo_search {"text":"tag: 3.3.0"}',
      `${FILE}:30`,
      'repo_history {',
      'update image wiki 3.2.0 -> 3.3.0',
      'repo_read {',
      'propose_change {"preview":true',
      '-      tag: 3.3.0\n  +      tag: 3.2.0\n',
      'Nothing was pushed.',
      'propose_change {"title":"Roll wiki back to 3.2.0"',
      'pushed daytwo/roll-wiki-back-to-3-2-0-',
      'proposal_list {}',
      'open daytwo/roll-wiki-back-to-3-2-0-',
      'What is in the remote now?',
      'fix: roll wiki back to 3.2.0\n  e679fb4 ',
      'Daytwo-Audit-Id: ',
      '-      tag: 3.3.0\n  +      tag: 3.2.0\n',
      'The branch is the fix and nothing else. main is where it was:\n  e679fb4 ',
    ]);
    expect(readdirSync(folder)).toEqual([]);
  });

  test('keeps everything when asked to, and names the command that serves it', async () => {
    const { code, stdout, folder } = await demo(['--keep']);

    expect(code).toBe(0);
    const { command, args } = configurationIn(stdout);
    expect(stdout).toContain(`claude mcp add daytwo-demo -- ${[command, ...args].join(' ')}\n`);
    expect(readdirSync(folder)).toHaveLength(1);
    expect(await proposalsOf(command, args)).toContain('daytwo/roll-wiki-back-to-3-2-0-');
  });

  test('fails where it cannot do what it says, and leaves nothing either', async () => {
    const { code, stderr, folder } = await demo([], { PATH: '/nowhere' });

    expect(code).toBe(1);
    expect(stderr).toContain('git');
    expect(readdirSync(folder)).toEqual([]);
  });
});

describe('the check of its branch', () => {
  const fix = { [FILE]: ['tag: 3.3.0', 'tag: 3.2.0'] } as const;
  const more = { [FILE]: ['tag: 3.3.0', 'tag: 3.2.0\n      debug: true'] } as const;
  const other = { [FILE]: ['tag: 3.3.0', 'tag: 3.1.4'] } as const;
  const elsewhere = { ...fix, 'docs/maintenance.md': ['#', '##'] } as const;

  test('accepts the fix', async () => {
    const pushed = await pushedWith(fix);

    await expect(checkBranch(pushed)).resolves.toBeUndefined();
  });

  test.for([
    ['another line', more, 'the changed lines'],
    ['another version', other, 'the changed lines'],
    ['another file', elsewhere, 'the changed files'],
  ] as const)('refuses %s', async ([, edits, what]) => {
    const pushed = await pushedWith(edits);

    await expect(checkBranch(pushed)).rejects.toThrow(what);
  });

  test('refuses a main that has moved', async () => {
    const pushed = await pushedWith(fix);
    await gitIn(pushed.remote, 'update-ref', 'refs/heads/main', pushed.commit);

    await expect(checkBranch(pushed)).rejects.toThrow('the references');
  });
});

async function demo(
  args: readonly string[],
  more: Record<string, string> = {},
): Promise<Ran & { folder: string }> {
  const folder = newFolder();
  const env = {
    PATH: process.env['PATH'],
    HOME: newFolder(),
    KUBECONFIG: '/nowhere',
    TMPDIR: folder,
    ...more,
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [SCRIPT, ...args], { env }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code);
      resolve({ code, stdout, stderr, folder });
    });
  });
}

function configurationIn(stdout: string): { command: string; args: string[] } {
  const [json = ''] = /^\{\n[^]*?^\}$/m.exec(stdout) ?? [];
  const { mcpServers } = JSON.parse(json) as {
    mcpServers: Record<string, { command: string; args: string[] }>;
  };
  return mcpServers['daytwo-demo'] ?? { command: '', args: [] };
}

async function proposalsOf(command: string, args: string[]): Promise<string> {
  const client = new Client({ name: 'daytwo-test', version: '1.0.0' });
  await client.connect(new StdioClientTransport({ command, args }));
  try {
    return JSON.stringify(await client.callTool({ name: 'proposal_list', arguments: {} }));
  } finally {
    await client.close();
  }
}

/** A branch of the example's repository, made without the server, that replaces texts of files. */
async function pushedWith(edits: Readonly<Record<string, readonly [string, string]>>) {
  const work = join(newFolder(), 'work');
  const { directory } = await buildRepository(work, { at: 'broken' });
  const remote = join(directory, '.git');
  const before = await refsOf(remote);
  const git = (...args: string[]) => promisify(execFile)('git', ['-C', directory, ...args]);
  const branch = 'daytwo/try';
  await git('switch', '--quiet', '--create', branch);
  for (const [path, [from, to]] of Object.entries(edits)) {
    const text = await gitIn(remote, 'show', `main:${path}`);
    await writeFile(join(directory, path), `${text.replace(from, to)}\n`);
  }
  await git(
    '-c',
    'user.name=t',
    '-c',
    'user.email=t@example.test',
    'commit',
    '--quiet',
    '--all',
    '-m',
    'try',
  );
  return { remote, branch, commit: await gitIn(remote, 'rev-parse', branch), before };
}

function inOrder(text: string, parts: readonly string[]): void {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    expect(at, `${part} after character ${from} of\n${text}`).toBeGreaterThanOrEqual(0);
    from = at + part.length;
  }
}
