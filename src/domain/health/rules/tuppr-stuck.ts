import { conditionOf } from '../../conditions.ts';
import { refOf } from '../../objects/meta.ts';
import type { KubernetesUpgrade, TalosUpgrade } from '../../objects/upgrade.ts';
import { clip, nameSome } from '../../text.ts';
import { workingNodes } from '../../upgrades/tuppr-nodes.ts';
import { budgetsOn } from '../budgets-on.ts';
import { minutesSince, ripening, type Symptom } from '../fault.ts';
import { operatorRefs } from '../operators.ts';
import type { World } from '../world.ts';

/** Either upgrade of tuppr. */
export type Upgrade = TalosUpgrade | KubernetesUpgrade;

const ACTIVE: ReadonlySet<string> = new Set([
  'HealthChecking',
  'PreHook',
  'Draining',
  'Upgrading',
  'Rebooting',
  'PostHook',
]);

/** Whether it works on nodes (tuppr api/v1alpha1 JobPhase.IsActive). */
export function isActive({ phase }: Upgrade): boolean {
  return phase !== undefined && ACTIVE.has(phase);
}

/** How long is too long, in minutes, as in tuppr's own alerts. */
export const STUCK = { TalosUpgrade: 60, KubernetesUpgrade: 45, blocked: 30 } as const;

/** How long it has stood: its status is written when something changes, but by a health check of Kubernetes every time. */
function standing(upgrade: Upgrade): string | undefined {
  const isRewritten = upgrade.kind === 'KubernetesUpgrade' && upgrade.phase === 'HealthChecking';
  return (
    (isRewritten ? undefined : upgrade.updated) ??
    upgrade.started ??
    conditionOf(upgrade, 'Progressing')?.since
  );
}

/** At work for longer than an alert would wait, or past the deadline of a reboot. */
export function stuck(upgrade: Upgrade, world: World): Symptom | undefined {
  if (!isActive(upgrade)) return undefined;
  const late = lateReboot(upgrade, world);
  const since = standing(upgrade);
  const state = ripening(since, world.now, STUCK[upgrade.kind]);
  if (state === 'progressing' && late === undefined) return undefined;
  const working = workingNodes(upgrade, world.objects.Node);
  return {
    state: state === 'progressing' ? 'degraded' : state,
    reason: upgrade.phase,
    message: clip(
      late ??
        `stuck in ${upgrade.phase} on ${nameSome(working, 3) || 'no node'}: ${upgrade.message ?? 'no message'}`,
      220,
    ),
    since,
    evidence: [{ path: 'status.phase', value: upgrade.phase ?? '' }],
    causes: [
      ...jobsOn(upgrade, world),
      ...budgetsOn(working, world),
      ...working.filter((node) => world.downNodes.has(node)).map((node) => `Node/${node}`),
      ...operatorRefs(upgrade.kind, world),
    ],
  };
}

function lateReboot(upgrade: Upgrade, { now }: World): string | undefined {
  if (upgrade.kind !== 'TalosUpgrade') return undefined;
  const late = upgrade.rebootingNodes.find(({ deadline }) => minutesSince(deadline, now) > 0);
  return late && `${late.node} has not come back from its reboot in time`;
}

function jobsOn(upgrade: Upgrade, { objects }: World): string[] {
  const nodes = workingNodes(upgrade, objects.Node);
  const isOwn = (labels: Readonly<Record<string, string>>, name: string): boolean =>
    upgrade.kind === 'KubernetesUpgrade'
      ? name === upgrade.jobName
      : nodes.includes(labels['tuppr.home-operations.com/target-node'] ?? '');
  return objects.Job.filter(({ labels, name }) => isOwn(labels, name)).map(refOf);
}
