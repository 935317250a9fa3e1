import type { z } from 'zod';

import { toToolError } from '../../errors.ts';
import type { ClusterReader } from '../cluster.ts';
import type { NextCall } from '../finding.ts';
import { clip } from '../text.ts';
import type { Crash } from './crash.ts';

/** Last words of a container, or the call that would read them. */
export interface LastWords {
  lines?: { pod: string; container: string; previous: boolean; lines: string[] };
  next?: z.infer<typeof NextCall>;
}

const LINES = 12;

/** Reads the log only where the caller may read logs; whatever goes wrong with it is no failure of the explanation. */
export async function logOf(
  crash: Crash | undefined,
  {
    cluster,
    mayReadLog,
    signal,
  }: { cluster: ClusterReader; mayReadLog: (namespace: string) => boolean; signal: AbortSignal },
): Promise<LastWords> {
  if (crash === undefined || !mayReadLog(crash.namespace)) return {};
  const { namespace, pod, container, previous } = crash;
  try {
    const query = { namespace, pod, container, previous, tailLines: LINES, limitBytes: 20_000 };
    const lines = (await cluster.log(query, signal)).slice(-LINES).map((line) => clip(line, 160));
    return { lines: { pod: `Pod/${namespace}/${pod}`, container, previous, lines } };
  } catch (error) {
    signal.throwIfAborted();
    void toToolError(error);
    return { next: { tool: 'log_tail', arguments: { namespace, pod, container, previous } } };
  }
}
