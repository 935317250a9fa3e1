import { describe, expect, test } from 'vitest';

import { createRateLimiter } from '../../src/gate/rate-limits.ts';

const MINUTE = 60_000;

function limiter(): {
  take: (principal?: string, perHour?: number) => string;
  goTo: (minute: number) => void;
} {
  let at = 0;
  const { take } = createRateLimiter(() => at);
  return {
    goTo: (minute) => {
      at = minute * MINUTE;
    },
    take(principal = 'local', perHour = 2) {
      try {
        take(principal, perHour);
        return 'taken';
      } catch (error) {
        return error instanceof Error ? error.message : 'something else';
      }
    },
  };
}

const FULL = '2 proposals and previews in an hour are the limit of the policy';

describe('the limit of an hour', () => {
  test('lets so many through, and then none', () => {
    const { take } = limiter();

    expect([take(), take(), take(), take()]).toEqual(['taken', 'taken', FULL, FULL]);
  });

  test('slides: each one gives room an hour after it, and what was refused took none', () => {
    const { take, goTo } = limiter();

    take();
    goTo(30);
    take();
    goTo(59);
    const before = take();
    goTo(60);
    const [after, again] = [take(), take()];
    goTo(90);
    const third = take();

    expect([before, after, again, third]).toEqual([FULL, 'taken', FULL, 'taken']);
  });

  test('is of each caller', () => {
    const { take } = limiter();

    expect([take('a', 1), take('b', 1), take('a', 1)]).toEqual([
      'taken',
      'taken',
      '1 proposals and previews in an hour are the limit of the policy',
    ]);
  });

  test('says when the next is possible', () => {
    let at = 0;
    const { take } = createRateLimiter(() => at);
    take('local', 1);
    at = 45.5 * MINUTE;

    expect(() => take('local', 1)).toThrow(
      expect.objectContaining({
        code: 'denied',
        hint: 'The next is possible in 15 minutes. Do not work around this.',
      }),
    );
  });
});
