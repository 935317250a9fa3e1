import { type PermissiveKind, permissiveCrd } from '../crds.ts';
import type { Manifest } from '../manifest.ts';

const KINDS: readonly (readonly [kind: string, plural: string])[] = [
  ['ReplicationSource', 'replicationsources'],
  ['ReplicationDestination', 'replicationdestinations'],
  ['KopiaMaintenance', 'kopiamaintenances'],
];

/** The CRDs of VolSync and its fork with Kopia, without a schema. */
export function volsyncCrds(): Manifest[] {
  return KINDS.map(([kind, plural]): PermissiveKind => ({
    group: 'volsync.backube',
    version: 'v1alpha1',
    kind,
    plural,
    namespaced: true,
  })).map(permissiveCrd);
}

/** What differs from one that is scheduled and waits for its next time. */
export interface ReplicationShape {
  name?: string;
  /** The claim. */
  claim?: string;
  mover?: string;
  trigger?: Record<string, unknown>;
  paused?: boolean;
  status?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
}

/** The Synchronizing condition as the state machine writes it. */
export function synchronizing(status: string, reason: string, at: string, message = ''): object {
  return { type: 'Synchronizing', status, reason, message, lastTransitionTime: at };
}

/** A ReplicationSource of claim `data`, daily at three, last synchronized at `at`. */
export function rawReplicationSource(at: string, shape: ReplicationShape = {}): Manifest {
  const { claim = 'data', mover = 'restic', name = claim } = shape;
  return {
    apiVersion: 'volsync.backube/v1alpha1',
    kind: 'ReplicationSource',
    metadata: { name, namespace: 'apps', ...shape.metadata },
    spec: {
      sourcePVC: claim,
      trigger: shape.trigger ?? { schedule: '0 3 * * *' },
      ...(shape.paused && { paused: true }),
      [mover]: { repository: 'hunter2-secret-name', copyMethod: 'Snapshot', retain: { daily: 7 } },
    },
    status: shape.status ?? statusAt(at),
  };
}

/** A ReplicationDestination that restores claim `data` beside it every month, last done at `at`. */
export function rawReplicationDestination(at: string, shape: ReplicationShape = {}): Manifest {
  const { claim = 'data', mover = 'restic', name = `${claim}-restore-drill` } = shape;
  return {
    apiVersion: 'volsync.backube/v1alpha1',
    kind: 'ReplicationDestination',
    metadata: { name, namespace: 'apps', ...shape.metadata },
    spec: {
      trigger: shape.trigger ?? { schedule: '0 4 1 * *' },
      ...(shape.paused && { paused: true }),
      [mover]: { repository: 'hunter2-secret-name', copyMethod: 'None', cleanupTempPVC: true },
    },
    status: shape.status ?? statusAt(at),
  };
}

/** The status of a replication that rests since it was done at `at`. */
export function statusAt(at: string, extra: Record<string, unknown> = {}): Record<string, unknown> {
  return {
    lastSyncTime: at,
    lastSyncDuration: '2m10.5s',
    latestMoverStatus: {
      result: 'Successful',
      logs: 'processed 12 files, 1.2 MiB in 0:03\nRestic completed in 5s',
    },
    conditions: [
      synchronizing('False', 'WaitingForSchedule', at, 'Waiting for next scheduled synchronization'),
    ],
    ...extra,
  };
}

/** A KopiaMaintenance of the fork, daily. */
export function rawKopiaMaintenance(at: string, failures = 0): Manifest {
  return {
    apiVersion: 'volsync.backube/v1alpha1',
    kind: 'KopiaMaintenance',
    metadata: { name: 'daily', namespace: 'apps' },
    spec: { repository: { repository: 'hunter2-secret-name' }, trigger: { schedule: '0 5 * * *' } },
    status: { lastMaintenanceTime: at, maintenanceFailures: failures },
  };
}
