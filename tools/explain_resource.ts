import { findingWith } from '#domain/health/answer.ts';
import { EVENT_COLUMNS, eventRows } from '#domain/event-rows.ts';
import { Explanation, chainTable, changesTable, summaryOf } from '#domain/explain/answer.ts';
import { crashAmong } from '#domain/explain/crash.ts';
import { explain } from '#domain/explain/explain.ts';
import { gather, nextCalls } from '#domain/explain/gather.ts';
import { logOf } from '#domain/explain/log.ts';
import { gitOfRoots, liveIn } from '#domain/health/git-of.ts';
import { judgeHealth } from '#domain/health/health.ts';
import { readWorld } from '#domain/health/world.ts';
import { resolveKind } from '#domain/kind-name.ts';
import { runbookFor } from '#domain/runbooks/for-finding.ts';
import { paginate } from '#domain/table.ts';
import { ToolError, defineTool, z } from '#tool';

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
  async handler({ kind: asked, namespace, name }, context) {
    const { cluster, now, remember, scoped, signal } = context;
    const kind = resolveKind(await cluster.discover(signal), asked);
    if (kind.namespaced && namespace === undefined)
      throw new ToolError('invalid_input', `${kind.kind} is namespaced`, 'Give its namespace.');
    const at = kind.namespaced ? namespace : undefined;
    const [object, index, places, policies] = await Promise.all([
      cluster.get(kind, at, name, signal),
      context.runbooks.index(signal),
      context.places.followed(signal),
      cluster.list('NetworkPolicy', signal),
    ]);
    const world = await readWorld(cluster, { signal, now: now(), scoped, remember });
    const explained = explain(object, judgeHealth(world, { remember }), world, { policies: policies.items });
    const { cause } = explained;
    const gitOf = gitOfRoots(places, world);
    const finding =
      cause && findingWith(cause, world, { gitOf, runbookOf: (found) => runbookFor(index, found) });
    const git =
      finding?.git ??
      places?.gitOf(object, { ref: explained.ref, reason: '', message: '', images: [] }, liveIn(world));
    const { changes, revert } = await gather(explained, {
      world,
      edits: context.edits,
      repository: context.optionalRepo,
      git,
      signal,
      now: now(),
    });
    const log = await logOf(cause && crashAmong([explained.ref, cause.ref], world), context);
    const events = await cluster.events({ namespace: at, kind: kind.kind, name }, signal);
    const told = paginate(eventRows(events.items, now()), { columns: EVENT_COLUMNS, limit: 6, budget: 900 });
    const table = changesTable(changes, finding?.since, now());
    return {
      ref: explained.ref,
      state: explained.state,
      summary: summaryOf(explained),
      ...(finding && { cause: finding }),
      ...(finding === undefined && git && { git }),
      chain: chainTable(explained.chain),
      ...(told.total > 0 && { events: told }),
      ...(log.lines && { log: log.lines }),
      ...(table && { changes: table }),
      next: nextCalls(explained, { finding, git, revert, crash: log.next }),
    };
  },
});
