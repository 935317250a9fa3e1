import type { KopiaMaintenance, ReplicationDestination, ReplicationSource } from '#domain/objects/volsync.ts';

import { at, count, isTrue, keys, string, time } from '../raw.ts';
import { causeIn } from './command-output.ts';
import { type Context, projectObject, refFrom } from './meta.ts';

/** Keys of the spec that hold a mover's settings (backube/volsync api/v1alpha1, and the fork's kopia). */
const MOVERS = ['restic', 'kopia', 'rclone', 'rsync', 'rsyncTLS', 'syncthing', 'external'] as const;

/** A ReplicationSource: which mover, not its settings, which name Secrets. */
export function projectReplicationSource(raw: unknown, context: Context): ReplicationSource {
  return {
    ...projectObject(raw, context),
    ...replicationFields(raw),
    kind: 'ReplicationSource',
    claim: string(raw, 'spec', 'sourcePVC'),
  };
}

/** A ReplicationDestination. */
export function projectReplicationDestination(raw: unknown, context: Context): ReplicationDestination {
  const { mover, ...fields } = replicationFields(raw);
  return {
    ...projectObject(raw, context),
    ...fields,
    kind: 'ReplicationDestination',
    mover,
    claim: mover === undefined ? undefined : string(raw, 'spec', mover, 'destinationPVC'),
    latestImage: refFrom(at(raw, 'status', 'latestImage'), {
      namespace: string(raw, 'metadata', 'namespace'),
    }),
  };
}

function replicationFields(raw: unknown) {
  return {
    mover: MOVERS.find((mover) => keys(raw, 'spec', mover).length > 0),
    paused: isTrue(raw, 'spec', 'paused'),
    schedule: string(raw, 'spec', 'trigger', 'schedule'),
    manual: string(raw, 'spec', 'trigger', 'manual'),
    lastManual: string(raw, 'status', 'lastManualSync'),
    lastSync: time(raw, 'status', 'lastSyncTime'),
    started: time(raw, 'status', 'lastSyncStartTime'),
    lastDuration: string(raw, 'status', 'lastSyncDuration'),
    nextSync: time(raw, 'status', 'nextSyncTime'),
    result: string(raw, 'status', 'latestMoverStatus', 'result'),
    failure: causeIn(at(raw, 'status', 'latestMoverStatus', 'logs')),
  };
}

/** A KopiaMaintenance of the fork. */
export function projectKopiaMaintenance(raw: unknown, context: Context): KopiaMaintenance {
  return {
    ...projectObject(raw, context),
    kind: 'KopiaMaintenance',
    schedule: string(raw, 'spec', 'trigger', 'schedule') ?? string(raw, 'spec', 'schedule'),
    suspended: isTrue(raw, 'spec', 'suspend'),
    lastRun: time(raw, 'status', 'lastMaintenanceTime'),
    failures: count(raw, 'status', 'maintenanceFailures'),
  };
}
