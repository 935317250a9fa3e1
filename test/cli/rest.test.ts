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
    const thenRest = restBetweenCalls(collect);

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
    const thenRest = restBetweenCalls(collect);
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
    const thenRest = restBetweenCalls(collect);

    const failing = thenRest(() => Promise.reject(new Error('no')));

    await expect(failing).rejects.toThrow('no');
    vi.advanceTimersByTime(1_000);
    expect(collect).toHaveBeenCalledTimes(1);
  });
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
