import type { Listing } from '#domain/cluster.ts';
import type { ClusterObject } from '#domain/objects/meta.ts';

import type { ToolError } from '../../errors.ts';
import { asToolError } from './client.ts';
import { endedAtOnce, isGone } from './failures.ts';
import { Copy } from './copy.ts';
import { follow } from './follow.ts';
import { listPages } from './pages.ts';
import { listingOf } from './listing-of.ts';
import { type Pause, atMost, pauseFor } from './pause.ts';
import type { ReflectorOptions } from './reflector-options.ts';
import { TIMES, memoryOf, retryDelay } from './reflector-times.ts';

/**
 * A copy of all objects of one kind, kept current by a watch from its first use until `close`. One reflector serves any
 * number of callers: they share its start, its connection and its retries.
 */
export class Reflector<T extends ClusterObject> {
  readonly #options: ReflectorOptions<T>;
  readonly #stop = new AbortController();
  readonly #copy = new Copy<T>();
  #resourceVersion: string | undefined;
  #state: 'idle' | 'trying' | 'connected' | 'failed' | 'polling' = 'idle';
  /** When the copy was last known to be true; absent before the first list. */
  #contact: number | undefined;
  #failure: { error: ToolError; at: number } | undefined;
  /** Attempts in a row that came to nothing. */
  #failures = 0;
  #watchDenied: number | undefined;
  #openedAt: number | undefined;
  /** When the watch under way was opened or told something last. */
  #heardAt: number | undefined;
  /** The watch under way has told something. */
  #proven = false;
  #watching = new AbortController();
  #rest: Pause | undefined;
  /** Resolves when the attempt under way has an outcome. */
  #outcome = Promise.withResolvers<void>();

  constructor(options: ReflectorOptions<T>) {
    this.#options = options;
  }

  /** The copy, current if it can be had; rejects only with the reason of an aborted signal. */
  async read(signal: AbortSignal): Promise<Listing<T>> {
    signal.throwIfAborted();
    if (this.connected && this.#age(this.#heardAt) > TIMES.dead) this.#abandon();
    if (this.connected && !(await this.#options.client.isAlive(signal))) return this.#listing(false);
    if (this.#needsWork()) await atMost(this.#work(), this.#patience(), signal);
    return this.#listing();
  }

  /** True while a watch keeps the copy current: reading it costs nothing. */
  get connected(): boolean {
    return this.#state === 'connected';
  }

  /** The copy as it is now, whatever it is worth. */
  get objects(): readonly T[] {
    return this.#copy.items;
  }

  /** The object of the copy under this name; undefined says nothing unless connected. */
  peek(namespace: string | undefined, name: string): T | undefined {
    return this.#copy.get(namespace, name);
  }

  /** Starts without waiting. */
  start(): void {
    if (this.#needsWork()) void this.#work();
  }

  close(): void {
    this.#stop.abort();
    this.#rest?.wake();
    this.#outcome.resolve();
    this.#copy.clear();
  }

  #needsWork(): boolean {
    if (this.#stop.signal.aborted || this.#state === 'connected') return false;
    if (this.#state === 'polling') return this.#age(this.#contact) >= TIMES.polled;
    return this.#state !== 'failed' || this.#age(this.#failure?.at) >= memoryOf(this.#failure?.error);
  }

  /** Without a copy a call waits as long as a list takes; once that has proved to be in vain, no longer than with one. */
  #patience(): number | undefined {
    const waits = this.#contact === undefined || this.#watchDenied !== undefined;
    return waits && this.#failure?.error.code !== 'timeout' ? undefined : TIMES.patience;
  }

  #age(since: number | undefined): number {
    return since === undefined ? Number.POSITIVE_INFINITY : this.#options.now() - since;
  }

  /** Makes sure that an attempt is under way; resolves with its outcome. */
  #work(): Promise<void> {
    if (this.#state === 'idle' || this.#state === 'polling') {
      this.#begin();
      void this.#run();
    } else if (this.#state === 'failed') {
      this.#begin();
      this.#rest?.wake();
    }
    return this.#outcome.promise;
  }

  #begin(): void {
    this.#state = 'trying';
    this.#outcome = Promise.withResolvers();
  }

  async #run(): Promise<void> {
    while (!this.#stop.signal.aborted) {
      try {
        await this.#attempt();
        if (this.#state === 'polling') return;
        this.#lost(undefined);
      } catch (error) {
        this.#lost(asToolError(error, `watch ${this.#options.resource}`));
      }
      await this.#recover();
    }
  }

  async #attempt(): Promise<void> {
    const fresh = this.#resourceVersion === undefined;
    if (fresh) await this.#list();
    if (this.#age(this.#watchDenied) < TIMES.watchDenied) return this.#poll();
    try {
      await this.#watch(fresh);
      const abandoned = this.#watching.signal.aborted;
      if (!abandoned && !this.#worked()) throw endedAtOnce(`watch ${this.#options.resource}`);
    } catch (error) {
      const failure = asToolError(error, `watch ${this.#options.resource}`);
      if (failure.code !== 'denied') throw failure;
      this.#watchDenied = this.#options.now();
      if (!fresh) await this.#list();
      this.#poll();
    }
  }

  async #list(): Promise<void> {
    const { client, path, query, resource, project, onChange } = this.#options;
    const signal = this.#stop.signal;
    const listed = await listPages({ client, path, query, project, signal, what: `list ${resource}` });
    this.#copy.replace(listed.objects);
    this.#resourceVersion = listed.resourceVersion;
    this.#contact = this.#options.now();
    this.#failure = undefined;
    onChange?.();
    this.#outcome.resolve();
  }

  #watch(fresh: boolean): Promise<void> {
    const { client, path, query, resource } = this.#options;
    this.#watching = new AbortController();
    return follow({
      client,
      path,
      query,
      what: `watch ${resource}`,
      resourceVersion: this.#resourceVersion ?? '',
      signal: AbortSignal.any([this.#stop.signal, this.#watching.signal]),
      onOpen: () => (fresh ? this.#opened() : void this.#caughtUp()),
      onObject: (raw, deleted) => this.#take(raw, deleted),
      onVersion: (version) => {
        this.#resourceVersion = version;
        this.#proven = true;
        this.#heardAt = this.#options.now();
      },
    });
  }

  /** A copy that was without a watch is current when the events it missed are in. */
  async #caughtUp(): Promise<void> {
    const rest = pauseFor(TIMES.catchUp);
    this.#rest = rest;
    await rest.over;
    if (this.#rest === rest && !this.#stop.signal.aborted) this.#opened();
  }

  #opened(): void {
    this.#state = 'connected';
    this.#openedAt = this.#options.now();
    this.#heardAt = this.#openedAt;
    this.#proven = false;
    this.#watchDenied = undefined;
    this.#failure = undefined;
    this.#outcome.resolve();
  }

  #take(raw: unknown, deleted: boolean): void {
    this.#copy.take(this.#options.project(raw), deleted);
    this.#options.onChange?.();
  }

  #abandon(): void {
    this.#contact = this.#heardAt;
    this.#begin();
    this.#watching.abort();
  }

  #poll(): void {
    this.#state = 'polling';
    // The next look lists anew.
    this.#resourceVersion = undefined;
    this.#outcome.resolve();
  }

