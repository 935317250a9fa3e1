import { DisabledAnswer, disabledAnswer } from '#domain/disabled/answer.ts';
import { judgeServices } from '#domain/disabled/judge.ts';
import { readTexts } from '#domain/disabled/read.ts';
import { disabledServices } from '#domain/disabled/services.ts';
import { defineTool, z } from '#tool';

export default defineTool({
  name: 'disabled_services',
  policy: 'read',
  title: 'Disabled services',
  description:
    'Use to see what is switched off on purpose, and whether comments, decision log, directories, probes and the cluster agree: undocumented, still running or probed, review overdue.',
  upstreams: ['cluster', 'repository'],
  input: z.strictObject({
    limit: z.int().min(1).max(200).default(50),
    cursor: z.string().max(200).optional(),
  }),
  output: DisabledAnswer,
  examples: [{}, { limit: 10 }],
  async handler({ limit, cursor }, { cluster, limits, now, repo, signal }) {
    const [{ commit }, listings, ...workloads] = await Promise.all([
      repo.head(signal),
      cluster.listFlux(signal),
      cluster.list('Deployment', signal),
      cluster.list('StatefulSet', signal),
      cluster.list('DaemonSet', signal),
    ]);
    const services = disabledServices(await readTexts(repo, commit.sha, signal));
    const unread = listings.find(({ kind, state }) => kind === 'Kustomization' && state === 'unknown');
    const live = {
      flux: listings.flatMap(({ items }) => items),
      workloads: workloads.flatMap(({ items }) => items),
    };
    const unchecked = unread && (unread.why ?? 'Kustomizations cannot be read');
    return disabledAnswer(judgeServices(services, unread ? undefined : live, now()), {
      cursor,
      unchecked,
      limit: Math.min(limit, limits.rows),
    });
  },
});
