const RFC3339 = /^(?<whole>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?<fraction>\.\d+)?(?<zone>Z|[+-]\d\d:\d\d)$/;

/** A copy in which every text that is an RFC 3339 time is moved by so many seconds; equal texts stay equal. */
export function shiftTimes<T>(value: T, seconds: number): T {
  return shifted(value, seconds) as T;
}

function shifted(value: unknown, seconds: number): unknown {
  if (typeof value === 'string') return shiftTime(value, seconds);
  if (Array.isArray(value)) return value.map((item) => shifted(item, seconds));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shifted(item, seconds)]));
}

function shiftTime(text: string, seconds: number): string {
  const { whole, fraction = '', zone = '' } = RFC3339.exec(text)?.groups ?? {};
  if (whole === undefined) return text;
  const time = Date.parse(`${whole}${zone}`);
  if (Number.isNaN(time)) return text;
  const moved = new Date(time + seconds * 1_000).toISOString();
  return `${moved.slice(0, 'yyyy-mm-ddThh:mm:ss'.length)}${fraction}Z`;
}
