import { judgeHealth } from '#domain/health/health.ts';
import { readWorld } from '#domain/health/world.ts';
import { upgradeAnswer, UpgradeAnswer } from '#domain/upgrades/answer.ts';
import { gitSide } from '#domain/upgrades/git-side.ts';
import { defineTool, z } from '#tool';

export default defineTool({
  name: 'upgrade_status',
  policy: 'read',
  title: 'Upgrade status',
  description:
    'Use when asked whether Talos or Kubernetes is upgraded, or may be: what Git, Plans and tuppr aim at against every node, kubelet and API server. Says what is stuck, what only looks done, what would undo an upgrade, and the reason for each no of a preflight.',
  upstreams: ['cluster'],
  optional: ['repository'],
  input: z.strictObject({}),
  output: UpgradeAnswer,
  examples: [{}],
  async handler(_input, { cluster, optionalRepo, now, remember, scoped, signal }) {
    const [world, settings] = await Promise.all([
      readWorld(cluster, { signal, now: now(), scoped, remember }),
      cluster.list('ConfigMap', signal),
    ]);
    const { roots } = judgeHealth(world, { remember });
    const paths = world.flux.verdicts.flatMap(({ object }) => object.path ?? []);
    const git = await gitSide(optionalRepo, paths, signal);
    return upgradeAnswer(world, roots, { git, settings: settings.items });
  },
});
