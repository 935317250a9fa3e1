import { createMemory } from '#domain/memory.ts';
import { once } from '#domain/once.ts';

import type { Readable, Writable } from 'node:stream';

import type { Logger } from 'pino';

import { identify } from '../gate/policy/decide.ts';
import type { Gate, GateParts } from '../gate/gate.ts';
import type { Policy } from '../gate/policy/policy.ts';
import { createRateLimiter } from '../gate/rate-limits.ts';
import { serveOverStdio } from '../transport/stdio.ts';
import { restBetweenCalls } from './rest.ts';

/** The tools, and what they read besides a cluster and a repository. */
export type Sources = Pick<GateParts, 'tools' | 'runbooks' | 'places' | 'acknowledged'>;

/** Everything a stdio server is made of. */
export interface ServeParts extends Omit<
  GateParts,
  keyof Sources | 'policy' | 'rateLimiter' | 'remember' | 'now' | 'deadline'
> {
  policy: Policy;
  openSources: () => Promise<Sources>;
  logger: Logger;
  version: string;
  /** Seconds. */
  callTimeout: number;
  /** Loads what a first call will need, so that it need not wait for that; connects to nothing. */
  preload: () => Promise<unknown>;
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
  const gate = once(() => openGate(parts));
  const connection = serveOverStdio({
    ...parts,
    gate,
    // What fails here fails again, and is told, when a call needs it.
    onReady: () => void Promise.all([gate(), parts.preload()]).catch(() => undefined),
    principal,
    onMalformed: (problem) => parts.audit.append({ principal, client: 'stdio', malformed: problem }),
    onError: (error) => parts.logger.warn({ err: error }, 'transport error'),
  });
  await Promise.race([connection.closed, aborted(parts.stop)]);
  await connection.close();
  return 0;
}

/** Loads the tools, which cost more than the handshake. */
async function openGate(parts: ServeParts): Promise<Gate> {
  const [sources, { createGate }] = await Promise.all([parts.openSources(), import('../gate/gate.ts')]);
  const gate = createGate({
    ...parts,
    ...sources,
    policy: () => parts.policy,
    rateLimiter: createRateLimiter(Date.now),
    remember: createMemory(),
    now: Date.now,
    deadline: parts.callTimeout * 1_000,
  });
  const thenRest = restBetweenCalls();
  return { ...gate, call: (call) => thenRest(() => gate.call(call)) };
}

async function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
