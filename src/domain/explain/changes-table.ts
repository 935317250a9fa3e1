import type { RecentChange } from '../changes/change.ts';
import { formatAge, parseTime } from '../duration.ts';
import type { Row, Table } from '../table.ts';
import { byText, clip } from '../text.ts';
import { bounded } from './bounded.ts';

/** When it broke (RFC 3339, if known), the time now in milliseconds, and how much room there is, 1 for all. */
interface Around {
  since: string | undefined;
  now: number;
  room: number;
}

const DAY = 24 * 3_600_000;
const MINUTE = 60_000;

/** Changes on the chain around the time when it broke: nearest before first, then what came after. */
export function changesTable(
  changes: readonly RecentChange[],
  { since, now, room }: Around,
): Table | undefined {
  const broke = parseTime(since) ?? now;
  const near = changes
    .filter(({ kind, when }) => isNear(parseTime(when), { kind, broke, now }))
    .toSorted((a, b) => rank(a, broke) - rank(b, broke) || byText(a.object, b.object));
  if (near.length === 0) return undefined;
  const rows = near.map(({ when, kind, object, what, by }): Row => [
    when,
    against(when, broke, since),
    kind,
    object,
    clip(what, 120),
    by ?? null,
  ]);
  return bounded(rows, {
    columns: ['when', 'against', 'kind', 'object', 'what', 'by'],
    limit: Math.ceil(8 * room),
    budget: 1_200 * room,
    narrow: 'recent_changes has all of them',
  });
}

/** Commits on its file are told however old they are: the last one is what runs. */
function isNear(
  time: number | undefined,
  { kind, broke, now }: { kind: RecentChange['kind']; broke: number; now: number },
): boolean {
  if (time === undefined || time > now + MINUTE) return false;
  return kind === 'commit' || Math.abs(time - broke) <= DAY;
}

/** What came before counts more than what came after. */
function rank({ when }: RecentChange, broke: number): number {
  const before = broke - (parseTime(when) ?? 0);
  return before >= -MINUTE ? before : 365 * DAY - before;
}

function against(when: string, broke: number, since: string | undefined): string {
  const before = broke - (parseTime(when) ?? 0);
  if (since === undefined) return `${formatAge(before)} ago`;
  return before >= 0 ? `${formatAge(before)} before it broke` : `${formatAge(-before)} after`;
}
