import { ENOUGH, rankByWords } from './rank.ts';
import { nameOf, type Runbook } from './runbook.ts';
import type { Place, RunbookIndex } from './indexed.ts';
import { termsOf } from './terms.ts';

/** The operator's own runbook on the subject of each built-in one: it names one of its alerts, or shares its title's words. */
export function ownPlaces(index: Omit<RunbookIndex, 'own'>): Map<Runbook, Place> {
  if (!index.runbooks.some(isOwn)) return new Map();
  const builtIn = index.runbooks.filter(({ origin }) => origin === 'built-in');
  return new Map(
    builtIn.flatMap((runbook) => {
      const own = namedIn(runbook, index) ?? likeIn(runbook, index);
      return own ? [[runbook, own] as const] : [];
    }),
  );
}

/** Whether the operator wrote it as a runbook. */
export function isOwn({ origin, isRunbook }: Runbook): boolean {
  return origin === 'operator' && isRunbook;
}

/** By an alert that no other built-in one answers to. */
function namedIn({ alerts }: Runbook, { byName }: Pick<RunbookIndex, 'byName'>): Place | undefined {
  return alerts
    .map((alert) => byName.get(alert.toLowerCase()) ?? [])
    .filter((places) => builtInOf(places).size === 1)
    .flatMap((places) => places)
    .find((place) => isOwn(place.runbook));
}

function builtInOf(places: readonly Place[]): Set<Runbook> {
  return new Set(places.map(({ runbook }) => runbook).filter(({ origin }) => origin === 'built-in'));
}

/** By the words of its title, as far as they are in the title or the file name of the other. */
function likeIn({ title, id }: Runbook, index: Omit<RunbookIndex, 'own'>): Place | undefined {
  const namesake = index.places.find(({ runbook }) => isOwn(runbook) && nameOf(runbook.path) === id);
  const [best] = [...rankByWords(termsOf(title), index, ['title', 'symptoms']).values()]
    .filter(({ runbook, confidence }) => isOwn(runbook) && confidence >= ENOUGH)
    .toSorted((a, b) => b.score - a.score);
  return namesake ?? best?.places[0];
}
