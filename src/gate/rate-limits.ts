import { ToolError } from '../errors.ts';

const HOUR = 3_600_000;

/** Counts what each principal proposed lately. */
export interface RateLimiter {
  /** Counts a proposal or preview (one confirms guesses like the other); throws `denied` when the hour is full. */
  take: (principal: string, perHour: number) => void;
}

/** A sliding hour per principal, in memory: a restart forgets it, the bound on open branches does not. */
export function createRateLimiter(now: () => number): RateLimiter {
  const taken = new Map<string, number[]>();
  return {
    take(principal, perHour) {
      const recent = (taken.get(principal) ?? []).filter((at) => at > now() - HOUR);
      const [oldest] = recent;
      if (oldest !== undefined && recent.length >= perHour) throw full(perHour, oldest + HOUR - now());
      taken.set(principal, [...recent, now()]);
    },
  };
}

function full(perHour: number, wait: number): ToolError {
  return new ToolError(
    'denied',
    `${perHour} proposals and previews in an hour are the limit of the policy`,
    `The next is possible in ${Math.ceil(wait / 60_000)} minutes. Do not work around this.`,
  );
}
