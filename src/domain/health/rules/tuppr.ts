import { conditionOf } from '../../conditions.ts';
import { refOf } from '../../objects/meta.ts';
import { clip, nameSome } from '../../text.ts';
import { nodeVersions } from '../../upgrades/node-versions.ts';
import { behindOf, targetOn, workingNodes } from '../../upgrades/tuppr-nodes.ts';
import { aheadOf, worstStep } from '../../upgrades/steps.ts';
import { withoutRunningJobs } from '../known.ts';
import { operatorRefs } from '../operators.ts';
import { firstFault, minutesSince, type Rule, type RuleSet, type Symptom } from '../fault.ts';
import type { World } from '../world.ts';
import { isActive, STUCK, stuck, type Upgrade } from './tuppr-stuck.ts';

/** TalosUpgrades and the KubernetesUpgrade; their Ready is True in every phase but Failed, so phases are judged. */
const TUPPR_RULES: readonly Rule<Upgrade>[] = [
  { name: 'UpgradeSuspended', source: 'tuppr internal/constants SuspendAnnotation', judge: suspended },
  { name: 'UpgradeFailed', source: 'tuppr charts/tuppr prometheusrule TalosUpgradeFailed', judge: failed },
  { name: 'NodesFailed', source: 'tuppr api/v1alpha1 status.failedNodes', judge: nodesFailed },
  { name: 'UpgradeUnseen', source: 'tuppr api/v1alpha1 status.observedGeneration', judge: unseen },
  { name: 'UnsupportedStep', source: 'siderolabs/talos pkg/machinery/compatibility', judge: unsupported },
  { name: 'StalePin', source: 'tuppr internal/controller, completion cycles', judge: stale },
  { name: 'UpgradeStuck', source: 'tuppr charts/tuppr prometheusrule TalosUpgradeStuck', judge: stuck },
  { name: 'UpgradeBlocked', source: 'tuppr charts/tuppr prometheusrule TupprUpgradeBlocked', judge: blocked },
  { name: 'UpgradeRuns', source: 'tuppr api/v1alpha1 JobPhase.IsActive', judge: runs },
  { name: 'WindowMissed', source: 'tuppr api/v1alpha1 status.nextMaintenanceWindow', judge: windowMissed },
  { name: 'UpgradeWaits', source: 'tuppr api/v1alpha1 JobPhaseMaintenanceWindow', judge: waits },
  { name: 'UpgradeWithoutEffect', source: 'tuppr api/v1alpha1 JobPhaseCompleted', judge: withoutEffect },
];

/** TalosUpgrades and KubernetesUpgrades. */
export const TUPPR: RuleSet = {
  component: 'upgrade',
  checked: upgradesOf,
  judge: (world, known) =>
    upgradesOf(world)
      .filter(({ deletion }) => deletion === undefined)
      .flatMap((upgrade) => {
        const blame = { component: 'upgrade', ref: refOf(upgrade) } as const;
        return firstFault(TUPPR_RULES, upgrade, blame, world) ?? [];
      })
      .map((fault) => withoutRunningJobs(fault, known)),
};

function upgradesOf({ objects }: World): Upgrade[] {
  return [...objects.TalosUpgrade, ...objects.KubernetesUpgrade];
}

function suspended(upgrade: Upgrade): Symptom | undefined {
  if (!upgrade.suspended) return undefined;
  return { state: 'suspended', message: 'suspended by its annotation', since: upgrade.updated };
}

function failed(upgrade: Upgrade, world: World): Symptom | undefined {
  if (upgrade.phase !== 'Failed') return undefined;
  const failures = upgrade.kind === 'TalosUpgrade' ? upgrade.failedNodes : [];
  const error = upgrade.kind === 'KubernetesUpgrade' ? upgrade.lastError : failures[0]?.error;
  const nodes = failures.map(({ node }) => node);
  const where = nodes.length > 0 ? ` on ${nameSome(nodes, 3)}` : '';
  return {
    state: 'failed',
    message: clip(
      `failed${where} and stays so until it is reset: ${error ?? upgrade.message ?? 'no message'}`,
      230,
    ),
    since: upgrade.completed ?? conditionOf(upgrade, 'Ready')?.since,
    evidence: [{ path: 'status.message', value: clip(upgrade.message ?? 'none', 140) }],
    causes: nodes.filter((node) => world.downNodes.has(node)).map((node) => `Node/${node}`),
  };
}

/** A node that failed while others are still being upgraded: the phase says so only in the end. */
function nodesFailed(upgrade: Upgrade, world: World): Symptom | undefined {
  if (upgrade.kind !== 'TalosUpgrade' || !isActive(upgrade)) return undefined;
  const [first] = upgrade.failedNodes;
  if (first === undefined) return undefined;
  const nodes = upgrade.failedNodes.map(({ node }) => node);
  return {
    state: 'failed',
    message: clip(`failed on ${nameSome(nodes, 3)} and goes on: ${first.error ?? 'no reason'}`, 220),
    since: upgrade.updated,
    evidence: [{ path: 'status.failedNodes', value: nameSome(nodes, 3) }],
    causes: nodes.filter((node) => world.downNodes.has(node)).map((node) => `Node/${node}`),
  };
}

/** A spec is looked at within this time, in minutes. */
const FIRST_LOOK = 5;

function unseen(upgrade: Upgrade, world: World): Symptom | undefined {
  const { phase, generation, observedGeneration, created, updated } = upgrade;
  const isBehind = generation !== undefined && (observedGeneration ?? 0) < generation;
  if (phase !== undefined && !isBehind) return undefined;
  const since = phase === undefined ? created : (updated ?? created);
  return {
    state: minutesSince(since, world.now) < FIRST_LOOK ? 'progressing' : 'stale',
    message:
      phase === undefined ? 'its controller has not judged it' : 'its controller has not seen its spec',
    since,
    causes: operatorRefs(upgrade.kind, world),
    evidence: [
      { path: 'status.observedGeneration', value: `${observedGeneration ?? 'none'} of ${generation ?? '?'}` },
    ],
  };
}

