import { conditionOf } from '../../conditions.ts';
import type { EngineImage, InstanceManager, LonghornDisk, LonghornNode } from '../../objects/longhorn.ts';
import { type Condition, refOf } from '../../objects/meta.ts';
import { byText, clip } from '../../text.ts';
import { type Fault, firstFault, ripening, type Rule, type RuleSet, type Symptom } from '../fault.ts';
import { operatorRefs } from '../operators.ts';
import type { World } from '../world.ts';

const TYPES = 'longhorn-manager k8s/pkg/apis/longhorn/v1beta2/node.go';

/** What a node has to have for Longhorn to work on it. */
const REQUIRED = [
  'RequiredPackages',
  'KernelModulesLoaded',
  'NFSClientInstalled',
  'MountPropagation',
] as const;

/** Nodes of Longhorn and their disks. How much is scheduled says little where over-provisioning is allowed. */
const NODE_RULES: readonly Rule<LonghornNode>[] = [
  { name: 'LonghornNodeNotReady', source: `${TYPES} NodeConditionTypeReady`, judge: notReady },
  ...REQUIRED.map((type): Rule<LonghornNode> => ({
    name: type,
    source: `${TYPES} NodeConditionType${type}`,
    judge: (node) => lacks(node, type),
  })),
  { name: 'DiskNotReady', source: `${TYPES} DiskConditionTypeReady`, judge: diskNotReady },
  { name: 'DiskFailing', source: `${TYPES} HealthDataStatusFailed`, judge: diskFailing },
  { name: 'DiskPressure', source: `${TYPES} DiskConditionReasonDiskPressure`, judge: diskPressure },
  { name: 'DiskAlmostFull', source: 'longhorn, alert rule LonghornDiskStorageWarning', judge: almostFull },
];

/** InstanceManagers. */
const MANAGER_RULES: readonly Rule<InstanceManager>[] = [
  {
    name: 'InstanceManagerDown',
    source: 'longhorn-manager k8s/pkg/apis/longhorn/v1beta2/instancemanager.go InstanceManagerState',
    judge: managerDown,
  },
];

/** EngineImages. */
const IMAGE_RULES: readonly Rule<EngineImage>[] = [
  {
    name: 'EngineImageUnusable',
    source: 'longhorn-manager k8s/pkg/apis/longhorn/v1beta2/engineimage.go EngineImageState',
    judge: imageUnusable,
  },
  {
    name: 'EngineImageDeploying',
    source: 'longhorn-manager k8s/pkg/apis/longhorn/v1beta2/engineimage.go EngineImageConditionTypeReady',
    judge: imageDeploying,
  },
];

/** Longhorn's nodes, disks, instance managers and engine images. */
export const LONGHORN_NODES: RuleSet = {
  component: 'storage',
  checked: ({ objects }) => [...objects['Node.longhorn.io'], ...objects.InstanceManager],
  judge: (world) => {
    const { InstanceManager: managers, EngineImage: images } = world.objects;
    return [
      ...world.objects['Node.longhorn.io'].flatMap((node) => judge(NODE_RULES, node, world)),
      ...managers.flatMap((manager) => judge(MANAGER_RULES, manager, world)),
      ...images.flatMap((image) => judge(IMAGE_RULES, image, world)),
    ];
  },
};

function judge<T extends LonghornNode | InstanceManager | EngineImage>(
  rules: readonly Rule<T>[],
  object: T,
  world: World,
): Fault[] {
  if (object.deletion) return [];
  const fault = firstFault(rules, object, { component: 'storage', ref: refOf(object) }, world);
  return fault ? [fault] : [];
}

function hostOf(name: string): string {
  return refOf({ kind: 'Node', name });
}

function notReady(node: LonghornNode, world: World): Symptom | undefined {
  const ready = conditionOf(node, 'Ready');
  if (ready?.status !== 'False') return undefined;
  return {
    state: 'failed',
    reason: ready.reason,
    message: clip(
      `Longhorn cannot use node ${node.name}: ${ready.message ?? ready.reason ?? 'not ready'}`,
      200,
    ),
    since: ready.since,
    evidence: [proofOf(ready)],
    causes: [hostOf(node.name), ...managersOn(node.name, world), ...operatorRefs('Node.longhorn.io', world)],
    nodes: [node.name],
  };
}

/** Pods of the manager on a node, through their DaemonSet. */
function managersOn(node: string, world: World): string[] {
  const pods = (world.podsByNode.get(node) ?? []).filter(
    ({ labels }) => labels['app'] === 'longhorn-manager',
  );
  return [...new Set(pods.map((pod) => world.ownerOf(pod)))].toSorted(byText);
}

function proofOf({ type, reason, message }: Condition) {
  return { path: `conditions[${type}]`, value: clip(`${reason ?? ''}: ${message ?? ''}`, 140) };
}

