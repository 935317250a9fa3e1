import type { ClusterObject } from './meta.ts';

/** A VolumeSnapshot. Times are RFC 3339. */
export interface VolumeSnapshot extends ClusterObject {
  kind: 'VolumeSnapshot';
  /** `spec.source.persistentVolumeClaimName`. */
  claim?: string;
  class?: string;
  ready: boolean;
  /** `status.creationTime`: when it was taken. */
  taken?: string;
  error?: { message?: string; time?: string };
}

/** A VolumeSnapshotClass. */
export interface VolumeSnapshotClass extends ClusterObject {
  kind: 'VolumeSnapshotClass';
  driver?: string;
}
