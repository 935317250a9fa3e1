import { type PermissiveKind, permissiveCrd } from '../crds.ts';
import type { Manifest } from '../manifest.ts';

const KINDS: readonly (readonly [kind: string, plural: string])[] = [
  ['Cluster', 'clusters'],
  ['Backup', 'backups'],
  ['ScheduledBackup', 'scheduledbackups'],
];

/** The CRDs of CloudNativePG that rules look at, without a schema. */
export function cnpgCrds(): Manifest[] {
  return KINDS.map(([kind, plural]): PermissiveKind => ({
    group: 'postgresql.cnpg.io',
    version: 'v1',
    kind,
    plural,
    namespaced: true,
  })).map(permissiveCrd);
}

/** What differs from an object at rest. */
interface Shape {
  spec?: Record<string, unknown>;
  status?: Record<string, unknown>;
  metadata?: Record<string, unknown>;
}

/** A condition of a Cluster. */
export function cnpgCondition(
  type: string,
  status: string,
  at: string,
  reason: string,
  message = '',
): object {
  return { type, status, reason, message, lastTransitionTime: at };
}

/** A healthy Cluster `db` of three, that archives and was backed up at `at`. */
export function rawPostgresCluster(at: string, { spec, status, metadata }: Shape = {}): Manifest {
  return postgres('Cluster', 'db', metadata, {
    spec: {
      instances: 3,
      backup: {
        barmanObjectStore: {
          destinationPath: 's3://backups/db',
          s3Credentials: { accessKeyId: { name: 'hunter2-secret-name', key: 'id' } },
        },
      },
      ...spec,
    },
    status: {
      phase: 'Cluster in healthy state',
      instances: 3,
      readyInstances: 3,
      currentPrimary: 'db-1',
      targetPrimary: 'db-1',
      lastSuccessfulBackup: at,
      conditions: [
        cnpgCondition('Ready', 'True', at, 'ClusterIsReady', 'Cluster is Ready'),
        cnpgCondition('ContinuousArchiving', 'True', at, 'ContinuousArchivingSuccess'),
        cnpgCondition('LastBackupSucceeded', 'True', at, 'LastBackupSucceeded'),
      ],
      ...status,
    },
  });
}

/** A complete Backup of `db`. */
export function rawPostgresBackup(name: string, at: string, status: Record<string, unknown> = {}): Manifest {
  return postgres('Backup', name, undefined, {
    spec: { cluster: { name: 'db' }, method: 'barmanObjectStore' },
    status: {
      phase: 'completed',
      startedAt: at,
      stoppedAt: at,
      s3Credentials: { accessKeyId: { name: 'hunter2-secret-name', key: 'id' } },
      ...status,
    },
  });
}

/** A ScheduledBackup of `db`, daily at two. */
export function rawScheduledBackup(spec: Record<string, unknown> = {}): Manifest {
  return postgres('ScheduledBackup', 'db-daily', undefined, {
    spec: { schedule: '0 0 2 * * *', cluster: { name: 'db' }, ...spec },
    status: { lastScheduleTime: '2026-03-14T02:00:00Z', nextScheduleTime: '2026-03-15T02:00:00Z' },
  });
}

function postgres(
  kind: string,
  name: string,
  metadata: Record<string, unknown> | undefined,
  rest: Omit<Shape, 'metadata'>,
): Manifest {
  return {
    apiVersion: 'postgresql.cnpg.io/v1',
    kind,
    metadata: { ...metadata, name, namespace: 'apps' },
    ...rest,
  };
}
