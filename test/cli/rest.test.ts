import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';

import { restBetweenCalls } from '../../src/cli/rest.ts';

describe('rest between calls', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('begins a second after the last call, once', async () => {
    const collect = vi.fn<() => void>();
    const thenRest = restBetweenCalls({ used: () => 100, collect });

    await thenRest(async () => 'a');
    vi.advanceTimersByTime(900);
    await thenRest(async () => 'b');
    vi.advanceTimersByTime(900);
    const early = collect.mock.calls.length;
    vi.advanceTimersByTime(10_000);

    expect(early).toBe(0);
    expect(collect).toHaveBeenCalledTimes(1);
  });

  test('never begins while a call runs', async () => {
    const collect = vi.fn<() => void>();
    const thenRest = restBetweenCalls({ used: () => 100, collect });
    const slow = Promise.withResolvers<string>();

    const answer = thenRest(() => slow.promise);
    await thenRest(async () => 'quick');
    vi.advanceTimersByTime(10_000);
    const during = collect.mock.calls.length;
    slow.resolve('done');

    await expect(answer).resolves.toBe('done');
    vi.advanceTimersByTime(1_000);
    expect(during).toBe(0);
    expect(collect).toHaveBeenCalledTimes(1);
  });

  test('begins after a call that failed, and passes its error on', async () => {
    const collect = vi.fn<() => void>();
    const thenRest = restBetweenCalls({ used: () => 100, collect });

    const failing = thenRest(() => Promise.reject(new Error('no')));

    await expect(failing).rejects.toThrow('no');
    vi.advanceTimersByTime(1_000);
    expect(collect).toHaveBeenCalledTimes(1);
  });
});

test('passes until the calls have left a tenth of garbage, which it then collects', async () => {
  vi.useFakeTimers();
  const heap = { bytes: 500 };
  const collect = vi.fn<() => void>(() => {
    heap.bytes = 100;
  });
  const thenRest = restBetweenCalls({ used: () => heap.bytes, collect });
  const counts: number[] = [];

  for (const bytes of [500, 105, 109, 111, 109]) {
    await thenRest(async () => {
      heap.bytes = bytes;
    });
    vi.advanceTimersByTime(2_000);
    counts.push(collect.mock.calls.length);
  }
  vi.useRealTimers();

  // 500 is the first, and 111 over a tenth more than the 100 it left.
  expect(counts).toEqual([1, 1, 1, 2, 2]);
});

test('a real rest collects what nobody holds', async () => {
  const held = { garbage: new Uint8Array(1_000_000) };
  const reference = new WeakRef(held.garbage);
  const thenRest = restBetweenCalls();

  await thenRest(async () => {
    held.garbage = new Uint8Array(0);
  });

  await new Promise((resolve) => setTimeout(resolve, 1_500));

  expect(reference.deref() === undefined).toBe(true);
});
