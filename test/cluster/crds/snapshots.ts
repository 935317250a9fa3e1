import { permissiveCrd } from '../crds.ts';
import type { Manifest } from '../manifest.ts';

const GROUP = { group: 'snapshot.storage.k8s.io', version: 'v1' };

/** The CRDs of snapshots, without a schema. */
export function snapshotCrds(): Manifest[] {
  return [
    permissiveCrd({ ...GROUP, kind: 'VolumeSnapshot', plural: 'volumesnapshots', namespaced: true }),
    permissiveCrd({
      ...GROUP,
      kind: 'VolumeSnapshotClass',
      plural: 'volumesnapshotclasses',
      namespaced: false,
    }),
  ];
}

/** A VolumeSnapshot of claim `apps/data`. */
export function rawSnapshot(name: string, status: Record<string, unknown>, metadata = {}): Manifest {
  return {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshot',
    metadata: { name, namespace: 'apps', ...metadata },
    spec: { volumeSnapshotClassName: 'fast', source: { persistentVolumeClaimName: 'data' } },
    status,
  };
}

/** The class that these name. */
export function rawSnapshotClass(): Manifest {
  return {
    apiVersion: 'snapshot.storage.k8s.io/v1',
    kind: 'VolumeSnapshotClass',
    metadata: { name: 'fast' },
    driver: 'csi.example.test',
    deletionPolicy: 'Delete',
    parameters: { secret: 'hunter2-secret-name' },
  };
}
