import { ToolError } from '../../errors.ts';
import { closest } from '../closest.ts';
import type { Lookup } from './lookup.ts';
import { isWanted, wantedHeadings } from './intent.ts';
import type { Place, RunbookIndex } from './indexed.ts';

/** One runbook by its id, at a heading or at what to do first. Throws `not_found` for an id or heading that is not there. */
export function openRunbook({ runbooks, places }: RunbookIndex, id: string, section?: string): Lookup {
  const runbook = runbooks.find((one) => one.id === id);
  if (runbook === undefined) {
    const near = closest(
      id,
      runbooks.map((one) => one.id),
    );
    throw notFound(`runbook ${id}`, near ?? 'Ask with question, alert or finding instead.');
  }
  const own = places.filter((place) => place.runbook === runbook);
  const place = section === undefined ? first(own) : headed(own, section);
  if (place === undefined)
    throw notFound(
      section === undefined ? `text in ${id}` : `section ${section} in ${id}`,
      own.map((one) => one.section.heading).join(', '),
    );
  return { matches: [{ ...place, why: 'it was asked for' }] };
}

function first(places: readonly Place[]): Place | undefined {
  return places.find(({ section }) => isWanted(section, wantedHeadings(''))) ?? places[0];
}

function headed(places: readonly Place[], asked: string): Place | undefined {
  const wanted = asked.toLowerCase().replace(/^#/, '');
  return (
    places.find(({ section }) => section.heading.toLowerCase() === wanted || section.anchor === wanted) ??
    places.find(({ section }) => section.heading.toLowerCase().includes(wanted))
  );
}

function notFound(what: string, hint: string): ToolError {
  return new ToolError('not_found', `there is no ${what.slice(0, 200)}`, hint.slice(0, 500));
}
