const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const YEAR = 365 * DAY;

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  μs: 1e-3,
  ms: 1,
  s: SECOND,
  m: MINUTE,
  h: HOUR,
};

const DURATION = /^(?:(?:\d+(?:\.\d*)?|\.\d+)(?:ns|us|µs|μs|ms|s|m|h))+$/u;
const PART = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|μs|ms|s|m|h)/gu;

/**
 * A Go duration such as `1h30m`, `10m0s` or `1.5h` in milliseconds; undefined when it is absent or not one. Rules of
 * Go's time.ParseDuration.
 */
export function parseDuration(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const sign = text.startsWith('-') ? -1 : 1;
  const unsigned = text.replace(/^[+-]/, '');
  if (unsigned === '0') return 0;
  if (!DURATION.test(unsigned)) return undefined;
  return (
    sign * [...unsigned.matchAll(PART)].reduce((sum, part) => sum + Number(part[1]) * unitOf(part[2]), 0)
  );
}

function unitOf(unit: string | undefined): number {
  return UNITS[unit ?? ''] ?? 0;
}

/** Below a length, which units an age is written in: the steps of kubectl (apimachinery util/duration, HumanDuration). */
const STEPS: readonly { below: number; units: readonly Unit[] }[] = [
  { below: 2 * MINUTE, units: [[SECOND, 's']] },
  {
    below: 10 * MINUTE,
    units: [
      [MINUTE, 'm'],
      [SECOND, 's'],
    ],
  },
  { below: 3 * HOUR, units: [[MINUTE, 'm']] },
  {
    below: 8 * HOUR,
    units: [
      [HOUR, 'h'],
      [MINUTE, 'm'],
    ],
  },
  { below: 2 * DAY, units: [[HOUR, 'h']] },
  {
    below: 8 * DAY,
    units: [
      [DAY, 'd'],
      [HOUR, 'h'],
    ],
  },
  { below: 2 * YEAR, units: [[DAY, 'd']] },
  {
    below: 8 * YEAR,
    units: [
      [YEAR, 'y'],
      [DAY, 'd'],
    ],
  },
];

type Unit = readonly [length: number, letter: string];

/** Milliseconds as a short age such as `45s`, `12m` or `3d4h`; a negative one, from a clock ahead of ours, is `0s`. */
export function formatAge(ms: number): string {
  const length = Math.max(0, ms);
  const units = STEPS.find((step) => length < step.below)?.units ?? [[YEAR, 'y'] as const];
  let rest = length;
  const parts = units.map(([unit, letter], index) => {
    const count = Math.floor(rest / unit);
    rest -= count * unit;
    return count === 0 && index > 0 ? '' : `${count}${letter}`;
  });
  return parts.join('');
}

/** The age of an RFC 3339 time at `now` (milliseconds since the epoch); undefined when it is absent or not a time. */
export function ageOf(time: string | undefined, now: number): string | undefined {
  const at = parseTime(time);
  return at === undefined ? undefined : formatAge(now - at);
}

const TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(?:\.\d+)?(?:[Zz]|[+-]\d\d:\d\d)$/;

/** An RFC 3339 time in milliseconds since the epoch; undefined when it is absent or not a time. */
export function parseTime(time: string | undefined): number | undefined {
  if (time === undefined || !TIME.test(time)) return undefined;
  const at = Date.parse(time);
  return Number.isNaN(at) ? undefined : at;
}
