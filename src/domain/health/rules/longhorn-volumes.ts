import { conditionOf } from '../../conditions.ts';
import type {
  InstanceManager,
  LonghornEngine,
  LonghornReplica,
  LonghornVolume,
} from '../../objects/longhorn.ts';
import { refOf } from '../../objects/meta.ts';
import { byText, clip, nameSome } from '../../text.ts';
import {
  type Fault,
  firstFault,
  latest,
  minutesSince,
  type Rule,
  type RuleSet,
  type Symptom,
} from '../fault.ts';
import type { World } from '../world.ts';

/** A volume with what it is made of. */
interface Parts {
  volume: LonghornVolume;
  engines: readonly LonghornEngine[];
  replicas: readonly LonghornReplica[];
}

/** Volumes of Longhorn. Detached with unknown robustness is how one rests. */
const VOLUME_RULES: readonly Rule<Parts>[] = [
  {
    name: 'VolumeFaulted',
    source: 'longhorn-manager k8s/pkg/apis/longhorn/v1beta2 VolumeRobustnessFaulted',
    judge: faulted,
  },
  {
    name: 'FilesystemReadOnly',
    source: 'longhorn-manager k8s/pkg/apis/longhorn/v1beta2 EngineConditionTypeFilesystemReadOnly',
    judge: readOnly,
  },
  {
    name: 'RestoreFailure',
    source: 'longhorn-manager k8s/pkg/apis/longhorn/v1beta2 VolumeConditionReasonRestoreFailure',
    judge: restoreFailed,
  },
  {
    name: 'VolumeDegraded',
    source: 'longhorn, alert rule LonghornVolumeStatusWarning; lastDegradedAt',
    judge: degraded,
  },
  {
    name: 'NotScheduled',
    source: 'longhorn-manager k8s/pkg/apis/longhorn/v1beta2 VolumeConditionTypeScheduled',
    judge: notScheduled,
  },
  {
    name: 'VolumeAlmostFull',
    source: 'longhorn, alert rule LonghornVolumeActualSpaceUsedWarning',
    judge: almostFull,
  },
  { name: 'SingleReplica', source: 'longhorn best practices, replica count', judge: singleReplica },
];

/** Volumes of Longhorn, with their engines and replicas. */
export const LONGHORN_VOLUMES: RuleSet = {
  component: 'storage',
  checked: ({ objects }) => objects.Volume,
  judge: (world) => {
    const engines = Map.groupBy(world.objects.Engine, ({ namespace, volume }) => `${namespace}/${volume}`);
    const replicas = Map.groupBy(world.objects.Replica, ({ namespace, volume }) => `${namespace}/${volume}`);
    return world.objects.Volume.filter(({ deletion }) => deletion === undefined).flatMap((volume) => {
      const key = `${volume.namespace}/${volume.name}`;
      const parts = { volume, engines: engines.get(key) ?? [], replicas: replicas.get(key) ?? [] };
      return judgeVolume(parts, world) ?? [];
    });
  },
};

/** The claim that uses it is part of what shows: a person asks about that. */
function judgeVolume(parts: Parts, world: World): Fault | undefined {
  const blame = { component: 'storage', ref: refOf(parts.volume) } as const;
  const fault = firstFault(VOLUME_RULES, parts, blame, world);
  return fault && { ...fault, members: claimsOf(parts.volume) };
}

function claimsOf({ claim }: LonghornVolume): string[] {
  return claim === undefined ? [] : [refOf(claim)];
}

function claimProof({ claim }: LonghornVolume) {
  return claim === undefined ? [] : [{ path: 'status.kubernetesStatus', value: refOf(claim) }];
}

/** Nodes of replicas that failed, or that an attached volume lacks. */
function failingNodes({ volume, engines, replicas }: Parts): string[] {
  const nodes = replicas
    .filter(({ failedAt, state, name }) => {
      const isMissing = volume.state === 'attached' && state !== 'running';
      return failedAt !== undefined || isMissing || engines.some(({ modes }) => modes[name] === 'ERR');
    })
    .flatMap(({ node }) => node ?? []);
  return [...new Set(nodes)].toSorted(byText);
}

/** What a replica's failure on these nodes may come from. */
function hostRefs(nodes: readonly string[], { namespace }: LonghornVolume, world: World): string[] {
  const managers = world.objects.InstanceManager.filter(
    ({ node }) => node !== undefined && nodes.includes(node),
  );
  return [
    ...nodes.map((name) => refOf({ kind: 'Node', name })),
    ...nodes.map((name) => refOf({ kind: 'Node', group: 'longhorn.io', namespace, name })),
    ...managers.map((one: InstanceManager) => refOf(one)),
  ];
}

function faulted(parts: Parts, world: World): Symptom | undefined {
  const { volume, replicas } = parts;
  if (volume.robustness !== 'faulted' || volume.state === 'creating') return undefined;
  const nodes = failingNodes(parts);
  const since = latest(replicas.map(({ failedAt }) => failedAt)) ?? volume.lastDegradedAt;
  return {
    state: 'failed',
    message: `no usable replica is left of ${volume.replicas}${nodes.length > 0 ? `: failed on ${nameSome(nodes, 3)}` : ''}`,
    since,
    evidence: [
      { path: 'status', value: `robustness ${volume.robustness}, state ${volume.state}` },
      ...claimProof(volume),
    ],
    causes: hostRefs(nodes, volume, world),
    ...(nodes.length > 0 && { nodes }),
  };
}

