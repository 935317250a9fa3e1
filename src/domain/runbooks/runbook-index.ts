import MiniSearch from 'minisearch';

import { verbatimLines } from './outline.ts';
import { parseRunbook, type Runbook } from './runbook.ts';
import type { Section } from './sections.ts';
import type { RunbookFile } from './source.ts';
import { isName, termsOf, wordsOf } from './terms.ts';

/** A section and the runbook it is from. */
export interface Place {
  runbook: Runbook;
  section: Section;
}

/** The runbooks, ready to be asked. */
export interface RunbookIndex {
  runbooks: readonly Runbook[];
  /** Sections, by the id they have in `search`. */
  places: readonly Place[];
  search: MiniSearch<Indexed>;
  /** In how many runbooks a term stands. */
  frequency: ReadonlyMap<string, number>;
  /** Where a name, in lower case, is the subject: front matter, heading or bold. */
  byName: ReadonlyMap<string, readonly Place[]>;
  /** Runbooks that are about a kind, in lower case. */
  byKind: ReadonlyMap<string, readonly Runbook[]>;
}

/** What is indexed of a section; the first five are its runbook's. */
export interface Indexed {
  id: number;
  title: string;
  names: string;
  kinds: string;
  symptoms: string;
  headings: string;
  heading: string;
  text: string;
}

/** Fields by how much a word in them says about the subject. */
export const BOOSTS: Readonly<Record<Exclude<keyof Indexed, 'id'>, number>> = {
  title: 4,
  symptoms: 3,
  names: 3,
  kinds: 2,
  heading: 2,
  headings: 1,
  text: 1,
};

/** Reads and indexes files; about 1 ms a file. */
export function createRunbookIndex(files: readonly RunbookFile[]): RunbookIndex {
  const runbooks = files.map(parseRunbook);
  const places = runbooks.flatMap((runbook) => runbook.sections.map((section) => ({ runbook, section })));
  const documents = places.map(indexedOf);
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
  return {
    runbooks,
    places,
    search,
    frequency: frequencyOf(places, documents),
    byName: gathered(places.flatMap((place) => namesOf(place).map((name) => [name, place] as const))),
    byKind: gathered(
      runbooks.flatMap((runbook) => runbook.kinds.map((kind) => [kind.toLowerCase(), runbook] as const)),
    ),
  };
}

function indexedOf({ runbook, section }: Place, id: number): Indexed {
  return {
    id,
    title: runbook.title,
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

/** Bold words and `alert: Name` lines; bold counts outside code only. */
function emphasised(text: string): string[] {
  const lines = text.split('\n');
  const verbatim = verbatimLines(lines);
  return lines.flatMap((line, at) => {
    const rule = /^\s*-?\s*alert:\s*(\w+)\s*$/.exec(line)?.[1];
    const bold = verbatim[at] ? [] : [...line.matchAll(/(\*\*|__)(.+?)\1/g)].map(([, , words = '']) => words);
    return rule === undefined ? bold : [...bold, rule];
  });
}