function lacks(node: LonghornNode, type: string): Symptom | undefined {
  const condition = conditionOf(node, type);
  if (condition?.status !== 'False') return undefined;
  return {
    state: 'failed',
    message: clip(
      `node ${node.name} lacks what Longhorn needs: ${condition.message ?? condition.reason ?? type}`,
      200,
    ),
    since: condition.since,
    evidence: [proofOf(condition)],
  };
}

/** The first disk with a condition that is False, and that condition. */
function diskWith(node: LonghornNode, type: string, isMeant: (condition: Condition) => boolean) {
  return node.disks
    .map((disk) => ({ disk, condition: conditionOf(disk, type) }))
    .find(({ condition }) => condition?.status === 'False' && isMeant(condition));
}

function diskNotReady(node: LonghornNode): Symptom | undefined {
  const found = diskWith(node, 'Ready', () => true);
  if (found?.condition === undefined) return undefined;
  const { disk, condition } = found;
  return {
    state: 'failed',
    reason: condition.reason,
    message: clip(`disk ${disk.name} is not ready: ${condition.message ?? condition.reason ?? ''}`, 200),
    since: condition.since,
    evidence: [{ ...proofOf(condition), path: `diskStatus[${disk.name}].conditions[Ready]` }],
    causes: [hostOf(node.name)],
  };
}

function diskFailing(node: LonghornNode): Symptom | undefined {
  const disk = node.disks.find(({ failing }) => failing.length > 0);
  if (disk === undefined) return undefined;
  return {
    state: 'degraded',
    message: `disk ${disk.name} says that it is failing`,
    evidence: [{ path: `diskStatus[${disk.name}].healthData`, value: `FAILED: ${disk.failing.join(', ')}` }],
  };
}

/** A disk that takes no replicas on purpose is under no pressure. */
function diskPressure(node: LonghornNode): Symptom | undefined {
  const found = diskWith(node, 'Schedulable', ({ reason }) => reason === 'DiskPressure');
  if (found?.condition === undefined || !found.disk.allowsScheduling || !node.allowsScheduling)
    return undefined;
  const { disk, condition } = found;
  return {
    state: 'degraded',
    message: clip(
      `disk ${disk.name} takes no more replicas: ${condition.message ?? 'too little space'}`,
      200,
    ),
    since: condition.since,
    evidence: usageProof(disk),
  };
}

const FULL = 0.8;

function almostFull(node: LonghornNode): Symptom | undefined {
  const disk = node.disks.find((one) => usageOf(one) > FULL);
  if (disk === undefined) return undefined;
  return {
    state: 'degraded',
    message: `disk ${disk.name} is ${Math.round(100 * usageOf(disk))} % full`,
    evidence: usageProof(disk),
  };
}

function usageOf({ available, maximum }: LonghornDisk): number {
  return available === undefined || maximum === undefined || maximum <= 0 ? 0 : 1 - available / maximum;
}

function usageProof(disk: LonghornDisk) {
  const { name, available, maximum } = disk;
  return [
    { path: `diskStatus[${name}].storageAvailable`, value: `${available ?? '?'} of ${maximum ?? '?'} bytes` },
  ];
}

function managerDown({ state, node, namespace }: InstanceManager): Symptom | undefined {
  if (state !== 'error' && state !== 'unknown') return undefined;
  const host = node === undefined ? [] : [hostOf(node), longhornRef(namespace, node)];
  return {
    state: 'failed',
    message: `state ${state}: engines and replicas on ${node ?? 'its node'} do not work`,
    evidence: [{ path: 'status.currentState', value: state }],
    causes: host,
    ...(node !== undefined && { nodes: [node] }),
  };
}

function longhornRef(namespace: string | undefined, name: string): string {
  return refOf({ kind: 'Node', group: 'longhorn.io', namespace, name });
}

/** One that does not fit the manager, or could not be deployed. */
function imageUnusable({ state, incompatible, uses, image, name }: EngineImage): Symptom | undefined {
  if (!incompatible && state !== 'incompatible' && state !== 'error') return undefined;
  return {
    // An image that nothing uses may stay as it is.
    state: uses > 0 ? 'failed' : 'info',
    message: `engine image ${image ?? name} is ${incompatible ? 'incompatible' : state}, ${uses} in use`,
    evidence: [{ path: 'status.state', value: state ?? 'none' }],
  };
}

/** Not yet on every node. */
function imageDeploying(image: EngineImage, world: World): Symptom | undefined {
  const ready = conditionOf(image, 'ready');
  if (image.state === 'deployed' || ready?.status !== 'False' || image.uses === 0) return undefined;
  return {
    state: ripening(ready.since, world.now, 15),
    message: clip(`engine image is ${image.state}: ${ready.message ?? ready.reason ?? ''}`, 200),
    since: ready.since,
    causes: operatorRefs('EngineImage', world),
  };
}
