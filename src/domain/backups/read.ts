import type { ClusterReader, Listing } from '../cluster.ts';
import type { KnownKind, KnownKinds } from '../objects/index.ts';
import type { ClusterObject } from '../objects/meta.ts';

/** The kinds that say what is backed up, by what, and how well. */
const KINDS = [
  'PersistentVolumeClaim',
  'PersistentVolume',
  'ReplicationSource',
  'ReplicationDestination',
  'VolumeSnapshot',
  'Volume',
  'BackupTarget',
  'Backup.longhorn.io',
  'RecurringJob',
  'Cluster',
  'Backup.postgresql.cnpg.io',
  'ScheduledBackup',
  'CronJob',
] as const satisfies readonly KnownKind[];

type BackupKind = (typeof KINDS)[number];

/** Everything that backups are judged by. */
export interface BackupWorld {
  objects: { readonly [K in BackupKind]: readonly KnownKinds[K][] };
  /** Kinds that could not be read. */
  unread: readonly string[];
  /** True when the policy may keep objects back. */
  scoped: boolean;
  /** Milliseconds since the epoch. */
  now: number;
}

/** Reads all of it in parallel; a kind that cannot be read is noted, never thrown. */
export async function readBackups(
  cluster: ClusterReader,
  { signal, now, scoped }: { signal: AbortSignal; now: number; scoped: boolean },
): Promise<BackupWorld> {
  const listings = await Promise.all(
    KINDS.map((kind): Promise<Listing<ClusterObject>> => cluster.list(kind, signal)),
  );
  return {
    // Each was asked for by its kind, so that it has the type its key promises.
    objects: Object.fromEntries(KINDS.map((kind, index) => [kind, listings[index]?.items ?? []])) as never,
    unread: listings.filter(({ state }) => state === 'unknown').map(({ kind }) => kind),
    scoped,
    now,
  };
}
