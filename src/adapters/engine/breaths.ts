import { setImmediate } from 'node:timers/promises';

const SLICE_MS = 8;

/** Lets long work on the main thread pause every few milliseconds, so that answers to others go out in between. */
export class Breaths {
  #since = performance.now();

  /** Pauses when the slice of time is used up. */
  async take(): Promise<void> {
    if (performance.now() - this.#since < SLICE_MS) return;
    await setImmediate();
    this.#since = performance.now();
  }
}
