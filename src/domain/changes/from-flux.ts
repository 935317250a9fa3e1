import { conditionOf } from '../conditions.ts';
import { shortRevision } from '../flux/revision.ts';
import type { FluxObject, HistoryEntry } from '../objects/flux.ts';
import { refOf } from '../objects/meta.ts';
import type { RecentChange } from './change.ts';

/** Revisions that Flux applied or tried, and releases that were installed, upgraded or rolled back. */
export function fluxChanges(objects: readonly FluxObject[]): RecentChange[] {
  return objects.flatMap((object) => {
    if (object.kind === 'Kustomization') return object.history.flatMap((entry) => applied(object, entry));
    if (object.kind === 'HelmRelease') return [...released(object), ...rolledBack(object)];
    return [];
  });
}

function applied(object: FluxObject, { first, revision, status }: HistoryEntry): RecentChange[] {
  if (first === undefined || revision === undefined) return [];
  const what = `${status === 'ReconciliationSucceeded' || status === undefined ? 'applied' : status} ${shortRevision(revision)}`;
  return [changeOf(object, 'flux', first, what, 'kustomize-controller')];
}

/** The history of a release, newest first: what came before tells an upgrade from an installation. */
function released(object: FluxObject): RecentChange[] {
  return object.history.flatMap((entry, at) => {
    if (entry.first === undefined) return [];
    const before = object.history[at + 1]?.chartVersion;
    const what =
      before === undefined || before === entry.chartVersion
        ? `${entry.status ?? 'deployed'} ${entry.chartVersion ?? ''}`
        : `${entry.status ?? 'deployed'} ${before} -> ${entry.chartVersion ?? ''}`;
    return [changeOf(object, 'helm', entry.first, what.trim(), 'helm-controller')];
  });
}

function rolledBack(object: FluxObject): RecentChange[] {
  const remediated = conditionOf(object, 'Remediated');
  if (remediated?.status !== 'True' || remediated.since === undefined) return [];
  const what = `${remediated.reason ?? 'remediated'}: ${remediated.message ?? ''}`;
  return [changeOf(object, 'helm', remediated.since, what, 'helm-controller')];
}

function changeOf(
  object: FluxObject,
  kind: RecentChange['kind'],
  when: string,
  what: string,
  by: string,
): RecentChange {
  const { namespace } = object;
  return { when, kind, object: refOf(object), what, by, ...(namespace !== undefined && { namespace }) };
}
