import { expect, it } from 'vitest';

import { lateness, type Timetable } from '#domain/backups/verdict.ts';

/** A Saturday. */
const NOW = Date.parse('2026-03-14T12:00:00Z');

it.each<[schedule: string, last: string, expected: string, more?: Omit<Timetable, 'schedule'>]>([
  // Due at 03:00 on the 13th and the 14th.
  ['0 3 * * *', '2026-03-12T03:05:00Z', 'late'],
  ['0 3 * * *', '2026-03-13T03:05:00Z', 'due'],
  ['@daily', '2026-03-12T00:05:00Z', 'late'],
  ['@daily', '2026-03-13T00:05:00Z', 'due'],
  ['@every 5h', '2026-03-14T01:00:00Z', 'late'],
  ['@every 6h', '2026-03-14T01:00:00Z', 'due'],
  // 22:00 in Honolulu is 08:00 UTC: due on the 13th and the 14th; in UTC only once, on the 13th.
  ['0 22 * * *', '2026-03-13T06:00:00Z', 'late', { timeZone: 'Pacific/Honolulu' }],
  ['0 22 * * *', '2026-03-13T06:00:00Z', 'due', { timeZone: 'UTC' }],
  ['0 22 * * *', '2026-03-13T06:00:00Z', 'due'],
  ['CRON_TZ=Pacific/Honolulu 0 22 * * *', '2026-03-13T06:00:00Z', 'late'],
  ['TZ=Pacific/Honolulu 0 0 22 * * *', '2026-03-13T06:00:00Z', 'late', { mode: '6-part' }],
  ['TZ=Nowhere/Land 0 22 * * *', '2026-03-12T09:00:00Z', 'unreadable'],
  ['0 0 3 * * *', '2026-03-12T03:05:00Z', 'late', { mode: '6-part' }],
  ['@weekly', '2026-02-28T12:00:00Z', 'late', { mode: '6-part' }],
  ['H 3 * * *', '2026-03-12T03:40:00Z', 'late'],
  ['H 3 * * *', '2026-03-13T03:40:00Z', 'due'],
  ['H H(2-5) * * *', '2026-03-12T03:40:00Z', 'late'],
  ['H */4 * * *', '2026-03-14T03:40:00Z', 'late'],
  ['H H/4 * * *', '2026-03-14T07:40:00Z', 'due'],
  ['H 5 H * *', '2026-01-20T05:10:00Z', 'late'],
  ['H 5 H * *', '2026-02-20T05:10:00Z', 'due'],
  ['H x * * *', '2026-03-13T03:40:00Z', 'unreadable'],
  ['H(0-) 3 * * *', '2026-03-13T03:40:00Z', 'due'],
  ['often', '2026-03-13T03:40:00Z', 'unreadable'],
])('%s, last at %s, is %s', (schedule, last, expected, more = {}) => {
  expect(lateness({ schedule, ...more }, last, NOW)).toBe(expected);
});
