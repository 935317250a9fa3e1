import { refOf } from '../../objects/meta.ts';
import type { CephCluster, CephPart } from '../../objects/rook.ts';
import { clip } from '../../text.ts';
import {
  type Fault,
  firstFault,
  minutesSince,
  raised,
  ripening,
  type Rule,
  type RuleSet,
  type Symptom,
} from '../fault.ts';
import { operatorRefs } from '../operators.ts';
import type { World } from '../world.ts';

const TYPES = 'rook/rook pkg/apis/ceph.rook.io/v1/types.go';

/** CephClusters. */
const CLUSTER_RULES: readonly Rule<CephCluster>[] = [
  { name: 'CephFailure', source: `${TYPES} ConditionFailure`, judge: failure },
  { name: 'CephUnchecked', source: `${TYPES} CephStatus.lastChecked`, judge: unchecked },
  { name: 'CephHealthError', source: `${TYPES} CephStatus.health HEALTH_ERR`, judge: healthError },
  { name: 'CephHealthWarning', source: `${TYPES} CephStatus.health HEALTH_WARN`, judge: healthWarning },
  { name: 'CephNotReady', source: `${TYPES} ConditionProgressing, ConditionConnecting`, judge: notReady },
];

/** Pools, filesystems and object stores. */
const PART_RULES: readonly Rule<CephPart>[] = [
  { name: 'CephFailure', source: `${TYPES} ConditionFailure`, judge: failure },
  { name: 'CephNotReady', source: `${TYPES} ConditionProgressing`, judge: notReady },
];

/** What Rook runs. */
export const ROOK: RuleSet = {
  component: 'storage',
  checked: ({ objects }) => [...objects.CephCluster, ...partsOf(objects)],
  judge: (world) => [
    ...world.objects.CephCluster.flatMap((cluster) => judge(CLUSTER_RULES, cluster, world)),
    ...partsOf(world.objects).flatMap((part) => judge(PART_RULES, part, world)),
  ],
};

function partsOf({ CephBlockPool, CephFilesystem, CephObjectStore }: World['objects']): CephPart[] {
  return [...CephBlockPool, ...CephFilesystem, ...CephObjectStore];
}

function judge<T extends CephCluster | CephPart>(
  rules: readonly Rule<T>[],
  object: T,
  world: World,
): Fault[] {
  if (object.deletion) return [];
  const fault = firstFault(rules, object, { component: 'storage', ref: refOf(object) }, world);
  return fault ? [fault] : [];
}

function failure(object: CephCluster | CephPart, world: World): Symptom | undefined {
  if (object.phase !== 'Failure') return undefined;
  const said = 'message' in object ? object.message : undefined;
  const condition = object.conditions.find(({ status, message }) => status !== 'False' && message);
  return {
    state: 'failed',
    message: clip(`Rook cannot set it up: ${said ?? condition?.message ?? 'no reason given'}`, 200),
    since: condition?.since,
    evidence: [{ path: 'status.phase', value: 'Failure' }],
    causes: object.kind === 'CephCluster' ? [] : clusterRefs(object, world),
  };
}

function clusterRefs({ namespace }: CephPart, { objects }: World): string[] {
  return objects.CephCluster.filter((cluster) => cluster.namespace === namespace).map(refOf);
}

/** The operator asks Ceph every minute; in minutes. */
const UNCHECKED = 5;

/** What was last said counts no more, good or bad. */
function unchecked({ lastChecked, health }: CephCluster, world: World): Symptom | undefined {
  if (lastChecked === undefined || minutesSince(lastChecked, world.now) <= UNCHECKED) return undefined;
  return {
    state: 'stale',
    message: `its health (${health ?? 'none'}) has not been checked for more than ${UNCHECKED} minutes`,
    since: lastChecked,
    evidence: [{ path: 'status.ceph.lastChecked', value: lastChecked }],
    causes: operatorRefs('CephCluster', world),
  };
}

function healthError(cluster: CephCluster, world: World): Symptom | undefined {
  if (cluster.health !== 'HEALTH_ERR') return undefined;
  return { ...healthOf(cluster), state: raised(cluster.lastChanged, world.now, 5) };
}

function healthWarning(cluster: CephCluster, world: World): Symptom | undefined {
  if (cluster.health !== 'HEALTH_WARN') return undefined;
  const isShort = minutesSince(cluster.lastChanged, world.now) < 15;
  return { ...healthOf(cluster), state: isShort ? 'progressing' : 'degraded', inert: true };
}

function healthOf({ health = '', details, lastChanged }: CephCluster): Omit<Symptom, 'state'> {
  const worst = details.toSorted(
    (a, b) => Number(b.severity === 'HEALTH_ERR') - Number(a.severity === 'HEALTH_ERR'),
  );
  const words = worst.slice(0, 2).map(({ code, message }) => `${code} ${message ?? ''}`.trim());
  return {
    message: clip(`${health}: ${words.join('; ') || 'no details'}`, 200),
    since: lastChanged,
    evidence: worst.slice(0, 3).map(({ code, message }) => ({
      path: `status.ceph.details.${code}`,
      value: clip(message ?? '', 120),
    })),
  };
}

/** A cluster says Progressing with each of its reconciliations, too, but not for long. */
function notReady(part: CephCluster | CephPart, world: World): Symptom | undefined {
  if (part.phase === 'Ready' || part.phase === 'Connected') return undefined;
  const since = part.conditions.find(({ status }) => status === 'True')?.since ?? part.created;
  return {
    state: ripening(since, world.now, 15),
    message: `is ${part.phase ?? 'not yet looked at'}, not Ready`,
    since,
    causes: [
      ...(part.kind === 'CephCluster' ? [] : clusterRefs(part, world)),
      ...operatorRefs(part.kind, world),
    ],
  };
}
