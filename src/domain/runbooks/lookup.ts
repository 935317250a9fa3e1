import { sectionFor } from './best-section.ts';
import { BEYOND_WORDS, byFit, type Candidate, candidateOf, LINKED } from './fit.ts';
import { factsOf, type Question } from './question.ts';
import { ENOUGH, type Ranked, rankByWords } from './rank.ts';
import type { Runbook } from './runbook.ts';
import type { Place, RunbookIndex } from './indexed.ts';
import { followLink, type Linked } from './runbook-url.ts';
import { inWords, subjectOf, type Subject } from './subject.ts';

/** A section that answers, and in words why it is thought to. */
export interface Match extends Place {
  why: string;
}

/** What the runbooks hold on a question, best first; `none` says why nothing fits. */
export interface Lookup {
  matches: Match[];
  none?: string;
  /** The alert's link leads to no runbook that is known here. */
  deadLink?: boolean;
}

/** Asks the runbooks; at most one section of each. Says that nothing fits rather than the least bad. */
export function lookup(index: RunbookIndex, question: Question): Lookup {
  const linked = question.runbookUrl === undefined ? undefined : followLink(question.runbookUrl, index);
  const subject = subjectOf(question, linked?.names ?? [], index);
  const byWords = rankByWords(subject.terms, index);
  const facts = factsOf(question);
  const ofKind = index.byKind.get(subject.kind) ?? [];
  const candidates = index.runbooks.flatMap(
    (runbook) =>
      candidateOf({
        runbook,
        linked,
        subject,
        facts,
        isOfKind: ofKind.includes(runbook),
        ranked: byWords.get(runbook),
      }) ?? [],
  );
  const ordered = ownFirst(withoutNoise(candidates.toSorted(byFit), question), index);
  const matches = ordered.map((candidate) => ({
    runbook: candidate.runbook,
    section: sectionFor(candidate, { text: question.text, terms: subject.terms }, index),
    why: candidate.why,
  }));
  return {
    matches,
    ...(matches.length === 0 && { none: noneOf(subject, byWords) }),
    ...(linked && isDead(linked, index) && { deadLink: true }),
  };
}

/** A link to another's page of an alert is as good as the alert's name. */
function isDead({ runbook, names }: Linked, { byName }: RunbookIndex): boolean {
  return runbook === undefined && !names.some((name) => byName.has(name));
}

/** Where a name has led to runbooks, its words are shared by chance. */
function withoutNoise(ordered: readonly Candidate[], { text }: Question): readonly Candidate[] {
  const isNamed = text === undefined && (ordered[0]?.fit ?? 0) >= BEYOND_WORDS;
  return isNamed ? ordered.filter(({ fit }) => fit >= BEYOND_WORDS) : ordered;
}

/** Where a built-in runbook would be first, the operator's own on its subject goes before it. */
function ownFirst(ordered: readonly Candidate[], index: RunbookIndex): readonly Candidate[] {
  const [first] = ordered;
  const own = first && first.fit < LINKED ? index.own.get(first.runbook) : undefined;
  if (first === undefined || own === undefined) return ordered;
  const known = ordered.find(({ runbook }) => runbook === own.runbook);
  const candidate: Candidate = known ?? {
    runbook: own.runbook,
    fit: first.fit,
    score: 0,
    why: `it is your own on the subject of ${first.runbook.id}`,
  };
  return [candidate, ...ordered.filter((one) => one !== known)];
}

/** Confidence from which a runbook is worth naming though it does not answer. */
const NEAR = ENOUGH / 2;

function noneOf(subject: Subject, byWords: ReadonlyMap<Runbook, Ranked>): string {
  const { terms, general } = subject;
  if (terms.length === 0) return 'nothing to look for: name an alert, a reason, a kind, or say it in words';
  if (general)
    return `too general: ${inWords(subject, terms, 8)} fits most runbooks; add what is wrong with it`;
  const nearest = [...byWords.values()].toSorted((a, b) => b.confidence - a.confidence)[0];
  if (nearest === undefined || nearest.confidence < NEAR) return 'no runbook is about this';
  const lacks = inWords(subject, nearest.missing, 4);
  const how = lacks === '' ? 'touches it only in passing' : `does not speak of ${lacks}`;
  return `no runbook is about this; the nearest, ${nearest.runbook.id}, ${how}`;
}
