import { createHash } from 'node:crypto';

import type { Engine, JsonObject, Pair, Prediction } from '../desired/engine.ts';
import { mapAt, textAt } from '../desired/manifest.ts';
import type { LiveIndex } from './live-index.ts';

/** Predicts for many pairs at once; a pair whose two sides have not changed since is not compared anew. */
export type Predict = (
  pairs: readonly Pair[],
  index: LiveIndex,
  signal: AbortSignal,
) => Promise<readonly Prediction[]>;

/** Predictions that are kept. */
const KEPT = 20_000;

export function createPredict(engine: Engine): Predict {
  const known = new Map<string, Prediction>();
  return async (pairs, index, signal) => {
    const keys = pairs.map(keyOf);
    const fresh = pairs.filter((_, at) => !known.has(keys[at] ?? ''));
    if (fresh.length > 0) {
      const schemas = await index.schemas(
        fresh.map(({ desired }) => desired),
        signal,
      );
      const made = await engine.predict({ pairs: fresh, schemas }, signal);
      for (const [at, pair] of fresh.entries()) {
        const prediction = made[at];
        if (prediction?.ok) known.set(keyOf(pair), prediction);
        else known.delete(keyOf(pair));
      }
      const failed = new Map(fresh.map((pair, at) => [keyOf(pair), made[at]]));
      return finish(keys, known, failed);
    }
    return finish(keys, known, new Map());
  };
}

function finish(
  keys: readonly string[],
  known: Map<string, Prediction>,
  made: ReadonlyMap<string, Prediction | undefined>,
): Prediction[] {
  const predictions = keys.map((key) => known.get(key) ?? made.get(key) ?? NONE);
  for (const key of [...known.keys()].slice(0, Math.max(0, known.size - KEPT))) known.delete(key);
  return predictions;
}

const NONE: Prediction = { ok: false, message: 'the engine gave no answer' };

/** The live object's identity and version, and everything of the desired one. */
function keyOf({ desired, live }: Pair): string {
  const metadata: JsonObject = mapAt(live, 'metadata');
  const hash = createHash('sha256').update(JSON.stringify(desired)).digest('base64');
  return `${textAt(metadata, 'uid')} ${textAt(metadata, 'resourceVersion')} ${hash}`;
}
