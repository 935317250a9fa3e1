import MiniSearch from 'minisearch';

import { once } from '../once.ts';
import { BOOSTS, type Indexed, type Place, type RunbookIndex } from './indexed.ts';
import { verbatimLines } from './outline.ts';
import { ownPlaces } from './own.ts';
import { nameOf, type Runbook } from './runbook.ts';
import { isName, termsOf, wordsOf } from './terms.ts';

export type { RunbookIndex } from './indexed.ts';

/** Runbooks by what they are about; their words, which findings do not need, are indexed when they are first asked for. `warnings` go into every answer. */
export function createRunbookIndex(
  runbooks: readonly Runbook[],
  warnings: readonly string[] = [],
): RunbookIndex {
  const places = runbooks.flatMap((runbook) => runbook.sections.map((section) => ({ runbook, section })));
  const documents = once(() => places.map(indexedOf));
  const index = {
    warnings,
    runbooks,
    places,
    search: once(() => searchOver(documents())),
    frequency: once(() => frequencyOf(places, documents())),
    byName: gathered(places.flatMap((place) => namesOf(place).map((name) => [name, place] as const))),
    byKind: gathered(
      runbooks.flatMap((runbook) => runbook.kinds.map((kind) => [kind.toLowerCase(), runbook] as const)),
    ),
  };
  return { ...index, own: ownPlaces(index) };
}

function searchOver(documents: readonly Indexed[]): MiniSearch<Indexed> {
  const search = new MiniSearch<Indexed>({
    fields: Object.keys(BOOSTS),
    tokenize: termsOf,
    processTerm: (term) => term,
    searchOptions: {
      boost: BOOSTS,
      tokenize: (terms) => terms.split(' '),
      prefix: (term) => term.length >= 5,
      fuzzy: (term) => (term.length >= 6 ? 0.15 : false),
      weights: { prefix: 0.5, fuzzy: 0.3 },
    },
  });
  search.addAll(documents);
  return search;
}

function indexedOf({ runbook, section }: Place, id: number): Indexed {
  return {
    id,
    title: `${runbook.title} ${nameOf(runbook.path)}`,
    names: [...runbook.alerts, ...runbook.reasons].join(' '),
    kinds: runbook.kinds.join(' '),
    symptoms: runbook.symptoms.join(' '),
    headings: runbook.sections.map(({ heading }) => heading).join(' '),
    heading: section.heading,
    text: section.text,
  };
}

function frequencyOf(places: readonly Place[], documents: readonly Indexed[]): Map<string, number> {
  const seen = new Map<string, Set<Runbook>>();
  for (const [at, { runbook }] of places.entries()) {
    const { id: _, ...fields } = documents[at] ?? { id: 0 };
    for (const term of termsOf(Object.values(fields).join(' '))) {
      seen.set(term, (seen.get(term) ?? new Set()).add(runbook));
    }
  }
  return new Map([...seen].map(([term, { size }]) => [term, size]));
}

function gathered<T>(pairs: readonly (readonly [string, T])[]): Map<string, T[]> {
  const found = Map.groupBy(pairs, ([name]) => name);
  return new Map([...found].map(([name, same]) => [name, [...new Set(same.map(([, place]) => place))]]));
}

/** Names that a section is about: its runbook's own, those in its heading, in bold, and of rules it shows. */
function namesOf({ runbook, section }: Place): string[] {
  const own = [...runbook.alerts, ...runbook.reasons];
  const about = [runbook.title, section.heading, ...emphasised(section.text)].flatMap(wordsOf).filter(isName);
  return [...new Set([...own, ...about].map((name) => name.toLowerCase()))];
}

/** Bold words, names after the word alert, and `alert: Name` lines; only the last count in code. */
function emphasised(text: string): string[] {
  const lines = text.split('\n');
  const verbatim = verbatimLines(lines);
  return lines.flatMap((line, at) => {
    const rule = /^\s*-?\s*alert:\s*(\w+)\s*$/.exec(line)?.[1];
    if (rule !== undefined || verbatim[at]) return rule ?? [];
    return [...line.matchAll(/(\*\*|__)(.+?)\1|\balerts?:? +`(\w+)`/gi)].map(
      ([, , bold, named]) => bold ?? named ?? '',
    );
  });
}
