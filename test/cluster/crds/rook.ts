import { type PermissiveKind, permissiveCrd } from '../crds.ts';
import type { Manifest } from '../manifest.ts';

const KINDS: readonly (readonly [kind: string, plural: string])[] = [
  ['CephCluster', 'cephclusters'],
  ['CephBlockPool', 'cephblockpools'],
  ['CephFilesystem', 'cephfilesystems'],
  ['CephObjectStore', 'cephobjectstores'],
];

/** The CRDs of Rook that rules look at, without a schema. */
export function rookCrds(): Manifest[] {
  return KINDS.map(([kind, plural]): PermissiveKind => ({
    group: 'ceph.rook.io',
    version: 'v1',
    kind,
    plural,
    namespaced: true,
  })).map(permissiveCrd);
}

/** A CephCluster whose health was asked at `checked`. */
export function rawCephCluster(
  checked: string,
  ceph: Record<string, unknown> = {},
  status: Record<string, unknown> = {},
): Manifest {
  return rook('CephCluster', 'rook-ceph', {
    phase: 'Ready',
    state: 'Created',
    message: 'Cluster created successfully',
    ceph: { health: 'HEALTH_OK', lastChecked: checked, ...ceph },
    ...status,
  });
}

/** A pool, filesystem or object store in a phase. */
export function rawCephPart(kind: string, phase: string, conditions: readonly object[] = []): Manifest {
  return rook(kind, 'main', { phase, conditions });
}

function rook(kind: string, name: string, status: Record<string, unknown>): Manifest {
  return {
    apiVersion: 'ceph.rook.io/v1',
    kind,
    metadata: { name, namespace: 'rook-ceph' },
    spec: {},
    status,
  };
}
