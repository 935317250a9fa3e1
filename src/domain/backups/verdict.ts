import { formatAge, parseTime } from '../duration.ts';
import { parseSchedule, secondRun } from '../health/cron-schedule.ts';

/** Worst first: what is known of the backups of one volume or database. */
export const BACKUP_STATES = ['failing', 'never', 'overdue', 'unprotected', 'unknown', 'good'] as const;

export type BackupState = (typeof BACKUP_STATES)[number];

/** Why a backup is or is not good. */
export interface Verdict {
  state: BackupState;
  /** In words, at most one line. */
  why: string;
  /** Age of the newest good one counts from here, RFC 3339. */
  newest?: string;
}

/** When backups are due: a cron schedule, with seconds in front where the kind has them. */
export interface Timetable {
  schedule: string;
  mode?: '5-part' | '6-part';
  timeZone?: string;
}

/** How late a run may be beyond its second start, in milliseconds: a backup takes its time to end. */
const SLACK = 5 * 60_000;

/**
 * Whether more than a whole period has passed without a good one: `unreadable` when the schedule tells no times. With
 * none so far, periods count from when backups were asked for.
 */
export function lateness(
  { schedule, mode, timeZone }: Timetable,
  last: string | undefined,
  now: number,
): 'due' | 'late' | 'unreadable' {
  const [, zone, own = schedule] = ZONE.exec(schedule) ?? [];
  const parsed = parseSchedule(withoutJitter(own), zone ?? timeZone, mode);
  if (typeof parsed === 'string') return 'unreadable';
  const deadline = secondRun(parsed, last);
  return deadline !== undefined && now > deadline + SLACK ? 'late' : 'due';
}

/** The zone in front of a schedule, as robfig/cron takes it. */
const ZONE = /^(?:CRON_)?TZ=(\S+)\s+(.+)$/;

/**
 * `H` is a moment of its own for each object, drawn from the whole field or from `H(0-29)`. Two periods later hardly
 * depends on which, so that the first one stands for it.
 */
function withoutJitter(schedule: string): string {
  if (!/(?:^|\s)H/.test(schedule)) return schedule;
  return schedule
    .split(/\s+/)
    .map((field, index, fields) => plainField(field, fields.length - index))
    .join(' ');
}

/** `fromEnd` counts fields from the last, the day of the week: days of the month and months begin with 1. */
function plainField(field: string, fromEnd: number): string {
  const [, from, step] = /^H(?:\((\d+)-\d+\))?(?:\/(\d+))?$/.exec(field) ?? [];
  if (!field.startsWith('H')) return field;
  if (step !== undefined) return `*/${step}`;
  return from ?? (fromEnd === 2 || fromEnd === 3 ? '1' : '0');
}

/** The latest of some RFC 3339 times. */
export function newestOf(times: readonly (string | undefined)[]): string | undefined {
  return times
    .filter((time) => parseTime(time) !== undefined)
    .toSorted((a, b) => (parseTime(a) ?? 0) - (parseTime(b) ?? 0))
    .at(-1);
}

/** `3d4h ago`, or `never`. */
export function agoOf(time: string | undefined, now: number): string {
  const at = parseTime(time);
  return at === undefined ? 'never' : `${formatAge(now - at)} ago`;
}
