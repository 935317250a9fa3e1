import type { LonghornVolume } from '../objects/longhorn.ts';
import { refOf } from '../objects/meta.ts';
import type { Claim, Volume } from '../objects/platform.ts';
import type { ReplicationSource } from '../objects/volsync.ts';
import { byText, nameSome } from '../text.ts';
import { backupJobsOf, longhornVerdict } from './longhorn.ts';
import { leftOut } from './left-out.ts';
import { type BackupWorld, DISCOVERY } from './read.ts';
import { replicationVerdict } from './replication.ts';
import type { BackupRow } from './rows.ts';
import { agoOf, newestOf } from './verdict.ts';

/** Volumes with what is known of their backups, and why others need none. */
export interface Volumes {
  rows: BackupRow[];
  /** Claims that need none: why, and how many. */
  leftOut: Map<string, number>;
}

/** Every bound claim that ought to be backed up, once for each way in which it is. */
export function volumeRows(world: BackupWorld, namespace?: string): Volumes {
  const { objects } = world;
  const volumes = new Map(objects.PersistentVolume.map((volume) => [volume.name, volume]));
  const lookups = lookupsOf(world);
  const out = new Map<string, number>();
  const rows = objects.PersistentVolumeClaim.filter((claim) => isIn(claim, namespace)).flatMap((claim) => {
    const volume = volumes.get(claim.volume ?? '');
    const ways = waysOf(claim, volume, world, lookups);
    if (ways.length > 0) return ways;
    const why = leftOut(claim, volume);
    if (why === undefined) return [withoutAny(claim, world, lookups)];
    out.set(why, (out.get(why) ?? 0) + 1);
    return [];
  });
  return { rows: [...rows, ...withoutClaim(world, namespace)], leftOut: out };
}

function isIn(object: { namespace?: string }, namespace: string | undefined): boolean {
  return namespace === undefined || object.namespace === namespace;
}

/** By the ref of a claim, or the name of a volume. */
interface Lookups {
  sources: ReadonlyMap<string, ReplicationSource[]>;
  longhorn: ReadonlyMap<string, LonghornVolume>;
  snapshots: ReadonlyMap<string, string>;
  backups: ReadonlyMap<string, BackupWorld['objects']['Backup.longhorn.io'][number][]>;
}

function lookupsOf({ objects }: BackupWorld): Lookups {
  const taken = Map.groupBy(
    objects.VolumeSnapshot.filter(({ ready }) => ready),
    claimOf,
  );
  return {
    sources: Map.groupBy(objects.ReplicationSource, claimOf),
    longhorn: new Map(objects.Volume.map((volume) => [volume.name, volume])),
    snapshots: new Map(
      [...taken].map(([ref, all]) => [ref, newestOf(all.map((one) => one.taken ?? one.created)) ?? '']),
    ),
    backups: Map.groupBy(objects['Backup.longhorn.io'], ({ volume }) => volume ?? ''),
  };
}

function claimOf({ namespace, claim = '' }: { namespace?: string; claim?: string }): string {
  return refOf({ kind: 'PersistentVolumeClaim', namespace, name: claim });
}

function waysOf(claim: Claim, volume: Volume | undefined, world: BackupWorld, lookups: Lookups): BackupRow[] {
  const sources = (lookups.sources.get(refOf(claim)) ?? []).map((source) => sourceRow(source, world));
  const own = lookups.longhorn.get(volume?.handle ?? claim.volume ?? '');
  const longhorn = own === undefined ? [] : longhornRows(claim, own, world, lookups);
  return sources.length > 0
    ? [...sources, ...longhorn.filter(({ state }) => state !== 'unprotected')]
    : longhorn;
}

function sourceRow(source: ReplicationSource, { now }: BackupWorld): BackupRow {
  const { namespace = '', claim = '', mover = '', schedule } = source;
  return {
    ...replicationVerdict(source, now),
    about: 'volumes',
    subject: refOf({ kind: 'PersistentVolumeClaim', namespace, name: claim }),
    namespace,
    method: `VolSync ${mover}`.trim(),
    schedule,
    by: refOf(source),
  };
}

function longhornRows(
  claim: Claim,
  volume: LonghornVolume,
  world: BackupWorld,
  lookups: Lookups,
): BackupRow[] {
  const jobs = backupJobsOf(volume, world.objects.RecurringJob);
  const backups = lookups.backups.get(volume.name) ?? [];
  const runsDetached = world.objects.Setting.some(
    ({ name, value }) => name === 'allow-recurring-job-while-volume-detached' && value === 'true',
  );
  const verdict = longhornVerdict({ volume, jobs, backups, runsDetached }, world.now);
  if (verdict === undefined) return [];
  const [job] = jobs;
  return [
    {
      ...verdict,
      about: 'volumes',
      subject: refOf(claim),
      namespace: claim.namespace ?? '',
      method: 'Longhorn',
      schedule: job?.cron,
      by: refOf(job ?? volume),
    },
  ];
}

/** Kinds by which a volume may be backed up: while one of them is not seen, none can be said to have no backup. */
const MAKERS: ReadonlySet<string> = new Set([
  'ReplicationSource',
  'Volume',
  'RecurringJob',
  'Backup.longhorn.io',
  DISCOVERY,
]);

function withoutAny(claim: Claim, world: BackupWorld, { snapshots }: Lookups): BackupRow {
  const unseen = world.unread.filter((kind) => MAKERS.has(kind)).toSorted(byText);
  const snapshot = snapshots.get(refOf(claim));
  const only = snapshot === undefined ? '' : `; a snapshot beside it is of ${agoOf(snapshot, world.now)}`;
  const unsure = doubtOf(world, unseen);
  return {
    about: 'volumes',
    state: unsure === undefined ? 'unprotected' : 'unknown',
    why: `${unsure ?? 'nothing backs it up'}${only}`,
    subject: refOf(claim),
    namespace: claim.namespace ?? '',
    method: snapshot === undefined ? 'none' : 'snapshot only',
  };
}

/** Why a claim that nothing seems to back up may be backed up all the same. */
function doubtOf({ others, scoped }: BackupWorld, unseen: readonly string[]): string | undefined {
  if (unseen.length > 0) return `${unseen.join(', ')} could not be read`;
  if (others.length > 0) return `${nameSome(others, 2)} may back it up: not read`;
  return scoped ? 'the policy may hide what backs it up' : undefined;
}

/** Sources of claims that do not exist: they back up nothing. */
function withoutClaim(world: BackupWorld, namespace: string | undefined): BackupRow[] {
  if (world.unread.includes('PersistentVolumeClaim') || world.scoped) return [];
  const claims = new Set(world.objects.PersistentVolumeClaim.map(refOf));
  return world.objects.ReplicationSource.filter((source) => isIn(source, namespace))
    .map((source) => sourceRow(source, world))
    .filter(({ subject }) => !claims.has(subject))
    .map((row) => ({ ...row, state: 'failing', why: 'its claim does not exist' }));
}
