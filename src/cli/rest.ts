import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Runs work; when none has run for a while, the rest begins. */
export type RestAfter = <T>(work: () => Promise<T>) => Promise<T>;

/** Milliseconds without a call after which nobody is likely to wait. */
const QUIET = 1_000;

/** The memory that a rest is to give back. */
export interface Heap {
  /** Bytes, with what is no longer needed. */
  used(): number;
  collect(): void;
}

/** Growth over what the last rest left behind, below which the next one passes: to collect costs the calls that follow it. */
const WORTH = 1.1;

/**
 * Collects garbage when the calls pause and have left some: daytwo waits beside an assistant most of its life, and V8 would keep
 * several times what is in use for a next burst.
 */
export function restBetweenCalls(heap: Heap = ownHeap): RestAfter {
  let running = 0;
  let left = 0;
  let timer: NodeJS.Timeout | undefined;
  const rest = (): void => {
    if (heap.used() < left * WORTH) return;
    heap.collect();
    left = heap.used();
  };
  return async (work) => {
    clearTimeout(timer);
    running += 1;
    try {
      return await work();
    } finally {
      running -= 1;
      if (running === 0) timer = setTimeout(rest, QUIET).unref();
    }
  };
}

/** From the first rest on, young garbage stays small and the old grows by half, not twofold, before it is collected. */
const FRUGAL = ['--semi-space-growth-factor=1', '--heap-growing-percent=50'];

const ownHeap: Heap = {
  used: () => {
    const { used_heap_size: objects, external_memory: external } = getHeapStatistics();
    return objects + external;
  },
  collect: collectAll,
};

/** About 0.1 s for a cluster of 500 pods; gives the memory back to the system, and code that was compiled with it. */
function collectAll(): void {
  setFlagsFromString('--expose-gc');
  const gc = runInNewContext('gc') as NodeJS.GCFunction;
  gc({ type: 'major', execution: 'sync', flavor: 'last-resort' });
  for (const flag of FRUGAL) setFlagsFromString(flag);
}
