import type { CephCluster, CephPart } from '#domain/objects/rook.ts';

import { at, keys, string, time } from '../raw.ts';
import { type Context, projectObject } from './meta.ts';

/** A CephCluster of Rook. */
export function projectCephCluster(raw: unknown, context: Context): CephCluster {
  const details = at(raw, 'status', 'ceph', 'details');
  return {
    ...projectObject(raw, context),
    kind: 'CephCluster',
    message: context.text(at(raw, 'status', 'message')),
    health: string(raw, 'status', 'ceph', 'health'),
    details: keys(details).map((code) => ({
      code,
      severity: string(details, code, 'severity'),
      message: context.text(at(details, code, 'message')),
    })),
    lastChecked: time(raw, 'status', 'ceph', 'lastChecked'),
    lastChanged: time(raw, 'status', 'ceph', 'lastChanged'),
  };
}

/** A CephBlockPool, CephFilesystem or CephObjectStore of Rook. */
export function projectCephPart(raw: unknown, context: Context): CephPart {
  return { ...projectObject(raw, context), kind: context.kind.kind as CephPart['kind'] };
}
