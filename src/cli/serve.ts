import { createMemory } from '#domain/memory.ts';

import type { Readable, Writable } from 'node:stream';

import type { Logger } from 'pino';

import { identify } from '../gate/policy/decide.ts';
import { type GateParts, createGate } from '../gate/gate.ts';
import type { Policy } from '../gate/policy/policy.ts';
import { createRateLimiter } from '../gate/rate-limits.ts';
import { serveOverStdio } from '../transport/stdio.ts';
import { restBetweenCalls } from './rest.ts';

/** Everything a stdio server is made of. */
export interface ServeParts extends Omit<
  GateParts,
  'policy' | 'rateLimiter' | 'remember' | 'now' | 'deadline'
> {
  policy: Policy;
  logger: Logger;
  version: string;
  /** Seconds. */
  callTimeout: number;
  stdin: Readable;
  stdout: Writable;
  /** Aborted by SIGINT and SIGTERM. */
  stop: AbortSignal;
}

/** Serves until the client is gone or the process is told to stop; resolves to the exit code. */
export async function serve(parts: ServeParts): Promise<number> {
  const principal = identify(parts.policy, { transport: 'stdio' });
  if (principal === undefined) {
    parts.logger.fatal(
      `${parts.policy.file}: no principal matches the stdio transport, so nobody could call anything`,
    );
    return 1;
  }
  const gate = createGate({
    ...parts,
    policy: () => parts.policy,
    rateLimiter: createRateLimiter(Date.now),
    remember: createMemory(),
    now: Date.now,
    deadline: parts.callTimeout * 1_000,
  });
  const thenRest = restBetweenCalls();
  const connection = serveOverStdio({
    ...parts,
    gate: { ...gate, call: (call) => thenRest(() => gate.call(call)) },
    principal,
    onMalformed: (problem) => parts.audit.append({ principal, client: 'stdio', malformed: problem }),
    onError: (error) => parts.logger.warn({ err: error }, 'transport error'),
  });
  await Promise.race([connection.closed, aborted(parts.stop)]);
  await connection.close();
  return 0;
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
