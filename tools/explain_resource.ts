import { findingWith } from '#domain/health/answer.ts';
import { Explanation, explanationOf } from '#domain/explain/answer.ts';
import { crashAmong } from '#domain/explain/crash.ts';
import { eventsOn } from '#domain/explain/events.ts';
import { type Explained, explain } from '#domain/explain/explain.ts';
import { gather } from '#domain/explain/gather.ts';
import { childrenIn } from '#domain/explain/link.ts';
import { logOf } from '#domain/explain/log.ts';
import { nextCalls, noTrouble } from '#domain/explain/next.ts';
import { objectAsked } from '#domain/explain/asked.ts';
import { gitOfRoots, liveIn } from '#domain/health/git-of.ts';
import { judgeHealth } from '#domain/health/health.ts';
import { type World, readWorld } from '#domain/health/world.ts';
import { runbookFor } from '#domain/runbooks/for-finding.ts';
import type { Finding } from '#domain/finding.ts';
import type { ClusterObject } from '#domain/objects/meta.ts';
import { type ReadContext, defineTool, z } from '#tool';

export default defineTool({
  name: 'explain_resource',
  policy: 'read',
  title: 'Explain a resource',
  description:
    'Use on one object that is broken or waits: what made it and what hangs on it, the first link that fails, events, last words of a crash, what changed before, its line in Git, and the next calls. Asked for a consequence, it leads to the cause.',
  upstreams: ['cluster'],
  optional: ['repository'],
  input: z.strictObject({
    kind: z.string().min(1).max(120),
    namespace: z.string().min(1).max(63).optional(),
    name: z.string().min(1).max(253),
  }),
  output: Explanation,
  examples: [
    { kind: 'Deployment', namespace: 'wiki', name: 'wiki' },
    { kind: 'node', name: 'worker-1' },
  ],
  target: ({ namespace }) => ({ namespace }),
  async handler(asked, context) {
    const now = context.now();
    const object = await objectAsked(asked, context.cluster, context.signal);
    const [index, places, { world, explained }] = await Promise.all([
      context.runbooks.index(context.signal),
      context.places.followed(context.signal),
      explainedIn(object, context),
    ]);
    const runbookOf = (finding: Finding): Finding['runbook'] => runbookFor(index, finding);
    const gitOf = gitOfRoots(places, world);
    const finding = explained.cause && findingWith(explained.cause, world, { gitOf, runbookOf });
    const git = finding?.git ?? places?.gitOf(object, noTrouble(explained.ref), liveIn(world));
    const about = { world, git, since: finding?.since, located: places !== undefined, now };
    const [found, log, events] = await Promise.all([
      gather(explained, { ...context, repository: context.optionalRepo, ...about }),
      logOf(finding && crashAmong([explained.ref, finding.ref], world), context),
      eventsOn(object, finding?.ref, world, context),
    ]);
    return explanationOf(explained, {
      finding,
      git,
      log,
      now,
      events: events.items,
      changes: found.changes,
      next: nextCalls(explained, { ...found, finding, git, crash: log.next }),
      gaps: [...(log.missing ? [log.missing] : []), ...events.gaps, ...found.gaps],
      sure: world.unsure.length === 0 && !context.scoped,
    });
  },
});

async function explainedIn(
  object: ClusterObject,
  { acknowledged: source, cluster, now, remember, scoped, signal }: ReadContext,
): Promise<{ world: World; explained: Explained }> {
  const [policies, acknowledged] = await Promise.all([
    cluster.list('NetworkPolicy', signal),
    source.read(signal),
  ]);
  const { benign } = acknowledged;
  const world = await readWorld(cluster, { signal, now: now(), scoped, benign, remember });
  const children = remember('children', [world], () => childrenIn(world));
  const health = judgeHealth(world, { acknowledged, remember });
  return { world, explained: explain(object, health, world, { policies: policies.items, children, scoped }) };
}
