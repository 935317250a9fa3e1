import { ToolError } from '../../errors.ts';
import { parseDuration } from '../duration.ts';

/** From when on: a duration before now (`90m`, `24h`), or a time, RFC 3339. Milliseconds since the epoch. Throws `invalid_input`. */
export function sinceOf(text: string, now: number): number {
  const duration = parseDuration(text);
  if (duration !== undefined && duration > 0) return now - duration;
  const time = /^\d{4}-\d\d-\d\d/.test(text) ? Date.parse(text) : Number.NaN;
  if (!Number.isNaN(time)) return time;
  throw new ToolError(
    'invalid_input',
    `since ${JSON.stringify(text.slice(0, 40))} is no duration and no time`,
    'Write 90m, 24h, or 2026-03-14T10:00:00Z.',
  );
}
