import type { VolumeSnapshot, VolumeSnapshotClass } from '#domain/objects/snapshot.ts';

import { at, isTrue, string, time } from '../raw.ts';
import { type Context, projectObject } from './meta.ts';

/** A VolumeSnapshot. */
export function projectSnapshot(raw: unknown, context: Context): VolumeSnapshot {
  const error = at(raw, 'status', 'error');
  return {
    ...projectObject(raw, context),
    kind: 'VolumeSnapshot',
    claim: string(raw, 'spec', 'source', 'persistentVolumeClaimName'),
    class: string(raw, 'spec', 'volumeSnapshotClassName'),
    ready: isTrue(raw, 'status', 'readyToUse'),
    taken: time(raw, 'status', 'creationTime'),
    ...(typeof error === 'object' &&
      error !== null && {
        error: { message: context.text(at(error, 'message')), time: time(error, 'time') },
      }),
  };
}

/** A VolumeSnapshotClass: no parameters, which name Secrets. */
export function projectSnapshotClass(raw: unknown, context: Context): VolumeSnapshotClass {
  return {
    ...projectObject(raw, context),
    kind: 'VolumeSnapshotClass',
    driver: string(raw, 'driver'),
  };
}
