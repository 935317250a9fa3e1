import { Reconciliation, reconciliationOf } from '#domain/flux/reconciliation.ts';
import { FLUX_STATES } from '#domain/flux/verdict.ts';
import { defineTool, z } from '#tool';

export default defineTool({
  name: 'reconciliation_status',
  policy: 'read',
  title: 'Reconciliation status',
  description:
    'Use first when asked whether the cluster matches Git: which Flux objects fail, are stale, suspended or behind, roots first, each with how many it blocks. What only waits is folded into its root; ask for it by state.',
  upstreams: ['cluster'],
  input: z.strictObject({
    namespace: z.string().min(1).max(63).optional(),
    kind: z.string().max(63).optional().describe('Flux kind'),
    state: z.enum(FLUX_STATES).optional(),
    name: z.string().max(253).optional().describe('part of the name'),
    limit: z.int().min(1).max(200).default(50),
    cursor: z.string().max(200).optional(),
  }),
  output: Reconciliation,
  examples: [{}, { namespace: 'apps', state: 'blocked' }, { kind: 'HelmRelease', name: 'wiki', limit: 10 }],
  target: ({ namespace }) => ({ namespace }),
  async handler({ cursor, limit, ...filter }, context) {
    const { cluster, limits, now, places, remember, scoped, signal } = context;
    const [listings, deployments, known] = await Promise.all([
      cluster.listFlux(signal),
      cluster.list('Deployment', signal),
      places.followed(signal),
    ]);
    return reconciliationOf({
      listings,
      deployments,
      scoped,
      filter,
      cursor,
      limit: Math.min(limit, limits.rows),
      now: now(),
      remember,
      ...(places.configured && { places: { known } }),
    });
  },
});
