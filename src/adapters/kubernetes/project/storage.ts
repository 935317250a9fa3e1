import type { Attachment, Claim, StorageClass, Volume } from '#domain/objects/platform.ts';

import { at, isTrue, items, keys, string, strings, time } from '../raw.ts';
import { type Context, type Text, projectObject, refFrom } from './meta.ts';

/** A PersistentVolumeClaim. */
export function projectClaim(raw: unknown, context: Context): Claim {
  const object = projectObject(raw, context);
  return {
    ...object,
    kind: 'PersistentVolumeClaim',
    phase: object.phase ?? 'Unknown',
    volume: string(raw, 'spec', 'volumeName'),
    storageClass: string(raw, 'spec', 'storageClassName'),
    requested: string(raw, 'spec', 'resources', 'requests', 'storage'),
    capacity: string(raw, 'status', 'capacity', 'storage'),
    accessModes: strings(raw, 'spec', 'accessModes'),
  };
}

/** A PersistentVolume: its driver, never the driver's attributes. */
export function projectVolume(raw: unknown, context: Context): Volume {
  const object = projectObject(raw, context);
  return {
    ...object,
    kind: 'PersistentVolume',
    phase: object.phase ?? 'Unknown',
    reason: string(raw, 'status', 'reason'),
    message: context.text(string(raw, 'status', 'message')),
    claim: refFrom(at(raw, 'spec', 'claimRef'), { kind: 'PersistentVolumeClaim' }),
    storageClass: string(raw, 'spec', 'storageClassName'),
    reclaimPolicy: string(raw, 'spec', 'persistentVolumeReclaimPolicy'),
    capacity: string(raw, 'spec', 'capacity', 'storage'),
    driver:
      string(raw, 'spec', 'csi', 'driver') ?? IN_TREE.find((source) => keys(raw, 'spec', source).length > 0),
    handle: string(raw, 'spec', 'csi', 'volumeHandle'),
    nodes: nodesOf(raw),
  };
}

/** Sources of core/v1 PersistentVolumeSpec that need no driver. */
const IN_TREE = [
  'local',
  'hostPath',
  'nfs',
  'iscsi',
  'fc',
  'rbd',
  'cephfs',
  'glusterfs',
  'azureFile',
] as const;

/** Keys by which a node affinity names single nodes; some drivers have one of their own. */
const NODE_KEY = /(^|\/)(hostname|nodename|metadata\.name)$|^metadata\.name$/;

function nodesOf(raw: unknown): string[] {
  const terms = items(raw, 'spec', 'nodeAffinity', 'required', 'nodeSelectorTerms');
  const expressions = terms.flatMap((term) => [
    ...items(term, 'matchExpressions'),
    ...items(term, 'matchFields'),
  ]);
  const naming = expressions.filter(
    (expression) => NODE_KEY.test(string(expression, 'key') ?? '') && string(expression, 'operator') === 'In',
  );
  return [...new Set(naming.flatMap((expression) => strings(expression, 'values')))];
}

/** A StorageClass: no parameters, which may name secrets. */
export function projectStorageClass(raw: unknown, context: Context): StorageClass {
  const object = projectObject(raw, context);
  return {
    ...object,
    kind: 'StorageClass',
    provisioner: string(raw, 'provisioner') ?? '',
    waitsForConsumer: string(raw, 'volumeBindingMode') === 'WaitForFirstConsumer',
    isDefault: object.annotations['storageclass.kubernetes.io/is-default-class'] === 'true',
  };
}

/** A VolumeAttachment. */
export function projectAttachment(raw: unknown, context: Context): Attachment {
  return {
    ...projectObject(raw, context),
    kind: 'VolumeAttachment',
    node: string(raw, 'spec', 'nodeName') ?? '',
    volume: string(raw, 'spec', 'source', 'persistentVolumeName'),
    attached: isTrue(raw, 'status', 'attached'),
    error:
      attachError(at(raw, 'status', 'attachError'), context.text) ??
      attachError(at(raw, 'status', 'detachError'), context.text),
  };
}

function attachError(raw: unknown, text: Text): Attachment['error'] {
  if (typeof raw !== 'object' || raw === null) return undefined;
  return { message: text(string(raw, 'message')), time: time(raw, 'time') };
}
