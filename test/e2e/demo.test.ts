import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';

import { expect, test } from 'vitest';

import { newFolder } from '../support/daytwo.ts';

const SCRIPT = join(import.meta.dirname, '../../scripts/demo.ts');

test('the demo tells the story of the recorded cluster, on a machine without any', async () => {
  const env = { PATH: process.env['PATH'], HOME: newFolder(), KUBECONFIG: '/nowhere', FORCE_COLOR: '1' };

  const { stdout, stderr } = await promisify(execFile)(process.execPath, [SCRIPT], { env });

  const story = stripVTControlCharacters(stdout);
  expect(stdout).not.toBe(story);
  expect(stderr).toBe('');
  expect(story.split('\n').filter((line) => /^\w+ \{.*\} {2}\d+\.\d KB, \d+ ms$/.test(line))).toHaveLength(6);
  inOrder(story, [
    'What is broken, and why?',
    'failed    Deployment/wiki/wiki CrashLoopBackOff',
    'migration 42 (page locales) failed',
    'registry.example.test/wiki:3.3.0',
    '5 more are broken only because of it',
    'CronJob/paperless/paperless-backup-drill',
    'Node/worker-2 Cordoned',
    'What does the first cause take down?',
    'Kustomization/flux-system/wiki HealthCheckFailed',
    'blocked   Kustomization/flux-system/wiki-export',
    'blocked   Kustomization/flux-system/wiki-search',
    'Show me that object.',
    'applied by HelmRelease/wiki/wiki',
    'What happened there lately?',
    'BackOff Pod/wiki/wiki-',
    'Is everything reconciled with Git?',
    'suspended Kustomization/flux-system/jellyfin',
    'May you read its log?',
    'deny log_tail',
  ]);
});

function inOrder(text: string, parts: readonly string[]): void {
  let from = 0;
  for (const part of parts) {
    const at = text.indexOf(part, from);
    expect(at, `${part} after character ${from} of\n${text}`).toBeGreaterThanOrEqual(0);
    from = at + part.length;
  }
}
