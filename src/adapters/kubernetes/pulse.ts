import { atMost } from './pause.ts';

/** Milliseconds. */
const TIMES = {
  /** A server that was heard within this time lives; the watches of a quiet cluster may be silent for longer. */
  quiet: 10_000,
  /** How long a sign of life that was asked for may take. */
  patience: 2_500,
  /** How long its absence is remembered. */
  silent: 1_000,
} as const;

/**
 * Signs of life of one API server: any answer, any word on a watch. A server that is frozen keeps its connections open, so
 * that its watches look like those of a cluster in which nothing happens.
 */
export class Pulse {
  readonly #now: () => number;
  readonly #ask: (signal: AbortSignal) => Promise<unknown>;
  #heardAt = Number.NEGATIVE_INFINITY;
  #missedAt = Number.NEGATIVE_INFINITY;
  #asking: Promise<void> | undefined;

  /** `ask` is one cheap request; whatever it is answered is a sign of life. */
  constructor(now: () => number, ask: (signal: AbortSignal) => Promise<unknown>) {
    this.#now = now;
    this.#ask = ask;
  }

  heard(): void {
    this.#heardAt = this.#now();
  }

  get heardAt(): number {
    return this.#heardAt;
  }

  /** Whether the server lives; asks it only when nothing was heard for a while. */
  async isAlive(signal: AbortSignal): Promise<boolean> {
    if (this.#isHeard()) return true;
    if (this.#now() - this.#missedAt < TIMES.silent) return false;
    this.#asking ??= this.#check();
    await atMost(this.#asking, TIMES.patience, signal);
    return this.#isHeard();
  }

  #isHeard(): boolean {
    return this.#now() - this.#heardAt < TIMES.quiet;
  }

  async #check(): Promise<void> {
    try {
      await this.#ask(AbortSignal.timeout(TIMES.patience));
      this.heard();
    } catch {
      this.#missedAt = this.#now();
    } finally {
      this.#asking = undefined;
    }
  }
}