function unsupported(upgrade: Upgrade, world: World): Symptom | undefined {
  const steps = behindOf(upgrade, versionsOf(world)).flatMap((one) => {
    const target = targetOn(upgrade, one);
    return target ? (worstStep(subjectOf(upgrade), target, [one]) ?? []) : [];
  });
  const step =
    steps.find(({ verdict }) => verdict === 'no') ?? steps.find(({ verdict }) => verdict === 'warn');
  if (step === undefined) return undefined;
  return {
    state: step.verdict === 'no' ? 'failed' : 'degraded',
    message: `from ${step.from} on ${nameSome(step.nodes, 3)} to ${upgrade.version}: ${step.why}`,
    evidence: [{ path: 'spec version', value: upgrade.version ?? '' }],
  };
}

function versionsOf({ objects }: World) {
  return nodeVersions(objects.Node, objects.Pod);
}

function subjectOf({ kind }: Upgrade) {
  return kind === 'TalosUpgrade' ? 'talos' : 'kubernetes';
}

/** A completed upgrade is opened again for a node that differs, in either direction. */
function stale(upgrade: Upgrade, world: World): Symptom | undefined {
  const [ahead] = behindOf(upgrade, versionsOf(world)).filter((one) => {
    const target = targetOn(upgrade, one);
    return target !== undefined && aheadOf(subjectOf(upgrade), target, [one]).length > 0;
  });
  if (ahead === undefined) return undefined;
  const own = upgrade.kind === 'TalosUpgrade' ? ahead.talos : ahead.kubelet;
  return {
    state: 'degraded',
    message: `would set ${ahead.node.name} back from ${own} to ${targetOn(upgrade, ahead)} when it next looks: the pin is older than what runs`,
    evidence: [{ path: 'spec version', value: upgrade.version ?? '' }],
  };
}

function blocked(upgrade: Upgrade, world: World): Symptom | undefined {
  if (upgrade.phase !== 'Pending') return undefined;
  const reason = conditionOf(upgrade, 'Progressing')?.reason ?? 'Pending';
  const since = upgrade.updated ?? upgrade.created;
  const { message = reason } = upgrade;
  const prePull = upgrade.kind === 'TalosUpgrade' ? upgrade.prePullError : undefined;
  return {
    state: minutesSince(since, world.now) < STUCK.blocked ? 'progressing' : 'degraded',
    reason,
    message: clip(`waits: ${prePull ?? message}`, 220),
    since,
    evidence: [{ path: 'conditions[Progressing]', value: reason }],
    causes: waitedFor(message),
  };
}

/** Refs of what its message says it waits for: another upgrade, or nodes. */
function waitedFor(message: string): string[] {
  const [, kind, name] = OTHER.exec(message) ?? [];
  const [, nodes = ''] = /unreachable node\(s\): (.+)/.exec(message) ?? [];
  const named = nodes.split(', ').filter((node) => node !== '');
  return [...(kind && name ? [`${kind}/${name}`] : []), ...named.map((node) => `Node/${node}`)];
}

/** How it says which other upgrade it waits for (tuppr internal/controller/coordination). */
const OTHER = /Waiting for (?:another )?(TalosUpgrade|KubernetesUpgrade)(?: plan)? '([^']+)'/;

function runs(upgrade: Upgrade, { objects }: World): Symptom | undefined {
  if (!isActive(upgrade)) return undefined;
  const working = workingNodes(upgrade, objects.Node);
  return {
    state: 'progressing',
    message: clip(`${upgrade.phase}, to ${upgrade.version}: ${upgrade.message ?? 'no message'}`, 220),
    since: upgrade.started ?? upgrade.updated,
    nodes: working,
  };
}

/** Minutes after which a window that has begun should have been noticed. */
const NOTICED = 30;

function windowMissed(upgrade: Upgrade, world: World): Symptom | undefined {
  const { phase, nextWindow, kind } = upgrade;
  if (phase !== 'MaintenanceWindow' || minutesSince(nextWindow, world.now) < NOTICED) return undefined;
  return {
    state: 'stale',
    message: `its window began at ${nextWindow}, and it still waits for it`,
    since: nextWindow,
    evidence: [{ path: 'status.nextMaintenanceWindow', value: nextWindow ?? '' }],
    causes: operatorRefs(kind, world),
  };
}

function waits({ phase, version, nextWindow }: Upgrade): Symptom | undefined {
  if (phase !== 'MaintenanceWindow') return undefined;
  return {
    state: 'info',
    message: `waits for its window, ${nextWindow ?? 'time not told'}, to upgrade to ${version}`,
  };
}

/** A completed upgrade looks again every hour or when a node joins, in minutes. */
const AUDIT = 60;

function withoutEffect(upgrade: Upgrade, world: World): Symptom | undefined {
  if (upgrade.phase !== 'Completed') return undefined;
  const old = behindOf(upgrade, versionsOf(world));
  const [first] = old;
  if (first === undefined) return undefined;
  const isFresh = minutesSince(upgrade.completed, world.now) < AUDIT;
  const own = upgrade.kind === 'TalosUpgrade' ? first.talos : first.kubelet;
  return {
    state: isFresh ? 'progressing' : 'degraded',
    message: `Completed, but ${nameSome(
      old.map(({ node }) => node.name),
      3,
    )} runs ${own}, not ${targetOn(upgrade, first)}`,
    since: upgrade.completed,
    evidence: [{ path: 'status.phase', value: 'Completed' }],
  };
}
