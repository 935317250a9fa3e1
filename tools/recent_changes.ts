import { ChangesAnswer, changesAnswer, commitChanges, handChanges } from '#domain/changes/answer.ts';
import { eventChanges, nodeChanges, podRollouts, rollouts } from '#domain/changes/from-cluster.ts';
import { fluxChanges } from '#domain/changes/from-flux.ts';
import { clusterRoots, commitsSince } from '#domain/changes/commits.ts';
import { sinceOf } from '#domain/changes/since.ts';
import { defineTool, z } from '#tool';

export default defineTool({
  name: 'recent_changes',
  policy: 'read',
  title: 'Recent changes',
  description:
    'Use to see what changed before it broke: Git commits, revisions Flux applied, releases, rollouts, hand edits, nodes and telling events of the last hour (since), in one list, newest first.',
  upstreams: ['cluster'],
  optional: ['repository'],
  input: z.strictObject({
    since: z.string().min(2).max(40).default('1h').describe('90m, 24h, or a time'),
    namespace: z.string().min(1).max(63).optional(),
    limit: z.int().min(1).max(200).default(50),
    cursor: z.string().max(200).optional(),
  }),
  output: ChangesAnswer,
  examples: [{}, { since: '24h', namespace: 'wiki' }],
  target: ({ namespace }) => ({ namespace }),
  async handler({ since: asked, namespace, limit, cursor }, context) {
    const { cluster, edits, limits, signal } = context;
    const now = context.now();
    const since = sinceOf(asked, now);
    const [flux, sets, pods, nodes, events, hands] = await Promise.all([
      cluster.listFlux(signal),
      cluster.list('ReplicaSet', signal),
      cluster.list('Pod', signal),
      cluster.list('Node', signal),
      cluster.events({ namespace }, signal),
      edits.since(since, signal),
    ]);
    const objects = flux.flatMap(({ items }) => items);
    const git = await commitsSince(context.optionalRepo, { since, roots: clusterRoots(objects) }, signal);
    const changes = [
      ...commitChanges(git.commits),
      ...fluxChanges(objects),
      ...rollouts(sets.items),
      ...podRollouts(pods.items),
      ...nodeChanges(nodes.items),
      ...eventChanges(events.items),
      ...handChanges(hands.edits),
    ];
    const unchecked = [
      ...(git.why === undefined ? [] : [`commits: ${git.why}`]),
      ...handsUnread(hands.unread),
    ];
    return changesAnswer(changes, {
      since,
      now,
      namespace,
      cursor,
      unchecked,
      limit: Math.min(limit, limits.rows),
    });
  },
});

function handsUnread(kinds: readonly string[]): string[] {
  return kinds.length === 0 ? [] : [`hand-made changes of ${kinds.join(', ')}`];
}