  /** The watch has ended, in order as it does every half an hour or so, or with an error; or the attempt came to none. */
  #lost(error: ToolError | undefined): void {
    this.#rest = undefined;
    const worked = this.#worked();
    if (worked) this.#contact = error?.code === 'timeout' ? this.#heardAt : this.#options.now();
    this.#failures = worked ? 0 : this.#failures + 1;
    if (error === undefined || worked) this.#begin();
    if (error !== undefined) this.#note(error, worked);
  }

  #worked(): boolean {
    const lasted = this.#proven || this.#age(this.#openedAt) >= TIMES.shortWatch;
    return this.#state === 'connected' && lasted;
  }

  #note(error: ToolError, worked: boolean): void {
    if (!this.#stop.signal.aborted) this.#options.onFailure?.(error);
    if (isGone(error)) this.#resourceVersion = undefined;
    if (error.code === 'denied' || error.code === 'not_found') this.#forget();
    // The loss of a connection that worked is mended at once, and nobody needs to hear of it.
    if (worked) return;
    this.#failure = { error, at: this.#options.now() };
    this.#state = 'failed';
    this.#outcome.resolve();
  }

  /** What may not be read any more is not shown any more. */
  #forget(): void {
    this.#copy.clear();
    this.#resourceVersion = undefined;
    this.#contact = undefined;
  }

  async #recover(): Promise<void> {
    if (this.#failures === 0 || this.#stop.signal.aborted) return;
    this.#rest = pauseFor(this.#delay());
    await this.#rest.over;
    if (this.#state === 'failed') this.#begin();
  }

  /** Undefined, until somebody asks: nobody has seen a copy, so none has to be kept current. */
  #delay(): number | undefined {
    if (this.#state === 'failed' && this.#contact === undefined) return undefined;
    return retryDelay(this.#failures, this.#options.random);
  }

  #listing(alive = true): Listing<T> {
    const { kind, client, now } = this.#options;
    return listingOf({
      kind,
      items: this.objects,
      connected: this.connected,
      silentSince: alive ? undefined : client.heardAt(),
      contact: this.#contact,
      failure: this.#failure,
      polled: this.#watchDenied !== undefined,
      now: now(),
    });
  }
}
