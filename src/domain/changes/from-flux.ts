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

/**
 * The history of a release, newest first: what came before tells an upgrade from an installation, and from a return to
 * what was there. Helm keeps the time of the installation as `firstDeployed` of every upgrade (helm, pkg/action/upgrade.go).
 */
function released(object: FluxObject): RecentChange[] {
  return object.history.flatMap((entry, at) => {
    const when = entry.last ?? entry.first;
    if (when === undefined) return [];
    return [changeOf(object, 'helm', when, wordsFor(entry, object.history.slice(at + 1)), 'helm-controller')];
  });
}

function wordsFor(
  { status = 'deployed', chartVersion = '' }: HistoryEntry,
  older: readonly HistoryEntry[],
): string {
  const [before, ...others] = older;
  const from = before?.chartVersion;
  if (from === undefined || from === chartVersion) return `${status} ${chartVersion}`.trim();
  const isReturn = before?.status === 'failed' && others.some((other) => other.chartVersion === chartVersion);
  return `${isReturn ? 'rolled back' : status} ${from} -> ${chartVersion}`;
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
