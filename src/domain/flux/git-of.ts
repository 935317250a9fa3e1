import type { Listing } from '../cluster.ts';
import { parseTime } from '../duration.ts';
import type { GitPlace } from '../finding.ts';
import { type Live, applierOf } from '../locate/live.ts';
import type { ObjectPlaces } from '../locate/object-places.ts';
import type { FluxObject } from '../objects/flux.ts';
import { refOf } from '../objects/meta.ts';
import type { Problem } from './problems.ts';
import { syncSourceOf } from './sync-source.ts';

/** The line in Git for each problem, as one text; undefined where none is known. */
export function gitOfProblems(
  places: ObjectPlaces | undefined,
  { listings }: { listings: readonly Listing<FluxObject>[] },
): (problem: Problem) => string | undefined {
  const objects = listings.flatMap(({ items }) => items);
  const byRef = new Map(objects.map((object) => [refOf(object), object]));
  const find = (ref: string): FluxObject | undefined => byRef.get(ref);
  const live: Live = { object: find, flux: find, source: syncSourceOf(objects)?.ref };
  return ({ ref, reason, message }) => {
    const object = find(ref);
    if (places === undefined || object === undefined) return undefined;
    const own = object.kind === 'Kustomization' ? applierOf(object, live) : undefined;
    const applier = own && !('why' in own) ? own : undefined;
    const place = places.gitOf(object, { ref, reason, message, images: [], applier }, live);
    return place && textOf(place);
  };
}

/** `path:line`, and who changed the file last. */
function textOf(place: GitPlace): string {
  if ('candidates' in place) return `one of ${place.candidates.join(', ')}`;
  const { file, line, commit, author, when } = place;
  const at = minuteOf(when);
  return commit === undefined ? `${file}:${line}` : `${file}:${line} (${commit} ${author}, ${at})`;
}

/** RFC 3339 in UTC, to the minute: a row has little room. */
function minuteOf(when: string | undefined): string | undefined {
  const at = parseTime(when);
  return at === undefined ? when : `${new Date(at).toISOString().slice(0, 16)}Z`;
}
