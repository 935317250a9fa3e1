import { ageOf, formatAge, parseDuration, parseTime } from '../duration.ts';
import type { FluxObject } from '../objects/flux.ts';
import { sameChart, sameRevision, shortRevision } from './revision.ts';
import type { Status } from './status.ts';
import { lastReconciled } from './suspension.ts';
import type { OuterRoot } from './verdict.ts';
import { sourceOf, type World } from './world.ts';

/**
 * What an object has applied and what its source has by now; undefined when they agree or cannot be compared. A new
 * artifact is taken up at once (the controllers watch their sources): past two intervals nobody is about to.
 */
export function behindOf(object: FluxObject, world: World): Status | undefined {
  const artifact = sourceOf(object, world)?.object?.artifact;
  const applied = appliedBy(object);
  if (artifact === undefined || applied === undefined) return undefined;
  const same = object.kind === 'HelmRelease' ? sameChart : sameRevision;
  if (same(artifact.revision, applied)) return undefined;
  const said = {
    reason: 'BehindSource',
    message: `applied ${shortRevision(applied)}, its source has ${shortRevision(artifact.revision)}`,
    since: artifact.updated,
  };
  if (!isOverdue(object, artifact.updated, world.now)) return { state: 'behind', ...said };
  const age = ageOf(artifact.updated, world.now);
  return {
    state: 'stale',
    ...said,
    message: `${said.message}; for ${age} its controller has not taken it up`,
  };
}

function isOverdue({ interval }: FluxObject, updated: string | undefined, now: number): boolean {
  const period = parseDuration(interval) ?? 0;
  const at = parseTime(updated);
  return period > 0 && at !== undefined && now - at > OVERDUE_INTERVALS * period;
}

function appliedBy(object: FluxObject): string | undefined {
  if (object.kind === 'Kustomization') return object.lastAppliedRevision;
  if (object.kind === 'HelmRelease') return object.lastAttemptedRevision ?? object.history[0]?.chartVersion;
  return undefined;
}

/** Past so many intervals without a reconciliation, Ready is left over and no longer true. */
const OVERDUE_INTERVALS = 2;

/**
 * Whether an object's status is only left over: last reconciled over two intervals ago or, where that is not recorded,
 * its controller gone for as long. `fault` is its controller as a root.
 */
export function staleOf(object: FluxObject, fault: OuterRoot | undefined, now: number): Status | undefined {
  const interval = parseDuration(object.interval);
  if (interval === undefined || interval <= 0) return undefined;
  const last = newestReconciliation(object);
  const from = last ?? fault?.since;
  if (last === undefined && fault === undefined) return undefined;
  const quiet = now - (parseTime(from) ?? Number.NEGATIVE_INFINITY);
  if (quiet <= OVERDUE_INTERVALS * interval) return undefined;
  const cause = fault === undefined ? 'its controller does not get to it' : `${fault.ref} is the cause`;
  return {
    state: 'stale',
    reason: 'NotReconciling',
    message: `${lastWords(last, interval, now)}; ${cause}`,
    since: from,
  };
}

function newestReconciliation(object: FluxObject): string | undefined {
  const recorded = lastReconciled(object);
  const handled = parseTime(object.lastHandledReconcileAt);
  if (recorded === undefined || handled === undefined) return recorded;
  return handled > (parseTime(recorded) ?? 0) ? object.lastHandledReconcileAt : recorded;
}

function lastWords(last: string | undefined, interval: number, now: number): string {
  const due = `due every ${formatAge(interval)}`;
  const age = ageOf(last, now);
  return age === undefined ? `nothing reconciles it, ${due}` : `last reconciled ${age} ago, ${due}`;
}
