import { Worker } from 'node:worker_threads';

import type { Answer, Compiled, Question, Ready, Start } from './protocol.ts';

/** Beside this file in a clone; in the package the bundler has put it beside the entry, under this name. */
const ENTRY = import.meta.filename.endsWith('.ts') ? './worker.ts' : './engine-worker.js';

/** Of JavaScript: files, listings and answers. The engine's own memory is limited by its module, not by this. */
const LIMITS = { maxOldGenerationSizeMb: 256, maxYoungGenerationSizeMb: 8, stackSizeMb: 16 };

/** The engine's thread as the rest sees it: asked one question at a time, until it ends. */
export class Thread {
  readonly #worker: Worker;
  #answer: ((answer: Answer) => void) | undefined;
  #ended: Answer | undefined;
  /** What the engine has in hand: ids of artifacts, least recently used first, and keys of OpenAPI documents. */
  readonly artifacts = new Set<string>();
  readonly documents = new Set<string>();
  /** Size of the engine's memory after the last answer. */
  memoryBytes = 0;

  private constructor(worker: Worker) {
    this.#worker = worker;
    worker.on('message', (answer: Answer) => this.#settle(answer));
    worker.on('error', (error) => this.#end(trapOf(error)));
    worker.on('exit', () => this.#end({ trap: 'failed', message: 'the engine was stopped' }));
    worker.unref();
  }

  /** Resolves when the engine is up, with what was compiled for the next start; rejects when it does not start. */
  static async start(start: Start): Promise<{ thread: Thread; compiled: Compiled }> {
    const worker = new Worker(new URL(ENTRY, import.meta.url), {
      workerData: start,
      resourceLimits: LIMITS,
      execArgv: [],
      env: {},
      name: 'engine',
    });
    const { promise, resolve, reject } = Promise.withResolvers<Ready>();
    worker.once('message', resolve);
    worker.once('error', reject);
    worker.once('exit', () => reject(new Error('the thread of the engine ended at once')));
    const { compiled } = await promise;
    worker.removeListener('error', reject);
    return { thread: new Thread(worker), compiled };
  }

  get isEnded(): boolean {
    return this.#ended !== undefined;
  }

  /** An ended thread answers with the trap that ended it. What is in `transfer` is gone afterwards. */
  async ask(question: Question, transfer: readonly ArrayBuffer[] = []): Promise<Answer> {
    if (this.#ended !== undefined) return this.#ended;
    const { promise, resolve } = Promise.withResolvers<Answer>();
    this.#answer = resolve;
    this.#worker.ref();
    this.#worker.postMessage(question, transfer);
    const answer = await promise;
    this.#worker.unref();
    if ('trap' in answer) this.end(answer);
    else this.memoryBytes = answer.memoryBytes;
    return answer;
  }

  /** Ends the thread, whatever it is doing; the question that waits for it is answered with this. */
  end(answer: Answer): void {
    this.#end(answer);
    void this.#worker.terminate();
  }

  #end(answer: Answer): void {
    this.#ended ??= answer;
    this.#settle(answer);
  }

  #settle(answer: Answer): void {
    this.#answer?.(answer);
    this.#answer = undefined;
  }
}

function trapOf(error: unknown): Answer {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return code === 'ERR_WORKER_OUT_OF_MEMORY'
    ? { trap: 'out-of-memory', message: 'it needs more memory than the engine may take' }
    : { trap: 'failed', message: 'the engine ended unexpectedly while working on it' };
}
