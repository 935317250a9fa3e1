import type { ClusterObject } from './meta.ts';

/** A CephCluster of Rook. Times are RFC 3339. */
export interface CephCluster extends ClusterObject {
  kind: 'CephCluster';
  message?: string;
  /** HEALTH_OK, HEALTH_WARN or HEALTH_ERR. */
  health?: string;
  /** Health checks by their code, worst first as Ceph names them. */
  details: { code: string; severity?: string; message?: string }[];
  lastChecked?: string;
  lastChanged?: string;
}

/** A pool, filesystem or object store of Rook; `phase` is Progressing, Ready, Failure and the like. */
export interface CephPart extends ClusterObject {
  kind: 'CephBlockPool' | 'CephFilesystem' | 'CephObjectStore';
}
