import { conditionOf } from '../../conditions.ts';
import { refOf } from '../../objects/meta.ts';
import type { Attachment, Claim, StorageClass, Volume } from '../../objects/platform.ts';
import { clip } from '../../text.ts';
import { eventsOn } from '../events-on.ts';
import {
  firstFault,
  minutesSince,
  raised,
  ripening,
  type Rule,
  type RuleSet,
  type Symptom,
} from '../fault.ts';
import type { World } from '../world.ts';

/** PersistentVolumeClaims. */
const CLAIM_RULES: readonly Rule<Claim>[] = [
  { name: 'ClaimLost', source: 'kubernetes-mixin alerts/storage_alerts.libsonnet, phase Lost', judge: lost },
  {
    name: 'ProvisioningFailed',
    source: 'kubernetes pkg/controller/volume/persistentvolume/events',
    judge: provisioningFailed,
  },
  {
    name: 'StorageClassMissing',
    source: 'kubernetes pkg/controller/volume/persistentvolume, spec.storageClassName',
    judge: classMissing,
  },
  {
    name: 'ClaimPending',
    source: 'kubernetes pkg/controller/volume/persistentvolume, phase Pending',
    judge: pending,
  },
  ...['ControllerResizeError', 'NodeResizeError', 'ModifyVolumeError'].map((type): Rule<Claim> => ({
    name: type,
    source: 'kubernetes api/core/v1 PersistentVolumeClaimConditionType',
    judge: (claim, world) => resizeError(claim, type, world),
  })),
  {
    name: 'FileSystemResizePending',
    source: 'kubernetes api/core/v1 PersistentVolumeClaimFileSystemResizePending',
    judge: resizePending,
  },
];

/** PersistentVolumes. */
const VOLUME_RULES: readonly Rule<Volume>[] = [
  {
    name: 'VolumeFailed',
    source: 'kubernetes-mixin alerts/storage_alerts.libsonnet KubePersistentVolumeErrors',
    judge: volumeFailed,
  },
  { name: 'VolumeReleased', source: 'kubernetes api/core/v1 VolumeReleased', judge: released },
];

/** VolumeAttachments. */
const ATTACHMENT_RULES: readonly Rule<Attachment>[] = [
  {
    name: 'NodeGone',
    source: 'kubernetes pkg/controller/volume/attachdetach, attachment to a missing node',
    judge: nodeGone,
  },
  {
    name: 'AttachFailed',
    source: 'kubernetes-csi/external-attacher, status.attachError and detachError',
    judge: attachFailed,
  },
];

/** Claims, volumes and their attachments. */
export const STORAGE: RuleSet = {
  component: 'storage',
  checked: ({ objects }) => [...objects.PersistentVolumeClaim, ...objects.PersistentVolume],
  judge: (world) => {
    const { PersistentVolumeClaim, PersistentVolume, VolumeAttachment } = world.objects;
    return [
      ...PersistentVolumeClaim.flatMap((claim) => judge(CLAIM_RULES, claim, world)),
      ...PersistentVolume.flatMap((volume) => judge(VOLUME_RULES, volume, world)),
      ...VolumeAttachment.flatMap((attachment) => judge(ATTACHMENT_RULES, attachment, world)),
    ];
  },
};

function judge<T extends Claim | Volume | Attachment>(rules: readonly Rule<T>[], object: T, world: World) {
  if (object.deletion) return [];
  return firstFault(rules, object, { component: 'storage', ref: refOf(object) }, world) ?? [];
}

function lost({ phase, volume, created }: Claim): Symptom | undefined {
  if (phase !== 'Lost') return undefined;
  return { state: 'failed', message: `its volume ${volume ?? ''} no longer exists`, since: created };
}

function provisioningFailed(claim: Claim, world: World): Symptom | undefined {
  if (claim.phase !== 'Pending') return undefined;
  const event = eventsOn(claim, world, ['ProvisioningFailed', 'FailedBinding'])[0];
  if (event === undefined) return undefined;
  return {
    state: raised(event.first, world.now, 5),
    reason: event.reason,
    message: clip(`no volume can be made: ${event.message}`, 200),
    since: event.first,
    evidence: [{ path: 'spec.storageClassName', value: claim.storageClass ?? 'none' }],
  };
}

