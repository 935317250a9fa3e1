import { Cron } from 'croner';

import { parseDuration, parseTime } from '../duration.ts';

/** A schedule that can be asked for its times. */
export interface Schedule {
  /** The first time after `time`, both in milliseconds since the epoch; undefined when there is none. */
  next: (time: number) => number | undefined;
}

/** Why a schedule has no times. */
export type Unreadable = 'UnparseableSchedule' | 'UnknownTimeZone';

/**
 * Reads a CronJob's schedule: five fields, an `@` word or `@every`, as robfig/cron (ParseStandard) does for the CronJob
 * controller. Without a time zone it is UTC, the controller manager's usual own. Six parts begin with seconds.
 */
export function parseSchedule(
  text: string,
  timeZone = 'UTC',
  mode: '5-part' | '6-part' = '5-part',
): Schedule | Unreadable {
  if (timeZone !== 'UTC' && !isTimeZone(timeZone)) return 'UnknownTimeZone';
  const every = parseDuration(/^@every (.+)$/.exec(text)?.[1]);
  if (every !== undefined) return { next: (time) => time + every };
  // By a time zone, even UTC, croner takes five times as long as by an offset.
  const zone = timeZone === 'UTC' ? { utcOffset: 0 } : { timezone: timeZone };
  // croner reads its `@` words as five parts.
  const parts = text.startsWith('@') ? '5-part' : mode;
  try {
    const cron = new Cron(text.replaceAll('?', '*'), { ...zone, mode: parts, paused: true });
    return { next: (time) => cron.nextRun(new Date(time))?.getTime() };
  } catch {
    return 'UnparseableSchedule';
  }
}

/**
 * The second run after an RFC 3339 time, in milliseconds: by then the first must have ended. Undefined when the time is
 * not known or there is no such run.
 */
export function secondRun(schedule: Schedule, after: string | undefined): number | undefined {
  const time = parseTime(after);
  const first = time === undefined ? undefined : schedule.next(time);
  return first === undefined ? undefined : schedule.next(first);
}

function isTimeZone(timeZone: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
