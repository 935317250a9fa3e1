import { describe, expect, it } from 'vitest';

import { parseSchedule } from '#domain/health/cron-schedule.ts';

const SATURDAY = '2026-03-28T12:00:00Z';

describe('parseSchedule', () => {
  it.each([
    ['0 * * * *', undefined, '2026-03-28T13:00:00.000Z'],
    ['@daily', undefined, '2026-03-29T00:00:00.000Z'],
    ['@every 1h30m', undefined, '2026-03-28T13:30:00.000Z'],
    ['0 9 * * MON-FRI', undefined, '2026-03-30T09:00:00.000Z'],
    ['0 9 ? * 1', undefined, '2026-03-30T09:00:00.000Z'],
    ['30 4 1 * *', 'UTC', '2026-04-01T04:30:00.000Z'],
    ['0 6 * * *', 'Europe/Berlin', '2026-03-29T04:00:00.000Z'],
    ['0 6 * * *', 'America/New_York', '2026-03-29T10:00:00.000Z'],
  ])('%s in %s comes next at %s', (text, timeZone, next) => {
    const schedule = parseSchedule(text, timeZone);

    const time = typeof schedule === 'string' ? undefined : schedule.next(Date.parse(SATURDAY));

    expect(new Date(time ?? 0).toISOString()).toBe(next);
  });

  it.each([
    ['0 0 2 * * *', '2026-03-29T02:00:00.000Z'],
    ['30 15 12 * * *', '2026-03-28T12:15:30.000Z'],
    ['@daily', '2026-03-29T00:00:00.000Z'],
  ])('%s, with seconds in front, comes next at %s', (text, next) => {
    const schedule = parseSchedule(text, undefined, '6-part');

    const time = typeof schedule === 'string' ? undefined : schedule.next(Date.parse(SATURDAY));

    expect(new Date(time ?? 0).toISOString()).toBe(next);
  });

  it('of five parts is none where there have to be six', () => {
    expect(parseSchedule('0 2 * * *', undefined, '6-part')).toBe('UnparseableSchedule');
  });

  it.each([
    ['', undefined, 'UnparseableSchedule'],
    ['* * * *', undefined, 'UnparseableSchedule'],
    ['0 0 * * * *', undefined, 'UnparseableSchedule'],
    ['0 25 * * *', undefined, 'UnparseableSchedule'],
    ['@every never', undefined, 'UnparseableSchedule'],
    ['@sometimes', undefined, 'UnparseableSchedule'],
    ['0 * * * *', 'Europe/Atlantis', 'UnknownTimeZone'],
  ])('%j in %s is %s', (text, timeZone, reason) => {
    expect(parseSchedule(text, timeZone)).toBe(reason);
  });
});
