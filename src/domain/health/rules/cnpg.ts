import { conditionOf } from '../../conditions.ts';
import type { PostgresCluster } from '../../objects/cnpg.ts';
import { refOf } from '../../objects/meta.ts';
import { clip, nameSome } from '../../text.ts';
import { firstFault, minutesSince, ripening, type Rule, type RuleSet, type Symptom } from '../fault.ts';
import { operatorRefs } from '../operators.ts';
import type { World } from '../world.ts';

const TYPES = 'cloudnative-pg api/v1/cluster_types.go';

/** Clusters, by what runs. */
const CLUSTER_RULES: readonly Rule<PostgresCluster>[] = [
  { name: 'Hibernated', source: 'cloudnative-pg pkg/utils HibernationAnnotationName', judge: hibernated },
  { name: 'ClusterBroken', source: `${TYPES} PhaseUnrecoverable, PhaseNotEnoughDiskSpace`, judge: broken },
  { name: 'PrimaryFailing', source: `${TYPES} currentPrimaryFailingSinceTimestamp`, judge: primaryFailing },
  { name: 'InstancesMissing', source: `${TYPES} readyInstances`, judge: instancesMissing },
  { name: 'ClusterInTransition', source: `${TYPES} PhaseSwitchover, PhaseUpgrade`, judge: inTransition },
  { name: 'UnusableClaims', source: `${TYPES} unusablePVC, danglingPVC`, judge: claims },
];

/** Databases of CloudNativePG. */
export const POSTGRES: RuleSet = {
  component: 'database',
  checked: ({ objects }) => objects.Cluster,
  judge: (world) =>
    world.objects.Cluster.filter(({ deletion }) => deletion === undefined).flatMap(
      (cluster) =>
        firstFault(CLUSTER_RULES, cluster, { component: 'database', ref: refOf(cluster) }, world) ?? [],
    ),
};

function hibernated({ hibernated: isOff }: PostgresCluster): Symptom | undefined {
  return isOff ? { state: 'suspended', message: 'hibernated by its annotation' } : undefined;
}

/** Phases that no waiting mends. */
const BROKEN = /unrecoverable|not enough disk space|cannot proceed|cannot be restored/i;

function broken({ phase = '', phaseReason, conditions }: PostgresCluster): Symptom | undefined {
  if (!BROKEN.test(phase)) return undefined;
  return {
    state: 'failed',
    message: clip(phaseReason === undefined ? phase : `${phase}: ${phaseReason}`, 200),
    since: conditions.find(({ type }) => type === 'Ready')?.since,
    evidence: [{ path: 'status.phase', value: clip(phase, 120) }],
  };
}

function primaryFailing({ primaryFailingSince, primary }: PostgresCluster): Symptom | undefined {
  if (primaryFailingSince === undefined) return undefined;
  return {
    state: 'failed',
    message: `its primary ${primary ?? ''} is failing`,
    since: primaryFailingSince,
    evidence: [{ path: 'status.currentPrimaryFailingSinceTimestamp', value: primaryFailingSince }],
  };
}

function instancesMissing(cluster: PostgresCluster, world: World): Symptom | undefined {
  const { instances, ready, phase } = cluster;
  if (instances === 0 || ready >= instances) return undefined;
  const condition = conditionOf(cluster, 'Ready');
  const since = condition?.status === 'False' ? condition.since : (cluster.primarySince ?? cluster.created);
  return {
    state: ready === 0 ? ripening(since, world.now, 15) : 'degraded',
    message: clip(`${ready} of ${instances} instances are ready: ${phase ?? 'no phase'}`, 200),
    since,
    evidence: [{ path: 'status.readyInstances', value: `${ready} of ${instances}` }],
    causes: operatorRefs('Cluster', world),
  };
}

const HEALTHY = 'Cluster in healthy state';

/** A switchover, an upgrade and the like end by themselves. */
function inTransition(cluster: PostgresCluster, world: World): Symptom | undefined {
  const { phase, phaseReason } = cluster;
  const isSwitching = isSwitchingOver(cluster);
  if (phase === HEALTHY && !isSwitching) return undefined;
  const since = transitionStart(cluster, isSwitching);
  const what = isSwitching ? `switching from ${cluster.primary} to ${cluster.target}` : phase;
  return {
    state: minutesSince(since, world.now) < PATIENCE ? 'progressing' : 'degraded',
    message: clip([what ?? 'not yet looked at', ...(phaseReason ? [phaseReason] : [])].join(': '), 200),
    since,
    evidence: [{ path: 'status.phase', value: clip(phase ?? 'none', 120) }],
    causes: operatorRefs('Cluster', world),
  };
}

/** In minutes. */
const PATIENCE = 15;

function isSwitchingOver({ primary, target }: PostgresCluster): boolean {
  return target !== undefined && primary !== undefined && target !== primary;
}

function transitionStart(cluster: PostgresCluster, isSwitching: boolean): string {
  const started = isSwitching ? cluster.targetSince : undefined;
  return started ?? conditionOf(cluster, 'Ready')?.since ?? cluster.created;
}

function claims({ unusableClaims, danglingClaims, namespace }: PostgresCluster): Symptom | undefined {
  const all = [...unusableClaims, ...danglingClaims];
  if (all.length === 0) return undefined;
  return {
    state: unusableClaims.length > 0 ? 'degraded' : 'info',
    message: `claims that no instance uses: ${nameSome(all, 3)}`,
    evidence: [
      {
        path: unusableClaims.length > 0 ? 'status.unusablePVC' : 'status.danglingPVC',
        value: nameSome(all, 3),
      },
    ],
    causes: all.map((name) => refOf({ kind: 'PersistentVolumeClaim', namespace, name })),
  };
}
