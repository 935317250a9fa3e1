import { refOf } from '../../objects/meta.ts';
import type { DiskPool, LocalPool, LocalPools, LocalVolume } from '../../objects/openebs.ts';
import type { Volume } from '../../objects/platform.ts';
import { byText, clip, nameSome } from '../../text.ts';
import { type Fault, firstFault, ripening, type Rule, type RuleSet, type Symptom } from '../fault.ts';
import { operatorRefs } from '../operators.ts';
import type { World } from '../world.ts';

/** PersistentVolumes that live on nodes of their own: hostpath, local, LVM and ZFS. */
const PLACED_RULES: readonly Rule<Volume>[] = [
  {
    name: 'VolumeNodeGone',
    source: 'openebs/dynamic-localpv-provisioner: spec.nodeAffinity of PVs by openebs.io/local',
    judge: nodeGone,
  },
  {
    name: 'VolumeNodeDown',
    source: 'openebs/dynamic-localpv-provisioner: spec.nodeAffinity of PVs by openebs.io/local',
    judge: nodeDown,
  },
];

/** LVMVolumes and ZFSVolumes. */
const VOLUME_RULES: readonly Rule<LocalVolume>[] = [
  {
    name: 'LocalVolumeFailed',
    source: 'openebs/lvm-localpv pkg/apis/openebs.io/lvm/v1alpha1/lvmvolume.go VolStatus',
    judge: volumeFailed,
  },
  {
    name: 'LocalVolumePending',
    source: 'openebs/zfs-localpv pkg/apis/openebs.io/zfs/v1/zfsvolume.go VolStatus',
    judge: volumePending,
  },
];

/** LVMNodes and ZFSNodes: volume groups and pools. */
const POOL_RULES: readonly Rule<LocalPools>[] = [
  {
    name: 'PhysicalVolumeMissing',
    source: 'openebs/lvm-localpv pkg/apis/openebs.io/lvm/v1alpha1/lvmnode.go MissingPVCount',
    judge: missing,
  },
  {
    name: 'PoolAlmostFull',
    source: 'openebs/lvm-localpv pkg/apis/openebs.io/lvm/v1alpha1/lvmnode.go VolumeGroup',
    judge: almostFull,
  },
];

/** DiskPools of Mayastor. */
const DISK_POOL_RULES: readonly Rule<DiskPool>[] = [
  {
    name: 'DiskPoolDown',
    source: 'openebs/mayastor-control-plane k8s/operators pool diskpool PoolStatus',
    judge: poolDown,
  },
  {
    name: 'DiskPoolCreating',
    source: 'openebs/mayastor-control-plane k8s/operators pool diskpool CrPoolState',
    judge: poolCreating,
  },
  {
    name: 'PoolAlmostFull',
    source: 'openebs/mayastor-control-plane k8s/operators pool diskpool capacity and used',
    judge: diskPoolFull,
  },
];

/** Storage of OpenEBS, and other volumes that cannot leave their node. */
export const OPENEBS: RuleSet = {
  component: 'storage',
  checked: ({ objects }) => [
    ...objects.LVMVolume,
    ...objects.ZFSVolume,
    ...objects.LVMNode,
    ...objects.ZFSNode,
    ...objects.DiskPool,
  ],
  judge: (world) => {
    const { PersistentVolume, LVMVolume, ZFSVolume, LVMNode, ZFSNode, DiskPool: pools } = world.objects;
    return [
      ...PersistentVolume.flatMap((volume) => judge(PLACED_RULES, volume, world)),
      ...[...LVMVolume, ...ZFSVolume].flatMap((volume) => judge(VOLUME_RULES, volume, world)),
      ...[...LVMNode, ...ZFSNode].flatMap((node) => judge(POOL_RULES, node, world)),
      ...pools.flatMap((pool) => judge(DISK_POOL_RULES, pool, world)),
    ];
  },
};

function judge<T extends Volume | LocalVolume | LocalPools | DiskPool>(
  rules: readonly Rule<T>[],
  object: T,
  world: World,
): Fault[] {
  if (object.deletion) return [];
  const fault = firstFault(rules, object, { component: 'storage', ref: refOf(object) }, world);
  if (fault === undefined) return [];
  const claim = object.kind === 'PersistentVolume' ? object.claim : undefined;
  return [{ ...fault, members: claim === undefined ? [] : [refOf(claim)] }];
}

/** Nodes by name and by hostname: a volume's affinity may give either. */
function hostsOf({ nodes, phase }: Volume, world: World) {
  if (phase !== 'Bound' || nodes.length === 0 || !world.sees('Node') || world.objects.Node.length === 0)
    return undefined;
  return world.objects.Node.filter(
    ({ name, labels }) => nodes.includes(name) || nodes.includes(labels['kubernetes.io/hostname'] ?? ''),
  );
}

