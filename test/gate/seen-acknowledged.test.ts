import { expect, test } from 'vitest';

import { parseAcknowledged } from '#domain/acknowledged/file.ts';

import { seenAcknowledged } from '../../src/gate/seen-acknowledged.ts';

const PATH = 'docs/acknowledged-findings.yaml';
const file = {
  path: PATH,
  read: async () => parseAcknowledged(PATH, 'benign:\n  - reason: Odd\n'),
};
const { signal } = new AbortController();

test('acknowledgements are for those who may read their file', async () => {
  const seen = await seenAcknowledged(file, { allows: (path) => path === PATH }).read(signal);
  const hidden = await seenAcknowledged(file, { allows: () => false }).read(signal);

  expect(seen.benign).toEqual([{ reason: 'Odd' }]);
  expect(hidden.benign).toEqual([]);
});

test('without a repository nothing is acknowledged', async () => {
  const none = await seenAcknowledged(undefined, { allows: () => true }).read(signal);

  expect([none.entries, none.mistakes]).toEqual([[], []]);
});
