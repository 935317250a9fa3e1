import { access } from 'node:fs/promises';

import { ToolError } from '../../errors.ts';
import { type Lane, Lanes } from './lanes.ts';
import type { Answer, Compiled } from './protocol.ts';
import { Thread } from './thread.ts';

/** Limits of the engine; times in milliseconds. */
export interface EngineLimits {
  /** For one build, or one batch of comparisons. */
  deadlineMs: number;
  /** Without a question, until the engine is released. */
  idleMs: number;
  /** Over which the engine is started anew after a question, since its memory never shrinks. */
  recycleBytes: number;
}

/** Why a question has no answer of the engine's own. */
export interface Trap {
  trap: 'failed' | 'out-of-memory' | 'timeout';
  message: string;
}

/** Asks a thread whatever it takes; must end as soon as one answer is a trap. */
export type Work<Result> = (thread: Thread) => Promise<Result | Trap>;

interface Job {
  run(): Promise<void>;
  refuse(reason: unknown): void;
}

/** Runs work on one thread, one after the other, starting it when there is some and ending it when there is none. */
export class Crew {
  readonly #lanes = new Lanes<Job>();
  readonly #files: readonly string[];
  readonly #limits: EngineLimits;
  #compiled: Compiled | undefined;
  #thread: Thread | undefined;
  #busy = false;
  #closed = false;
  #idle: NodeJS.Timeout | undefined;

  constructor(files: readonly string[], limits: EngineLimits) {
    this.#files = files;
    this.#limits = limits;
  }

  /** Size of the engine's memory, 0 while it is not loaded. */
  get memoryBytes(): number {
    return this.#thread?.memoryBytes ?? 0;
  }

  /** Rejects with the reason of the signal, or a ToolError `unavailable`; a trap is a result. */
  async do<Result>(lane: Lane, work: Work<Result>, signal: AbortSignal): Promise<Result | Trap> {
    signal.throwIfAborted();
    if (this.#closed) throw closed();
    const { promise, resolve, reject } = Promise.withResolvers<Result | Trap>();
    const job: Job = {
      run: async () => resolve(await this.#attempt(work, signal)),
      refuse: reject,
    };
    const abort = () => {
      if (this.#lanes.remove(job)) reject(signal.reason);
    };
    signal.addEventListener('abort', abort, { once: true });
    this.#lanes.add(lane, job);
    void this.#pump();
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', abort);
    }
  }

  async #pump(): Promise<void> {
    if (this.#busy) return;
    this.#busy = true;
    clearTimeout(this.#idle);
    for (let job = this.#lanes.take(); job !== undefined; job = this.#lanes.take()) {
      await job.run().catch((reason: unknown) => job.refuse(reason));
    }
    this.#busy = false;
    this.#idle = setTimeout(() => this.#release(), this.#limits.idleMs).unref();
  }

  async #attempt<Result>(work: Work<Result>, signal: AbortSignal): Promise<Result | Trap> {
    const thread = await this.#started();
    const timeout = `it was not done after ${this.#limits.deadlineMs / 1000} seconds`;
    let trap: Trap | undefined;
    const stop = (): void => thread.end({ trap: 'failed', message: 'it was given up' });
    const timer = setTimeout(() => {
      trap = { trap: 'timeout', message: timeout };
      stop();
    }, this.#limits.deadlineMs);
    signal.addEventListener('abort', stop, { once: true });
    try {
      signal.throwIfAborted();
      const result = await work(thread);
      signal.throwIfAborted();
      if (this.#closed) throw closed();
      return trap ?? result;
    } finally {
      clearTimeout(timer);
      signal.removeEventListener('abort', stop);
      this.#recycle(thread);
    }
  }

  async #started(): Promise<Thread> {
    if (this.#closed) throw closed();
    if (this.#thread !== undefined && !this.#thread.isEnded) return this.#thread;
    const file = await firstExisting(this.#files);
    if (file === undefined) throw missing();
    try {
      const { thread, compiled } = await Thread.start({ file, compiled: this.#compiled });
      this.#compiled = compiled;
      this.#thread = thread;
    } catch (cause) {
      throw broken(cause);
    }
    // It may have been closed in the meantime.
    if (!this.#closed) return this.#thread;
    this.#release();
    throw closed();
  }

  #recycle(thread: Thread): void {
    if (thread.memoryBytes > this.#limits.recycleBytes) this.#end();
    else if (thread.isEnded) this.#thread = undefined;
  }

  #release(): void {
    this.#end();
    this.#compiled = undefined;
  }

  #end(): void {
    this.#thread?.end(ENDED);
    this.#thread = undefined;
  }

  /** Ends the engine; what waits for it is refused. */
  close(): void {
    this.#closed = true;
    clearTimeout(this.#idle);
    for (let job = this.#lanes.take(); job !== undefined; job = this.#lanes.take()) job.refuse(closed());
    this.#release();
  }
}

const ENDED: Answer = { trap: 'failed', message: 'the engine was stopped' };

async function firstExisting(files: readonly string[]): Promise<string | undefined> {
  for (const file of files) {
    const found = await access(file).then(
      () => true,
      () => false,
    );
    if (found) return file;
  }
  return undefined;
}

function missing(): ToolError {
  return new ToolError(
    'unavailable',
    'the rendering engine is not installed',
    'Everything but rendering and drift works. The released package carries it; in a clone, install Go (https://go.dev/dl) and run `npm run build`.',
  );
}

function broken(cause: unknown): ToolError {
  return new ToolError(
    'unavailable',
    'the rendering engine does not start',
    'Build it anew with `npm run build`; everything but rendering and drift works without it.',
    { cause },
  );
}

function closed(): ToolError {
  return new ToolError(
    'unavailable',
    'the rendering engine is being stopped',
    'The server is shutting down.',
  );
}