function nodeGone(volume: Volume, world: World): Symptom | undefined {
  const hosts = hostsOf(volume, world);
  if (hosts === undefined || hosts.length > 0) return undefined;
  return {
    state: 'failed',
    message: `its data is on ${nameSome(volume.nodes, 3)}, which does not exist`,
    evidence: [{ path: 'spec.nodeAffinity', value: nameSome(volume.nodes, 3) }],
  };
}

function nodeDown(volume: Volume, world: World): Symptom | undefined {
  const hosts = hostsOf(volume, world) ?? [];
  if (hosts.length === 0 || hosts.some(({ name }) => !world.downNodes.has(name))) return undefined;
  const nodes = hosts.map(({ name }) => name).toSorted(byText);
  return {
    state: 'failed',
    message: `its data is on ${nameSome(nodes, 3)}, which is not ready`,
    evidence: [{ path: 'spec.nodeAffinity', value: nameSome(volume.nodes, 3) }],
    causes: nodes.map((name) => refOf({ kind: 'Node', name })),
    nodes,
  };
}

function nodeRef(node: string | undefined): string[] {
  return node === undefined ? [] : [refOf({ kind: 'Node', name: node })];
}

function volumeFailed({ state, error, node, pool }: LocalVolume): Symptom | undefined {
  if (state !== 'Failed') return undefined;
  const why = [error?.code, error?.message].filter((part) => part !== undefined).join(': ');
  return {
    state: 'failed',
    ...(error?.code !== undefined && { reason: error.code }),
    message: clip(
      `could not be made in ${pool ?? 'its pool'} on ${node ?? 'its node'}: ${why || 'no reason given'}`,
      200,
    ),
    evidence: [{ path: 'status.state', value: 'Failed' }],
    causes: nodeRef(node),
  };
}

function volumePending(volume: LocalVolume, world: World): Symptom | undefined {
  const { state, node, pool, created, kind } = volume;
  if (state !== undefined && state !== 'Pending') return undefined;
  return {
    state: ripening(created, world.now, 5),
    message: `not yet made in ${pool ?? 'its pool'} on ${node ?? 'its node'}`,
    since: created,
    causes: [...nodeRef(node), ...operatorRefs(kind, world)],
  };
}

function missing({ pools, name }: LocalPools): Symptom | undefined {
  const pool = pools.find((one) => one.missing > 0);
  if (pool === undefined) return undefined;
  return {
    state: 'failed',
    message: `volume group ${pool.name} on ${name} lacks ${pool.missing} of its physical volumes`,
    evidence: [{ path: `volumeGroups[${pool.name}].missingPvCount`, value: String(pool.missing) }],
  };
}

const FULL = 0.8;

function almostFull({ pools, name }: LocalPools): Symptom | undefined {
  const pool = pools.find((one) => usageOf(one) > FULL);
  if (pool === undefined) return undefined;
  return {
    state: 'degraded',
    message: `pool ${pool.name} on ${name} is ${Math.round(100 * usageOf(pool))} % full`,
    evidence: [{ path: `${pool.name}.free`, value: `${pool.free} of ${pool.size} bytes` }],
    inert: true,
  };
}

function usageOf({ size, free }: LocalPool): number {
  return size === undefined || free === undefined || size <= 0 ? 0 : 1 - free / size;
}

function poolDown({ state, node, lifecycle }: DiskPool, world: World): Symptom | undefined {
  if (state === undefined || state === 'Online' || lifecycle === 'Creating') return undefined;
  return {
    state: state === 'Degraded' ? 'degraded' : 'failed',
    reason: `DiskPool${state}`,
    message: `pool on ${node ?? 'its node'} is ${state.toLowerCase()}: replicas in it cannot be used`,
    evidence: [{ path: 'status.pool_status', value: state }],
    causes: [...nodeRef(node), ...operatorRefs('DiskPool', world)],
    ...(node !== undefined && { nodes: [node] }),
  };
}

function poolCreating({ state, lifecycle, created, node }: DiskPool, world: World): Symptom | undefined {
  if (lifecycle !== 'Creating' && (state !== undefined || lifecycle !== undefined)) return undefined;
  return {
    state: ripening(created, world.now, 5),
    message: `pool on ${node ?? 'its node'} is not yet made`,
    since: created,
    causes: [...nodeRef(node), ...operatorRefs('DiskPool', world)],
  };
}

function diskPoolFull({ capacity, used }: DiskPool): Symptom | undefined {
  if (capacity === undefined || used === undefined || capacity <= 0 || used / capacity <= FULL)
    return undefined;
  return {
    state: 'degraded',
    message: `is ${Math.round((100 * used) / capacity)} % full`,
    evidence: [{ path: 'status.used', value: `${used} of ${capacity} bytes` }],
    inert: true,
  };
}
