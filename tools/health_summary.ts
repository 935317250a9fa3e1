import { answerOf, HealthAnswer } from '#domain/health/answer.ts';
import { judgeHealth } from '#domain/health/health.ts';
import { COMPONENTS } from '#domain/health/layers.ts';
import { readWorld } from '#domain/health/world.ts';
import { runbookFor } from '#domain/runbooks/for-finding.ts';
import { type Finding, STATES } from '#domain/finding.ts';
import { defineTool, z } from '#tool';

export default defineTool({
  name: 'health_summary',
  policy: 'read',
  title: 'Health summary',
  description:
    'Use first when asked what is wrong or whether the cluster is healthy: root causes, worst first, what they break folded under them as a count. Pass state for what is progressing or suspended.',
  upstreams: ['cluster'],
  input: z.strictObject({
    namespace: z.string().min(1).max(63).optional().describe('causes that are or show in it'),
    component: z.enum(COMPONENTS).optional(),
    state: z.enum(STATES).optional(),
    finding: z.string().min(1).max(64).optional().describe('id: lists its consequences'),
    limit: z.int().min(1).max(100).default(20),
    cursor: z.string().max(200).optional(),
  }),
  output: HealthAnswer,
  examples: [
    {},
    { namespace: 'default' },
    { component: 'flux', state: 'suspended' },
    { finding: '1a2b3c4d' },
  ],
  target: ({ namespace }) => ({ namespace }),
  async handler(
    { namespace, limit, ...question },
    { acknowledged: source, cluster, limits, now, remember, runbooks, scoped, signal },
  ) {
    const index = await runbooks.index(signal);
    const acknowledged = await source.read(signal);
    const { benign, unread } = acknowledged;
    const world = await readWorld(cluster, { signal, now: now(), scoped, benign, remember });
    const health = judgeHealth(world, { namespace, acknowledged, remember });
    const runbookOf = (finding: Finding): Finding['runbook'] => runbookFor(index, finding);
    const unchecked = unread === undefined ? [] : [{ what: 'acknowledged findings', why: unread }];
    return answerOf(health, world, {
      ...question,
      runbookOf,
      unchecked,
      limit: Math.min(limit, limits.rows),
    });
  },
});
