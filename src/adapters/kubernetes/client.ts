import { setTimeout as sleep } from 'node:timers/promises';

import pLimit, { type LimitFunction } from 'p-limit';

import { ToolError } from '../../errors.ts';
import { garbage, statusFailure, timeoutFailure, transportFailure } from './failures.ts';
import { Pulse } from './pulse.ts';
import type { Answer, Outgoing, Session, WatchListener } from './session.ts';

/** How a request may differ; `what` says in words what is asked, for messages. */
export interface RequestOptions {
  what: string;
  query?: Readonly<Record<string, string | number | undefined>>;
  accept?: string;
  signal?: AbortSignal;
}

/**
 * Requests to the API server. They reject with a ToolError (`denied`, `not_found`, `unavailable`, `timeout`), or with
 * the caller's own reason when its signal is aborted.
 */
export interface ApiClient {
  getJson(path: string, options: RequestOptions): Promise<unknown>;
  getText(path: string, options: RequestOptions): Promise<string>;
  postJson(path: string, body: unknown, options: RequestOptions): Promise<unknown>;
  /** Resolves a moment after no request is under way or waits, within about a second at the latest. */
  lull(): Promise<void>;
  watch(path: string, query: Record<string, string>, listener: WatchListener): Promise<() => void>;
  /** Rejected login of a watch: log in anew. */
  renew(generation: number): void;
  /** False when the server that holds the watches open does not answer; sends nothing while it is heard. */
  isAlive(signal: AbortSignal): Promise<boolean>;
  /** When the server last said anything, milliseconds since the epoch. */
  heardAt(): number;
}

export interface ClientOptions {
  /** Milliseconds for one request, from when it is sent. */
  deadline?: number;
  /** Requests under way at once, and watches that are being opened; those that are open do not count. */
  concurrency?: number;
  now?: () => number;
}

/** What nobody waits for, such as the TLS handshake of each watch, lets reads go first: so many looks, milliseconds apart. */
const YIELD = { looks: 10, apart: 100 };

const JSON_TYPE = 'application/json';
const RETRY_LIMIT_S = 2;

export function createClient(
  session: Session,
  { deadline = 10_000, concurrency = 6, now = Date.now }: ClientOptions = {},
): ApiClient {
  const reads = pLimit(concurrency);
  const openings = pLimit(concurrency);
  const silence = new Silence(now, deadline);
  const pulse = new Pulse(now, (signal) => session.send({ ...get('/version', {}), signal }));

  const send = (outgoing: Unsent, options: RequestOptions): Promise<Answer> => {
    const queued = now();
    return reads(async () => {
      options.signal?.throwIfAborted();
      if (silence.since(queued)) throw timeoutFailure(options.what);
      const once = () => attempt(session, outgoing, options, { deadline, silence, pulse });
      const first = await once();
      const again = await worthAnother(first, session, options.signal);
      return checked(again ? await once() : first, options.what);
    });
  };

  return {
    getJson: async (path, options) => parsed(await send(get(path, options), options), options.what),
    getText: async (path, options) => (await send(get(path, options), options)).text,
    postJson: async (path, body, options) => parsed(await send(post(path, body), options), options.what),
    lull: () => lullOf(reads),
    watch: async (path, query, listener) => {
      await lullOf(reads);
      const stop = await openings(() => session.watch(path, query, heardBy(pulse, listener)));
      pulse.heard();
      return stop;
    },
    renew: (generation) => session.renew(generation),
    isAlive: (signal) => pulse.isAlive(signal),
    heardAt: () => pulse.heardAt,
  };
}

/** Ends a moment after the last read, in which it can become an answer. */
async function lullOf(reads: LimitFunction): Promise<void> {
  for (let look = 0; look < YIELD.looks; look += 1) {
    await sleep(YIELD.apart, undefined, { ref: false });
    if (reads.activeCount + reads.pendingCount === 0) return;
  }
}

function heardBy(pulse: Pulse, { onEvent, onEnd }: WatchListener): WatchListener {
  return {
    onEnd,
    onEvent(type, object) {
      pulse.heard();
      onEvent(type, object);
    },
  };
}

type Unsent = Omit<Outgoing, 'signal'>;

async function attempt(
  session: Session,
  outgoing: Unsent,
  { signal, what }: RequestOptions,
  { deadline, silence, pulse }: { deadline: number; silence: Silence; pulse: Pulse },
): Promise<Answer> {
  try {
    const answer = await session.send({ ...outgoing, signal: combined(signal, deadline) });
    silence.heard();
    pulse.heard();
    return answer;
  } catch (error) {
    signal?.throwIfAborted();
    const failure = transportFailure(error, what);
    if (failure.code === 'timeout') silence.missed();
    throw failure;
  }
}

function post(path: string, body: unknown): Unsent {
  return { method: 'POST', path, accept: JSON_TYPE, body: JSON.stringify(body) };
}

function get(path: string, { query = {}, accept = JSON_TYPE }: Partial<RequestOptions>): Unsent {
  const given = Object.entries(query).filter(([, value]) => value !== undefined);
  const text = new URLSearchParams(
    given.map(([name, value]): [string, string] => [name, String(value)]),
  ).toString();
  return { method: 'GET', path: text === '' ? path : `${path}?${text}`, accept };
}

function combined(signal: AbortSignal | undefined, deadline: number): AbortSignal {
  const own = AbortSignal.timeout(deadline);
  return signal === undefined ? own : AbortSignal.any([signal, own]);
}

/** A fresh login is tried once; a server that asks to wait a moment gets its moment. */
async function worthAnother(
  { status, retryAfter = 0.5, generation }: Answer,
  session: Session,
  signal?: AbortSignal,
): Promise<boolean> {
  if (status === 401) session.renew(generation);
  if (status !== 429 && status !== 503) return status === 401;
  if (!(retryAfter <= RETRY_LIMIT_S)) return false;
  await sleep(retryAfter * 1_000, undefined, { signal, ref: false });
  return true;
}

function checked(answer: Answer, what: string): Answer {
  if (answer.status < 200 || answer.status > 299) throw statusFailure(answer, what);
  return answer;
}

function parsed({ text }: Answer, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw garbage(what, error);
  }
}

/**
 * Keeps a frozen API server from costing one deadline for each batch of requests: when one times out and nothing has been
 * heard for half of that time, what was queued before times out with it.
 */
class Silence {
  readonly #now: () => number;
  readonly #limit: number;
  #heardAt = Number.NEGATIVE_INFINITY;
  #missedAt = Number.NEGATIVE_INFINITY;

  constructor(now: () => number, deadline: number) {
    this.#now = now;
    this.#limit = deadline / 2;
  }

  heard(): void {
    this.#heardAt = this.#now();
    this.#missedAt = Number.NEGATIVE_INFINITY;
  }

  missed(): void {
    if (this.#now() - this.#heardAt >= this.#limit) this.#missedAt = this.#now();
  }

  since(queuedAt: number): boolean {
    return queuedAt <= this.#missedAt;
  }
}

/** Thrown values as ToolErrors, except the abort of a caller. */
export function asToolError(error: unknown, what: string): ToolError {
  return error instanceof ToolError ? error : transportFailure(error, what);
}
