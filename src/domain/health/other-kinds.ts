import { API_GROUPS } from '../api-groups.ts';
import type { Listing, ServedKind } from '../cluster.ts';
import type { ClusterObject } from '../objects/meta.ts';

/**
 * Kinds of the table that carry no status, or one that says nothing in conditions, a phase or a generation: to list them
 * would cost requests and tell nothing.
 */
const SILENT: ReadonlySet<string> = new Set([
  'Endpoints',
  'ResourceQuota',
  'LimitRange',
  'IPAddress',
  'ReferenceGrant',
  'BackendTLSPolicy',
  'CSIDriver',
  'CSINode',
  'CSIStorageCapacity',
  'VolumeAttributesClass',
  'VolumeSnapshotContent',
  'ValidatingAdmissionPolicyBinding',
  'CiliumIdentity',
  'CiliumBGPAdvertisement',
  'CiliumBGPNodeConfig',
  'CiliumEgressGatewayPolicy',
  'BGPPeer',
  'BFDProfile',
  'Community',
  'ServiceBGPStatus',
  'ShareManager',
  'BackupVolume',
  'Snapshot',
  'Pooler',
]);

const TABLE: ReadonlySet<string> = new Set(API_GROUPS.map(({ group }) => group));

/** Whether a kind without rules of its own may say something of its health. */
export function isJudgeable({ kind, group }: Pick<ServedKind, 'kind' | 'group'>): boolean {
  return !TABLE.has(group) || !SILENT.has(kind);
}

/** A listing whose objects bear the name of their listing, so that refs of namesakes differ. */
export function named(listing: Listing<ClusterObject>): Listing<ClusterObject> {
  const { kind, items } = listing;
  if (items.every((object) => object.kind === kind)) return listing;
  return { ...listing, items: items.map((object) => ({ ...object, kind })) };
}

/** Whether an object says anything that the generic rules understand. */
export function hasStatus({ conditions, phase, observedGeneration }: ClusterObject): boolean {
  return conditions.length > 0 || phase !== undefined || observedGeneration !== undefined;
}

/** True for a group that is read without being configured. */
export function isOfTable(group: string): boolean {
  return TABLE.has(group);
}
