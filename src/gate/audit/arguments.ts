import { createHmac } from 'node:crypto';

/** Arguments that name what was asked, and so are written in clear: no free text, no patterns, no cursors. */
const LOGGED = new Set([
  'tool',
  'namespace',
  'kind',
  'name',
  'pod',
  'container',
  'previous',
  'lines',
  'sinceMinutes',
  'path',
  'revision',
  'preview',
  'limit',
  'state',
  'type',
]);

const LONGEST = 253;

/**
 * What of a call's arguments goes into the log: the allow-listed scalars, and an HMAC over all of them, by which equal
 * questions can be recognised and a suspected one confirmed.
 */
export function loggedArguments(
  raw: unknown,
  key: Uint8Array,
  redact: (text: string) => string,
): { argsHmac?: string; args?: Record<string, string | number | boolean> } {
  if (raw === undefined) return {};
  const argsHmac = createHmac('sha256', key)
    .update(`arguments\0${canonical(raw)}`)
    .digest('hex');
  if (typeof raw !== 'object' || raw === null) return { argsHmac };
  const args = Object.entries(raw).flatMap(([name, value]) => {
    const shown = LOGGED.has(name) ? scalar(value, redact) : undefined;
    return shown === undefined ? [] : [[name, shown] as const];
  });
  return { argsHmac, args: Object.fromEntries(args) };
}

function scalar(value: unknown, redact: (text: string) => string): string | number | boolean | undefined {
  if (typeof value === 'string') return redact(value.slice(0, LONGEST));
  return typeof value === 'number' || typeof value === 'boolean' ? value : undefined;
}

/** JSON with sorted keys; arguments too deep for it (the gate refuses those) share one text. */
function canonical(value: unknown): string {
  try {
    return JSON.stringify(value, (_, inner: unknown) => sorted(inner)) ?? '';
  } catch {
    return 'not serialisable';
  }
}

function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)));
}
