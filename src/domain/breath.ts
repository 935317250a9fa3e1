/** Milliseconds of work between two breaths. */
const LONGEST = 10;

/**
 * Lets other work of the process have its turn when the last time was a while ago: for loops over whole repositories, which
 * would otherwise keep every other answer waiting.
 */
export function breathing(now: () => number = () => performance.now()): () => Promise<void> {
  let last = now();
  return async () => {
    if (now() - last < LONGEST) return;
    await new Promise((resolve) => {
      setImmediate(resolve);
    });
    last = now();
  };
}
