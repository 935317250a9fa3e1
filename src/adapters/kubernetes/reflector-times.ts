import type { ToolError } from '../../errors.ts';

/** How long a reflector waits for what, in milliseconds. */
export const TIMES = {
  /** How long a copy counts as current after its connection is lost: as long as opening a new one takes. */
  grace: 3_000,
  /** How long a call waits for a copy that exists but has lost its connection. */
  patience: 3_000,
  /** How long a refusal or a time-out is remembered, so that repeated calls do not hammer. */
  refused: 2_000,
  missing: 1_000,
  /** How long a list is good where watching is not permitted. */
  polled: 20_000,
  /** When to try again whether watching is permitted. */
  watchDenied: 300_000,
  firstRetry: 500,
  lastRetry: 15_000,
  /** What happened while there was no watch comes within this time after one is opened. */
  catchUp: 100,
  /** A watch that has told nothing for so long outlived its connection: this machine was asleep. */
  dead: 120_000,
  /** A watch that ends sooner has achieved nothing. */
  shortWatch: 1_000,
} as const;

/** The wait after so many failures in a row: doubled each time, with a jitter of a half; `random` is from 0 up to 1. */
export function retryDelay(failures: number, random: () => number): number {
  const delay = Math.min(TIMES.firstRetry * 2 ** (failures - 1), TIMES.lastRetry);
  return delay * (0.5 + random() / 2);
}

/** How long the same failure would only repeat itself. */
export function memoryOf(error: ToolError | undefined): number {
  if (error?.code === 'denied' || error?.code === 'timeout') return TIMES.refused;
  return error?.code === 'not_found' ? TIMES.missing : 0;
}