function readOnly({ volume, engines }: Parts): Symptom | undefined {
  const condition = engines
    .map((engine) => conditionOf(engine, 'FilesystemReadOnly'))
    .find((one) => one?.status === 'True');
  if (condition === undefined) return undefined;
  return {
    state: 'failed',
    message: `its file system turned read-only on ${volume.node ?? 'its node'}`,
    since: condition.since,
    evidence: [
      { path: 'Engine conditions[FilesystemReadOnly]', value: clip(condition.message ?? 'True', 140) },
      ...claimProof(volume),
    ],
  };
}

function restoreFailed({ volume }: Parts): Symptom | undefined {
  const restore = conditionOf(volume, 'Restore');
  if (restore?.reason !== 'RestoreFailure') return undefined;
  return {
    state: 'failed',
    message: clip(`cannot be restored: ${restore.message ?? restore.reason}`, 200),
    since: restore.since,
    evidence: claimProof(volume),
  };
}

/** Minutes: a replica that is back soon is rebuilt by itself; an hour without redundancy is a failure. */
const DEGRADED = { soon: 5, long: 60 } as const;

function degraded(parts: Parts, world: World): Symptom | undefined {
  const { volume, engines } = parts;
  if (volume.robustness !== 'degraded') return undefined;
  const age = minutesSince(volume.lastDegradedAt, world.now);
  const isRebuilding = engines.some(({ modes }) => Object.values(modes).includes('WO'));
  const nodes = failingNodes(parts);
  const scheduled = conditionOf(volume, 'Scheduled');
  const why = scheduled?.status === 'False' ? `; ${scheduled.message ?? scheduled.reason ?? ''}` : '';
  const lasting = age >= DEGRADED.long && !isRebuilding ? 'failed' : 'degraded';
  return {
    // Without a time nobody knows that it has only just begun.
    state: volume.lastDegradedAt !== undefined && age < DEGRADED.soon ? 'progressing' : lasting,
    message: clip(`${replicaWords(parts)}${isRebuilding ? ', one is being rebuilt' : ''}${why}`, 200),
    since: volume.lastDegradedAt,
    evidence: claimProof(volume),
    causes: [...hostRefs(nodes, volume, world), ...placeRefs(parts, world)],
    inert: true,
    ...(nodes.length > 0 && { nodes }),
  };
}

function replicaWords(parts: Parts): string {
  const { volume, engines, replicas } = parts;
  const isUsed = ({ name, state, failedAt }: LonghornReplica): boolean =>
    engines.some(({ modes }) => modes[name] === 'RW') ||
    (engines.length === 0 && state === 'running' && failedAt === undefined);
  const nodes = failingNodes(parts);
  const where = nodes.length > 0 ? `: failed on ${nameSome(nodes, 3)}` : '';
  return `${replicas.filter(isUsed).length} of ${volume.replicas} replicas are whole${where}`;
}

/** Whose fault it is that a replica finds no place, by the words of the scheduler (longhorn-manager scheduler). */
const PLACES =
  /insufficient storage|disks are unavailable|nodes are unavailable|disk not found|node not found/;

function placeRefs({ volume }: Parts, world: World): string[] {
  const scheduled = conditionOf(volume, 'Scheduled');
  if (scheduled?.status !== 'False' || !PLACES.test(scheduled.message ?? '')) return [];
  return world.objects['Node.longhorn.io'].map(refOf).toSorted(byText);
}

function notScheduled(parts: Parts, world: World): Symptom | undefined {
  const { volume } = parts;
  const scheduled = conditionOf(volume, 'Scheduled');
  if (scheduled?.status !== 'False') return undefined;
  return {
    state: 'degraded',
    reason: scheduled.reason,
    message: clip(`a replica finds no place: ${scheduled.message ?? 'no reason given'}`, 200),
    since: scheduled.since,
    evidence: claimProof(volume),
    causes: placeRefs(parts, world),
    inert: true,
  };
}

const FULL = 0.9;

/** The actual size counts snapshots, so that it can pass the size. */
function almostFull({ volume }: Parts): Symptom | undefined {
  const { size, actualSize } = volume;
  if (size === undefined || actualSize === undefined || size === 0 || actualSize / size <= FULL)
    return undefined;
  return {
    state: 'degraded',
    message: `holds ${Math.round((100 * actualSize) / size)} % of its size, snapshots included`,
    evidence: [{ path: 'status.actualSize', value: `${actualSize} of ${size} bytes` }, ...claimProof(volume)],
    inert: true,
  };
}

function singleReplica({ volume }: Parts): Symptom | undefined {
  return volume.replicas === 1
    ? { state: 'info', message: 'has a single replica: it is lost with its node', inert: true }
    : undefined;
}
