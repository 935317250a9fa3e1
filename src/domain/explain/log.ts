import type { z } from 'zod';

import { toToolError } from '../../errors.ts';
import type { ClusterReader } from '../cluster.ts';
import type { NextCall } from '../finding.ts';
import { clip } from '../text.ts';
import type { Crash } from './crash.ts';

/** Last words of a container, or the call that would read them, or why they are not told. */
export interface LastWords {
  lines?: { pod: string; container: string; previous: boolean; lines: string[] };
  next?: z.infer<typeof NextCall>;
  missing?: { what: string; why: string };
}

const LINES = 10;

/** Reads the log only where the caller may read logs; whatever goes wrong with it is no failure of the explanation. */
export async function logOf(
  crash: Crash | undefined,
  {
    cluster,
    mayReadLog,
    signal,
  }: { cluster: ClusterReader; mayReadLog: (namespace: string) => boolean; signal: AbortSignal },
): Promise<LastWords> {
  if (crash === undefined) return {};
  const { namespace, pod, container, previous } = crash;
  const ref = `Pod/${namespace}/${pod}`;
  const what = `log of ${ref}`;
  if (!mayReadLog(namespace)) return { missing: { what, why: 'the policy allows no log_tail there' } };
  try {
    const query = { namespace, pod, container, previous, tailLines: LINES, limitBytes: 20_000 };
    const lines = (await cluster.log(query, signal)).slice(-LINES).map((line) => clip(line, 160));
    return { lines: { pod: ref, container, previous, lines } };
  } catch (error) {
    signal.throwIfAborted();
    const { code, message } = toToolError(error);
    const next = { tool: 'log_tail', arguments: { namespace, pod, container, previous } };
    return { missing: { what, why: clip(message, 160) }, ...(code !== 'denied' && { next }) };
  }
}
