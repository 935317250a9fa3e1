import type { Discovery } from '#domain/cluster.ts';

import { ToolError } from '../../errors.ts';
import { atMost } from './pause.ts';

export interface ServedOptions {
  discover: () => Promise<Discovery>;
  /** True while every change of what is served is told through `invalidate`. */
  told: () => boolean;
  onRead: (discovery: Discovery) => void;
  now: () => number;
}

/** Milliseconds. */
const TIMES = {
  /** How long an answer is good where nothing tells of changes. */
  untold: 60_000,
  /** A CRD is served up to so long after it says so: what is read sooner is read again. */
  settling: 3_000,
  /** Between two requests while settling. */
  between: 500,
  /** Between two requests while there is an older answer and the server gives no new one. */
  failing: 10_000,
  /** How long a refusal or a time-out is remembered while there is none, so that repeated calls do not hammer. */
  refused: 2_000,
  /** How long a call waits for a newer answer than it could have at once. */
  patience: 3_000,
} as const;

/** Keeps the last discovery for as long as it is true; callers share a request under way. */
export class Served {
  readonly #options: ServedOptions;
  #known: { discovery: Discovery; at: number } | undefined;
  #changedAt = Number.NEGATIVE_INFINITY;
  #triedAt = Number.NEGATIVE_INFINITY;
  #failure: unknown;
  #reading: Promise<Discovery> | undefined;

  constructor(options: ServedOptions) {
    this.#options = options;
  }

  /** Rejects with a ToolError when nothing is known and discovery fails; an older answer serves until it works again. */
  async read(signal: AbortSignal): Promise<Discovery> {
    if (this.#known && !this.#outdated(this.#known.at)) return this.#known.discovery;
    if (this.#mayTry()) this.#reading ??= this.#refresh();
    if (this.#known) return this.#newerThan(this.#known.discovery, signal);
    if (this.#reading === undefined) throw this.#failure;
    return this.#first(this.#reading, signal);
  }

  /** Waits for as long as it takes, but once that has proved to be in vain no longer than for a newer answer. */
  async #first(reading: Promise<Discovery>, signal: AbortSignal): Promise<Discovery> {
    const timedOut = this.#failure instanceof ToolError && this.#failure.code === 'timeout';
    const discovery = await atMost(reading, timedOut ? TIMES.patience : undefined, signal);
    if (discovery === undefined) throw this.#failure;
    return discovery;
  }

  /** Something says that the last answer is out of date. */
  invalidate(): void {
    this.#changedAt = this.#options.now();
  }

  #outdated(at: number): boolean {
    const { told, now } = this.#options;
    return at < this.#changedAt + TIMES.settling || (!told() && now() - at >= TIMES.untold);
  }

  #mayTry(): boolean {
    return this.#options.now() - this.#triedAt >= this.#rest();
  }

  #rest(): number {
    if (this.#failure === undefined) return TIMES.between;
    if (this.#known !== undefined) return TIMES.failing;
    const refused = this.#failure instanceof ToolError && this.#failure.code !== 'unavailable';
    return refused ? TIMES.refused : TIMES.between;
  }

  async #newerThan(known: Discovery, signal: AbortSignal): Promise<Discovery> {
    if (this.#reading === undefined) return known;
    const newer = this.#reading.catch(() => known);
    return (await atMost(newer, TIMES.patience, signal)) ?? known;
  }

  async #refresh(): Promise<Discovery> {
    const at = this.#options.now();
    this.#triedAt = at;
    try {
      const discovery = await this.#options.discover();
      this.#known = { discovery, at };
      this.#failure = undefined;
      this.#options.onRead(discovery);
      return discovery;
    } catch (error) {
      this.#triedAt = this.#options.now();
      this.#failure = error;
      throw error;
    } finally {
      this.#reading = undefined;
    }
  }
}
