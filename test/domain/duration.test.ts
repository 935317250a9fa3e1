import { describe, expect, test } from 'vitest';

import { ageOf, formatAge, parseDuration, parseTime } from '#domain/duration.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;

describe('parseDuration', () => {
  test.each([
    ['1h30m', 90 * MINUTE],
    ['10m0s', 10 * MINUTE],
    ['1.5h', 90 * MINUTE],
    ['.5s', 500],
    ['1.s', SECOND],
    ['250ms', 250],
    ['1µs', 0.001],
    ['0', 0],
    ['-1m', -MINUTE],
    ['+5s', 5 * SECOND],
  ])('%s is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBeCloseTo(ms, 9);
  });

  test.each([undefined, '', '10', '5 m', '1d', 'h', 'm5', '1h-5m', '.s', '1e3s', '--1s'])(
    '%s is not a duration',
    (text) => {
      expect(parseDuration(text)).toBeUndefined();
    },
  );
});

describe('formatAge', () => {
  test.each([
    [-5 * SECOND, '0s'],
    [0, '0s'],
    [119_999, '119s'],
    [2 * MINUTE, '2m'],
    [9 * MINUTE + 30 * SECOND, '9m30s'],
    [12 * MINUTE, '12m'],
    [179 * MINUTE, '179m'],
    [3 * HOUR, '3h'],
    [7 * HOUR + 5 * MINUTE, '7h5m'],
    [8 * HOUR + 59 * MINUTE, '8h'],
    [47 * HOUR, '47h'],
    [3 * DAY + 4 * HOUR, '3d4h'],
    [8 * DAY + 5 * HOUR, '8d'],
    [400 * DAY, '400d'],
    [3 * 365 * DAY + 10 * DAY, '3y10d'],
    [9 * 365 * DAY + 10 * DAY, '9y'],
  ])('%d ms is %s', (ms, text) => {
    expect(formatAge(ms)).toBe(text);
  });
});

test('an age is counted from an RFC 3339 time, and unknown without one', () => {
  const now = Date.parse('2026-05-09T12:00:00Z');

  const known = ageOf('2026-05-09T13:30:00+02:00', now);
  const unknown = [undefined, 'yesterday', '1', '2026-05-09', '2026-13-09T12:00:00Z'].map((time) =>
    ageOf(time, now),
  );

  expect(known).toBe('30m');
  expect(unknown).toEqual(Array.from({ length: 5 }, () => undefined));
  expect(parseTime('2026-05-09T12:00:00.123456789Z')).toBe(now + 123);
  expect(parseTime('1970-01-01T00:00:01Z')).toBe(1_000);
});
