import type { ClusterReader, Listing } from '../cluster.ts';
import type { KnownKind, KnownKinds } from '../objects/index.ts';
import type { ClusterObject } from '../objects/meta.ts';
import { byText } from '../text.ts';

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
  'Setting',
  'Cluster',
  'Backup.postgresql.cnpg.io',
  'ScheduledBackup',
  'CronJob',
] as const satisfies readonly KnownKind[];

type BackupKind = (typeof KINDS)[number];

/** API groups of other systems that back volumes up, and how they are called: their objects are not read. */
const OTHERS: Readonly<Record<string, string>> = {
  'kopiur.home-operations.com': 'kopiur',
  'velero.io': 'Velero',
  'k8up.io': 'K8up',
  'stash.appscode.com': 'Stash',
  'core.kubestash.com': 'KubeStash',
  'config.kio.kasten.io': 'Kasten',
  'triliovault.trilio.io': 'Trilio',
};

/** Everything that backups are judged by. */
export interface BackupWorld {
  objects: { readonly [K in BackupKind]: readonly KnownKinds[K][] };
  /** Kinds that could not be read. */
  unread: readonly string[];
  /** Other systems that the cluster has, which may back volumes up. */
  others: readonly string[];
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
  const [others, listings] = await Promise.all([
    othersIn(cluster, signal),
    Promise.all(KINDS.map((kind): Promise<Listing<ClusterObject>> => cluster.list(kind, signal))),
  ]);
  return {
    // Each was asked for by its kind, so that it has the type its key promises.
    objects: Object.fromEntries(KINDS.map((kind, index) => [kind, listings[index]?.items ?? []])) as never,
    unread: [
      ...listings.filter(({ state }) => state === 'unknown').map(({ kind }) => kind),
      ...(others === undefined ? [DISCOVERY] : []),
    ],
    others: others ?? [],
    scoped,
    now,
  };
}

/** Stands among kinds that could not be read. */
export const DISCOVERY = 'API discovery';

/** Undefined where nothing tells what the cluster serves. */
async function othersIn(cluster: ClusterReader, signal: AbortSignal): Promise<string[] | undefined> {
  try {
    const { kinds } = await cluster.discover(signal);
    return [...new Set(kinds.flatMap(({ group }) => OTHERS[group] ?? []))].toSorted(byText);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}