function classMissing(claim: Claim, world: World): Symptom | undefined {
  if (claim.phase !== 'Pending' || !world.sees('StorageClass') || classOf(claim, world)) return undefined;
  if (claim.volume !== undefined || claim.storageClass === '') return undefined;
  const what =
    claim.storageClass === undefined
      ? 'it names no storage class and there is no default'
      : `storage class ${claim.storageClass} does not exist`;
  return {
    state: raised(claim.created, world.now, 5),
    message: `cannot be bound: ${what}`,
    since: claim.created,
  };
}

function classOf({ storageClass }: Claim, { objects }: World): StorageClass | undefined {
  return objects.StorageClass.find(({ name, isDefault }) =>
    storageClass === undefined ? isDefault : name === storageClass,
  );
}

/** A claim that waits for its first consumer is Pending by design until a pod wants it, and then waits for that pod. */
function pending(claim: Claim, world: World): Symptom | undefined {
  if (claim.phase !== 'Pending') return undefined;
  const consumers = (world.podsByClaim.get(`${claim.namespace}/${claim.name}`) ?? []).filter(
    ({ phase }) => phase === 'Pending',
  );
  const waits = classOf(claim, world)?.waitsForConsumer === true;
  if (waits && consumers.length === 0) return undefined;
  return {
    state: ripening(claim.created, world.now, 5),
    message: `is not bound, storage class ${claim.storageClass ?? 'default'}`,
    since: claim.created,
    causes: waits ? consumers.map((pod) => world.ownerOf(pod)) : [],
  };
}

function resizeError(claim: Claim, type: string, world: World): Symptom | undefined {
  const condition = conditionOf(claim, type);
  if (condition?.status !== 'True') return undefined;
  return {
    state: raised(condition.since, world.now, 5),
    message: clip(`cannot be resized: ${condition.message ?? condition.reason ?? type}`, 200),
    since: condition.since,
    evidence: [
      { path: 'status.capacity', value: `${claim.capacity ?? '?'}, requested ${claim.requested ?? '?'}` },
    ],
  };
}

function resizePending(claim: Claim, world: World): Symptom | undefined {
  const condition = conditionOf(claim, 'FileSystemResizePending');
  if (condition?.status !== 'True') return undefined;
  return {
    state: minutesSince(condition.since, world.now) < 5 ? 'progressing' : 'degraded',
    message: 'its file system is resized when a pod next mounts it',
    since: condition.since,
  };
}

function volumeFailed({ phase, reason, message, created }: Volume): Symptom | undefined {
  if (phase !== 'Failed') return undefined;
  return {
    state: 'failed',
    message: clip(`the volume failed: ${message ?? reason ?? 'no message'}`, 200),
    since: created,
  };
}

/** With Retain the data is kept on purpose; with Delete the volume should be gone. */
function released(volume: Volume): Symptom | undefined {
  if (volume.phase !== 'Released') return undefined;
  const claim = volume.claim ? refOf(volume.claim) : 'its claim';
  if (volume.reclaimPolicy === 'Retain')
    return { state: 'info', message: `keeps the data of ${claim}, which is gone (Retain)` };
  return {
    state: 'degraded',
    message: `${claim} is gone and the volume has not been deleted (${volume.reclaimPolicy ?? 'Delete'})`,
  };
}

function nodeGone(attachment: Attachment, world: World): Symptom | undefined {
  const gone =
    world.sees('Node') &&
    world.objects.Node.length > 0 &&
    !world.byRef.has(refOf({ kind: 'Node', name: attachment.node }));
  if (!gone) return undefined;
  return {
    state: 'degraded',
    message: `volume ${attachment.volume} is attached to node ${attachment.node}, which does not exist`,
    since: attachment.created,
  };
}

function attachFailed(
  { attached, error, node, volume, created }: Attachment,
  world: World,
): Symptom | undefined {
  if (attached && error === undefined) return undefined;
  const since = error?.time ?? created;
  return {
    state: ripening(attached ? since : created, world.now, 5),
    message: clip(
      `volume ${volume} is not ${attached ? 'detached from' : 'attached to'} node ${node}: ${error?.message ?? 'no error given'}`,
      200,
    ),
    since,
    causes: [refOf({ kind: 'Node', name: node })],
  };
}
