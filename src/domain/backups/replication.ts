import { conditionOf } from '../conditions.ts';
import { parseDuration, parseTime } from '../duration.ts';
import type { Replication } from '../objects/volsync.ts';
import { clip } from '../text.ts';
import { agoOf, type BackupState, lateness, type Verdict } from './verdict.ts';

/** What a replication is at; the first five are not good. Re-states backube/volsync internal/controller/statemachine. */
export type SyncPhase =
  | 'unreadable'
  | 'failing'
  | 'overdue'
  | 'never'
  | 'slow'
  | 'first'
  | 'paused'
  | 'pending'
  | 'good';

/** A replication's phase, with why its mover fails where it does. */
export interface Sync {
  phase: SyncPhase;
  why: string;
  since?: string;
}

/** Judges one replication. A mover that fails is started again, so that Synchronizing stays True over it. */
export function syncOf(replication: Replication, now: number): Sync {
  const { schedule, lastSync } = replication;
  if (schedule !== undefined && lateness({ schedule }, undefined, now) === 'unreadable')
    return { phase: 'unreadable', why: `schedule ${schedule} cannot be read` };
  if (replication.paused)
    return { phase: 'paused', why: `paused, last synchronized ${agoOf(lastSync, now)}` };
  return (
    failing(replication, now) ??
    late(replication, now) ??
    slow(replication, now) ??
    waiting(replication, now) ?? {
      phase: 'good',
      why: `synchronized ${agoOf(lastSync, now)}`,
      since: lastSync,
    }
  );
}

function failing(replication: Replication, now: number): Sync | undefined {
  const condition = conditionOf(replication, 'Synchronizing');
  const last = `last synchronized ${agoOf(replication.lastSync, now)}`;
  if (condition?.status === 'False' && condition.reason === 'Error')
    return {
      phase: 'failing',
      why: clip(`${condition.message ?? 'error'}; ${last}`, 220),
      since: condition.since,
    };
  if (replication.result !== 'Failed') return undefined;
  const said = replication.failure;
  return {
    phase: 'failing',
    why: clip(`the mover fails${said === undefined ? '' : `: ${said}`}; ${last}`, 220),
    since: replication.lastSync ?? replication.created,
  };
}

function late({ schedule, manual, lastSync, created }: Replication, now: number): Sync | undefined {
  if (schedule === undefined || manual !== undefined) return undefined;
  if (lateness({ schedule }, lastSync ?? created, now) !== 'late') return undefined;
  return lastSync === undefined
    ? { phase: 'never', why: `never synchronized, schedule ${schedule}`, since: created }
    : {
        phase: 'overdue',
        why: `last synchronized ${agoOf(lastSync, now)}, schedule ${schedule}`,
        since: lastSync,
      };
}

const HOUR = 3_600_000;

/** Under way for longer than an hour and three times what it took last. */
function slow({ started, lastDuration, mover }: Replication, now: number): Sync | undefined {
  const start = parseTime(started);
  if (start === undefined || mover === 'syncthing') return undefined;
  const patience = Math.max(HOUR, 3 * (parseDuration(lastDuration) ?? 0));
  if (now - start <= patience) return undefined;
  return {
    phase: 'slow',
    why: `synchronizing since ${agoOf(started, now)}, longer than usual`,
    since: started,
  };
}

/** Not yet done for the first time, or asked for by hand and not yet done: without a schedule it begins at once. */
function waiting(
  { lastSync, started, schedule, manual, lastManual, created, mover }: Replication,
  now: number,
): Sync | undefined {
  if (mover === 'syncthing') return undefined;
  const isDue = schedule === undefined || manual !== undefined;
  if (isDue && lastSync === undefined && started === undefined && now - (parseTime(created) ?? now) > HOUR)
    return { phase: 'never', why: 'never synchronized, and not even begun', since: created };
  if (manual !== undefined && manual !== lastManual)
    return {
      phase: 'pending',
      why: `asked for by hand, last synchronized ${agoOf(lastSync, now)}`,
      since: created,
    };
  return lastSync === undefined
    ? { phase: 'first', why: 'not yet synchronized for the first time', since: created }
    : undefined;
}

/** Of what has synchronized once. */
const STATES: Readonly<Record<SyncPhase, BackupState>> = {
  unreadable: 'failing',
  failing: 'failing',
  overdue: 'overdue',
  never: 'never',
  first: 'never',
  slow: 'good',
  paused: 'good',
  pending: 'good',
  good: 'good',
};

/** What a replication is worth as a backup: one that is paused counts by the age of what it made. */
export function replicationVerdict(replication: Replication, now: number): Verdict {
  const { phase, why } = syncOf(replication, now);
  const { lastSync: newest, schedule, mover } = replication;
  if (newest === undefined && mover !== 'syncthing')
    return { state: STATES[phase] === 'failing' ? 'failing' : 'never', why };
  const isLate =
    phase === 'paused' && schedule !== undefined && lateness({ schedule }, newest, now) === 'late';
  return { state: isLate ? 'overdue' : STATES[phase], why, newest };
}

/** By the name that drills have: a destination that restores a copy beside the original, to prove that it can be. */
export function isDrill({ kind, name }: Pick<Replication, 'kind' | 'name'>): boolean {
  return kind === 'ReplicationDestination' && /restore-?drill/.test(name);
}
