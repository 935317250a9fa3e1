import { expect, test } from 'vitest';

import { indexOfFiles } from '../support/runbook-files.ts';
import { seenRunbooks } from '../../src/gate/seen-runbooks.ts';

const index = indexOfFiles([
  { path: 'docs/runbooks/wiki.md', text: '# The wiki\n\nRestart it.', origin: 'operator', commit: 'abc' },
  { path: 'docs/private/vault.md', text: '# The vault\n\nUnseal it.', origin: 'operator', commit: 'abc' },
  { path: 'runbooks/node-not-ready.md', text: '# Node not ready\n\nLook at it.', origin: 'built-in' },
]);
const source = { index: async () => index };
const { signal } = new AbortController();

test('files that the policy hides are no runbooks, the built-in ones stay', async () => {
  const seen = await seenRunbooks(source, { allows: (path) => path.startsWith('docs/runbooks/') }).index(
    signal,
  );

  expect(seen.runbooks.map(({ path }) => path)).toEqual([
    'docs/runbooks/wiki.md',
    'runbooks/node-not-ready.md',
  ]);
  expect(JSON.stringify(seen.places)).not.toContain('vault');
});

test('one index serves whoever may see everything', async () => {
  expect(await seenRunbooks(source, { allows: () => true }).index(signal)).toBe(index);
});
