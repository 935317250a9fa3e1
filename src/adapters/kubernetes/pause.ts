/** A wait that can be cut short; it does not keep the process alive. */
export interface Pause {
  /** Resolves when the time is up or `wake` is called. */
  over: Promise<void>;
  wake: () => void;
}

/** Without milliseconds it lasts until it is woken. */
export function pauseFor(milliseconds?: number): Pause {
  const { promise: over, resolve } = Promise.withResolvers<void>();
  const timer = milliseconds === undefined ? undefined : setTimeout(resolve, milliseconds);
  timer?.unref();
  return {
    over,
    wake: () => {
      clearTimeout(timer);
      resolve();
    },
  };
}

/** The promise's value, or `undefined` when the time is up first; rejects with the signal's reason when it is aborted. */
export async function atMost<T>(
  promise: Promise<T>,
  milliseconds: number | undefined,
  signal: AbortSignal,
): Promise<T | undefined> {
  signal.throwIfAborted();
  const pause = pauseFor(milliseconds);
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const onAbort = (): void => reject(signal.reason as Error);
  signal.addEventListener('abort', onAbort, { once: true });
  try {
    return (await Promise.race([promise, pause.over, aborted])) as T | undefined;
  } finally {
    pause.wake();
    signal.removeEventListener('abort', onAbort);
  }
}
