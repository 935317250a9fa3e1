import { findingWith } from '#domain/health/answer.ts';
import type { ServedKind } from '#domain/cluster.ts';
import { Explanation, explanationOf } from '#domain/explain/answer.ts';
import { crashAmong } from '#domain/explain/crash.ts';
import { explain } from '#domain/explain/explain.ts';
import { gather, nextCalls, noTrouble } from '#domain/explain/gather.ts';
import { logOf } from '#domain/explain/log.ts';
import { gitOfRoots, liveIn } from '#domain/health/git-of.ts';
import { judgeHealth } from '#domain/health/health.ts';
import { readWorld } from '#domain/health/world.ts';
import { resolveKind } from '#domain/kind-name.ts';
import { runbookFor } from '#domain/runbooks/for-finding.ts';
import type { Finding } from '#domain/finding.ts';
import type { ClusterObject } from '#domain/objects/meta.ts';
import { type ReadContext, ToolError, defineTool, z } from '#tool';

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
    const { cluster, now, remember, scoped, signal } = context;
    const { object, kind } = await objectAsked(asked, context);
    const [index, places, policies, events] = await Promise.all([
      context.runbooks.index(signal),
      context.places.followed(signal),
      cluster.list('NetworkPolicy', signal),
      cluster.events({ namespace: object.namespace, kind: kind.kind, name: object.name }, signal),
    ]);
    const world = await readWorld(cluster, { signal, now: now(), scoped, remember });
    const explained = explain(object, judgeHealth(world, { remember }), world, { policies: policies.items });
    const runbookOf = (finding: Finding): Finding['runbook'] => runbookFor(index, finding);
    const finding =
      explained.cause && findingWith(explained.cause, world, { gitOf: gitOfRoots(places, world), runbookOf });
    const git = finding?.git ?? places?.gitOf(object, noTrouble(explained.ref), liveIn(world));
    const sources = {
      world,
      edits: context.edits,
      repository: context.optionalRepo,
      git,
      signal,
      now: now(),
    };
    const { changes, revert } = await gather(explained, sources);
    const log = await logOf(finding && crashAmong([explained.ref, finding.ref], world), context);
    return {
      ...explanationOf(explained, { finding, git, log, events: events.items, changes, now: now() }),
      next: nextCalls(explained, { finding, git, revert, crash: log.next }),
    };
  },
});

async function objectAsked(
  { kind: asked, namespace, name }: { kind: string; namespace?: string; name: string },
  { cluster, signal }: ReadContext,
): Promise<{ object: ClusterObject; kind: ServedKind }> {
  const kind = resolveKind(await cluster.discover(signal), asked);
  if (kind.namespaced && namespace === undefined)
    throw new ToolError('invalid_input', `${kind.kind} is namespaced`, 'Give its namespace.');
  return { kind, object: await cluster.get(kind, kind.namespaced ? namespace : undefined, name, signal) };
}
