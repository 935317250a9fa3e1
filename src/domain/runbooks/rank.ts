import type { SearchResult } from 'minisearch';

import type { Indexed, Place, RunbookIndex } from './indexed.ts';
import type { Runbook } from './runbook.ts';

type Words = Pick<RunbookIndex, 'runbooks' | 'places' | 'search' | 'frequency'>;

/** A runbook by the words it shares with a question. */
export interface Ranked {
  runbook: Runbook;
  /** BM25 of its best section. */
  score: number;
  /** Share of the question's terms, by weight, that its best section or its subject holds: 0 to 1. */
  confidence: number;
  /** Sections, best first. */
  places: Place[];
  /** Terms found and not found. */
  words: string[];
  missing: string[];
}

/** Confidence from which free words count as answered. */
export const ENOUGH = 0.55;

/** For names alone: their few words are shared by many. */
export const ENOUGH_FOR_REASON = 0.75;

/** Ranks runbooks by words, in some fields or all; those that share none are absent. */
export function rankByWords(
  terms: readonly string[],
  index: Words,
  fields?: (keyof Indexed)[],
): Map<Runbook, Ranked> {
  if (terms.length === 0) return new Map();
  const results = index.search().search(terms.join(' '), fields && { fields });
  const byRunbook = Map.groupBy(results, ({ id }) => index.places[Number(id)]?.runbook);
  byRunbook.delete(undefined);
  return new Map(
    [...byRunbook].flatMap(([runbook, found]) =>
      runbook ? [[runbook, rankedOf(runbook, found, terms, index)] as const] : [],
    ),
  );
}

function rankedOf(
  runbook: Runbook,
  results: readonly SearchResult[],
  terms: readonly string[],
  index: Words,
): Ranked {
  const coverages = results.map((result) => coverageOf(result, terms, index));
  const best = coverages.toSorted((a, b) => b.confidence - a.confidence)[0];
  return {
    runbook,
    score: results[0]?.score ?? 0,
    confidence: best?.confidence ?? 0,
    places: results.flatMap(({ id }) => index.places[Number(id)] ?? []),
    words: terms.filter((term) => !best?.missing.includes(term)),
    missing: best?.missing ?? [...terms],
  };
}

/** How much a word in a field says that a runbook is about it. */
const STRENGTHS: Readonly<Record<Exclude<keyof Indexed, 'id'>, number>> = {
  title: 1,
  symptoms: 1,
  heading: 1,
  kinds: 0.8,
  names: 0.8,
  headings: 0.6,
  text: 0.5,
};

function coverageOf({ match }: SearchResult, terms: readonly string[], index: Words) {
  const held = terms.map((term) => ({
    term,
    weight: weightOfTerm(term, index),
    strength: strengthOf(term, match),
  }));
  const total = held.reduce((sum, { weight }) => sum + weight, 0);
  const covered = held.reduce((sum, { weight, strength }) => sum + weight * strength, 0);
  return {
    confidence: covered / total,
    missing: held.flatMap(({ term, strength }) => (strength > 0 ? [] : term)),
  };
}

/** An exact word counts whole, a longer one that begins with it or a near one in part. */
function strengthOf(term: string, match: SearchResult['match']): number {
  const strengths = Object.entries(match).map(([found, fields]) => {
    const likeness = likenessOf(term, found);
    return likeness * Math.max(...fields.map((field) => STRENGTHS[field as Exclude<keyof Indexed, 'id'>]));
  });
  return Math.max(0, ...strengths);
}

function likenessOf(term: string, found: string): number {
  if (found === term) return 1;
  if (term.length < 5) return 0;
  if (found.startsWith(term)) return 0.8;
  return term.length >= 6 && found[0] === term[0] && Math.abs(found.length - term.length) <= 1 ? 0.6 : 0;
}

/** A word that stands in fewer is taken as one of these: names of applications are in no runbook at all. */
const FEW = 2;

/** How much a term tells: near 0 where all runbooks hold it, most where none does. */
function weightOfTerm(term: string, { frequency, runbooks }: Words): number {
  const count = Math.max(frequency().get(term) ?? 0, FEW);
  return Math.log(1 + (runbooks.length - count + 0.5) / (count + 0.5));
}
