import { INTENT_WORDS } from './intent.ts';
import { factsOf, type Question } from './question.ts';
import { ENOUGH, ENOUGH_FOR_REASON, weightOfTerm } from './rank.ts';
import type { Place, RunbookIndex } from './indexed.ts';
import { isName, termsOf, termsOfName, wordsOf } from './terms.ts';

/** What a question is about, in the index's terms. */
export interface Subject {
  /** Terms that must be found for a runbook to count. */
  terms: string[];
  /** Sections that are about a name in the question. */
  named: readonly Place[];
  /** Lower case. */
  kind?: string;
  /** Whether the kind alone tells which runbook: it is asked without a telling reason, and few are about it. */
  kindDecides: boolean;
  /** Share of the terms, by weight, that a runbook must hold. */
  enough: number;
  /** Whether no term tells one runbook from another. */
  general: boolean;
}

/** Names shorter than this are words of everyday. */
const TELLING = 8;

/** Most runbooks that a kind may stand for by itself. */
const FEW = 2;

/** Takes a question apart; `linkNames` are those in its link. */
export function subjectOf(question: Question, linkNames: readonly string[], index: RunbookIndex): Subject {
  const { text = '', alert } = question;
  const { kind, reason } = factsOf(question);
  const wholeNames = new Set(
    wordsOf(text)
      .filter(isName)
      .map((word) => word.toLowerCase()),
  );
  const spoken = termsOf(text).filter((term) => !INTENTS.has(term) && !wholeNames.has(term));
  const names = [alert, reason, ...linkNames].filter((name) => name !== undefined);
  const isTelling = reason !== undefined && isName(reason);
  const ofObject = isTelling || kind === undefined ? [] : termsOfName(kind);
  const terms = [...new Set([...spoken, ...names.flatMap(termsOfName), ...ofObject])];
  const ofKind = kind === undefined ? [] : (index.byKind.get(kind.toLowerCase()) ?? []);
  return {
    terms,
    named: namedBy([...names, ...wordsOf(text)], index),
    kind: kind?.toLowerCase(),
    kindDecides: !isTelling && ofKind.length > 0 && ofKind.length <= FEW,
    enough: text === '' ? ENOUGH_FOR_REASON : ENOUGH,
    general: terms.length > 0 && terms.every((term) => weightOfTerm(term, index) < GENERAL),
  };
}

const INTENTS: ReadonlySet<string> = new Set([...INTENT_WORDS].flatMap(termsOf));

/** A term that stands in more than about half of the runbooks tells nothing. */
const GENERAL = 0.7;

/** Sections about a name; in free words only about one that looks like a name and is no kind. */
function namedBy(names: readonly string[], { byName, byKind }: RunbookIndex): Place[] {
  return names
    .map((name) => name.toLowerCase())
    .filter((name) => name.length >= TELLING && !byKind.has(name))
    .flatMap((name) => byName.get(name) ?? []);
}
