import type { EngineFunction } from './instance.ts';

/** Waiting work of two kinds, taken in turns, so that a comparison does not wait behind a hundred builds. */
export class Lanes<Job> {
  readonly #waiting = { build: new Set<Job>(), predict: new Set<Job>() };
  #last: Lane = 'predict';

  add(lane: Lane, job: Job): void {
    this.#waiting[lane].add(job);
  }

  /** False when the job is not waiting any more. */
  remove(job: Job): boolean {
    return this.#waiting.build.delete(job) || this.#waiting.predict.delete(job);
  }

  /** The next job, of the other kind than the one before where there is one; undefined when none waits. */
  take(): Job | undefined {
    const other: Lane = this.#last === 'build' ? 'predict' : 'build';
    for (const lane of [other, this.#last]) {
      for (const job of this.#waiting[lane]) {
        this.#waiting[lane].delete(job);
        this.#last = lane;
        return job;
      }
    }
    return undefined;
  }
}

export type Lane = Exclude<EngineFunction, 'learn'>;
