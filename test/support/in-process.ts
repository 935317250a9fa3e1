import { createMemory } from '#domain/memory.ts';

import { join } from 'node:path';

import { createKubernetesCluster } from '../../src/adapters/kubernetes/cluster.ts';
import { CATALOG } from '../../src/catalog.ts';
import { readPolicy } from '../../src/cli/policy.ts';
import { identify } from '../../src/gate/policy/decide.ts';
import { createGate } from '../../src/gate/gate.ts';
import { createRedactor } from '../../src/gate/redaction/redact.ts';
import { KIND_NAMES } from '../../src/domain/access.ts';
import { createRateLimiter } from '../../src/gate/rate-limits.ts';
import { NO_RUNBOOKS } from './context.ts';
import type { Session } from './session.ts';

const POLICY = join(import.meta.dirname, '../../policy/policy.yaml');

/**
 * The gate over a live cluster in this process: what a session says, at a third of its cost. For tests that need many;
 * that the pieces fit together is shown by those with a real session.
 */
export function openInProcess(kubeconfig: string): Pick<Session, 'call' | 'close'> {
  const policy = readPolicy(POLICY, { tools: Object.keys(CATALOG), kinds: KIND_NAMES });
  const principal = identify(policy, { transport: 'stdio' });
  if (principal === undefined) throw new Error('the shipped policy knows nobody on stdio');
  const redactor = createRedactor({ literals: () => [] });
  const cluster = createKubernetesCluster({
    kubeconfig,
    logs: false,
    extraGroups: [],
    redact: (text) => redactor.text(text),
    userAgent: 'daytwo/test',
  });
  const gate = createGate({
    tools: Object.values(CATALOG),
    policy: () => policy,
    openCluster: async () => cluster,
    audit: { append: () => undefined, intend: () => undefined, newId: () => '' },
    runbooks: NO_RUNBOOKS,
    rateLimiter: createRateLimiter(Date.now),
    remember: createMemory(),
    createRedactor: () => createRedactor({ literals: () => [] }),
    now: Date.now,
    deadline: 30_000,
  });
  return {
    async call(tool, input = {}) {
      const { signal } = new AbortController();
      const call = { principal, client: 'test', tool, arguments: input, signal, progress: () => undefined };
      const { text, data, failed } = await gate.call(call);
      return { text, data, failed: failed !== undefined };
    },
    close: () => cluster.close(),
  };
}
