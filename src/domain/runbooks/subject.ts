import { INTENT_WORDS } from './intent.ts';
import { factsOf, type Question } from './question.ts';
import { ENOUGH, ENOUGH_FOR_REASON } from './rank.ts';
import type { Place, RunbookIndex } from './indexed.ts';
import { isName, piecesOf, termsOf, termsOfName, wordsOf } from './terms.ts';

/** What a question is about, in the index's terms. */
export interface Subject {
  /** Terms that must be found for a runbook to count. */
  terms: string[];
  /** Sections that are about a name in the question. */
  named: readonly Place[];
  /** Lower case; empty when none is asked. */
  kind: string;
  /** Whether the kind alone tells which runbook: it is asked without a telling reason, and few are about it. */
  kindDecides: boolean;
  /** Share of the terms, by weight, that a runbook must hold. */
  enough: number;
  /** Whether no term tells one runbook from another. */
  general: boolean;
  /** The terms as they were said. */
  said: ReadonlyMap<string, string>;
}

/** Names shorter than this are words of everyday. */
const TELLING = 8;

/** Most runbooks that a kind may stand for by itself. */
const FEW = 2;

/** Takes a question apart; `linkNames` are those in its link. */
export function subjectOf(question: Question, linkNames: readonly string[], index: RunbookIndex): Subject {
  const { text = '', alert } = question;
  const { kind = '', reason } = factsOf(question);
  const names = [alert, reason, ...linkNames].filter((name) => name !== undefined);
  const isTelling = reason !== undefined && isName(reason);
  const parts = [...names, ...(isTelling ? [] : [kind])];
  const terms = [...new Set([...spokenTerms(text), ...parts.flatMap(termsOfName)])];
  const ofKind = index.byKind.get(kind.toLowerCase())?.length ?? 0;
  return {
    terms,
    named: namedBy([...names, ...wordsOf(text)], index),
    kind: kind.toLowerCase(),
    kindDecides: !isTelling && ofKind > 0 && ofKind <= FEW,
    enough: text === '' ? enoughForNames(terms) : ENOUGH,
    general: terms.length > 0 && terms.every((term) => isGeneral(term, index)),
    said: saidOf([text, ...names, kind]),
  };
}

/** A name of one word is too little to go by its words. */
function enoughForNames(terms: readonly string[]): number {
  return terms.length > 1 ? ENOUGH_FOR_REASON : Infinity;
}

/** Free words without those that only say what is wanted; names by their words alone. */
function spokenTerms(text: string): string[] {
  const wholeNames = new Set(
    wordsOf(text)
      .filter(isName)
      .map((word) => word.toLowerCase()),
  );
  return termsOf(text).filter((term) => !INTENTS.has(term) && !wholeNames.has(term));
}

const INTENTS: ReadonlySet<string> = new Set([...INTENT_WORDS].flatMap(termsOf));

/** A term that stands in more than half of the runbooks tells nothing. */
function isGeneral(term: string, { frequency, runbooks }: RunbookIndex): boolean {
  return (frequency().get(term) ?? 0) > runbooks.length / 2;
}

function saidOf(texts: readonly string[]): Map<string, string> {
  const words = texts.flatMap(wordsOf).flatMap(piecesOf);
  return new Map(words.flatMap((word) => termsOf(word).map((term) => [term, word.toLowerCase()] as const)));
}

/** Sections about a name; in free words only about one that looks like a name and is no kind. */
function namedBy(names: readonly string[], { byName, byKind }: RunbookIndex): Place[] {
  return names
    .map((name) => name.toLowerCase())
    .filter((name) => name.length >= TELLING && !byKind.has(name))
    .flatMap((name) => byName.get(name) ?? []);
}

/** Terms in the asker's words, for an answer. */
export function inWords({ said }: Pick<Subject, 'said'>, terms: readonly string[], most: number): string {
  return terms
    .slice(0, most)
    .map((term) => said.get(term) ?? term)
    .join(', ');
}
