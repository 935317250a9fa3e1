import { expect, it } from 'vitest';

import { withRecentHead } from '../../src/adapters/recent-head.ts';
import { memoryRepository } from '../support/memory-repository.ts';

const { signal } = new AbortController();

it('looks a head up once for all that ask within a second', async () => {
  let at = 0;
  let looked = 0;
  const reader = memoryRepository({ 'a.md': 'a' });
  const counting = { ...reader, head: async (asked: AbortSignal) => ((looked += 1), reader.head(asked)) };
  const open = withRecentHead(
    async () => counting,
    () => at,
  );

  const first = await (await open()).head(signal);
  at = 999;
  const again = await (await open()).head(signal);
  at = 1_000;
  await (await open()).head(signal);

  expect(again).toBe(first);
  expect(looked).toBe(2);
});

it('does not keep a failure', async () => {
  const reader = memoryRepository({});
  let away = true;
  const head = async (asked: AbortSignal) => {
    if (away) throw new Error('away');
    return reader.head(asked);
  };
  const open = withRecentHead(
    async () => ({ ...reader, head }),
    () => 0,
  );

  await expect((await open()).head(signal)).rejects.toThrow('away');
  away = false;

  expect((await (await open()).head(signal)).commit.sha).toMatch(/^0123/);
});
