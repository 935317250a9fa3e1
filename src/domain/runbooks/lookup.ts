import { builtInFor } from './finding-runbooks.ts';
import { isWanted, wantedHeadings } from './intent.ts';
import { objectOf, type Question } from './question.ts';
import { ENOUGH, type Ranked, rankByWords } from './rank.ts';
import type { Runbook } from './runbook.ts';
import type { Place, RunbookIndex } from './runbook-index.ts';
import { followLink, type Linked } from './runbook-url.ts';
import { byText } from '../text.ts';
import { subjectOf, type Subject } from './subject.ts';

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
  const candidates = index.runbooks.flatMap(
    (runbook) => candidateOf(runbook, { linked, subject, question, index, byWords }) ?? [],
  );
  const matches = candidates.toSorted(byFit).map((candidate) => answerOf(candidate, question, index));
  return {
    matches,
    ...(matches.length === 0 && { none: noneOf(subject, byWords) }),
    ...(linked && linked.runbook === undefined && matches[0]?.why !== NAMED && { deadLink: true }),
  };
}

/** Why a runbook is a candidate, the better the higher. */
const FITS = { words: 1, kind: 2, named: 3, reason: 4, linked: 5 } as const;

const NAMED = 'it names what was asked';

interface Candidate {
  runbook: Runbook;
  fit: keyof typeof FITS;
  score: number;
  why: string;
  /** The section that names it, or that the link leads to. */
  place?: Place;
  ranked?: Ranked;
}

interface Parts {
  linked?: Linked;
  subject: Subject;
  question: Question;
  index: RunbookIndex;
  byWords: ReadonlyMap<Runbook, Ranked>;
}

function candidateOf(
  runbook: Runbook,
  { linked, subject, question, index, byWords }: Parts,
): Candidate | undefined {
  const ranked = byWords.get(runbook);
  const isOfKind = subject.kind !== undefined && (index.byKind.get(subject.kind) ?? []).includes(runbook);
  const candidate = { runbook, ranked, score: (ranked?.score ?? 0) * (isOfKind ? 2 : 1) };
  if (linked?.runbook === runbook)
    return { ...candidate, fit: 'linked', place: linked.place, why: 'the link leads to it' };
  const place = subject.named.find((one) => one.runbook === runbook);
  const reason = objectOf(question);
  if (isBuiltInFor(runbook, reason))
    return { ...candidate, fit: 'reason', why: `it is the one for ${reason.reason}` };
  if (place) return { ...candidate, fit: 'named', place, why: NAMED };
  if (isOfKind && subject.kindDecides)
    return { ...candidate, fit: 'kind', why: 'it is about objects of this kind' };
  if (ranked === undefined || ranked.confidence < subject.enough) return undefined;
  return { ...candidate, fit: 'words', why: `words: ${ranked.words.slice(0, 8).join(', ')}` };
}

function isBuiltInFor(runbook: Runbook, { kind, reason }: { kind?: string; reason?: string }): boolean {
  if (reason === undefined || runbook.origin !== 'built-in') return false;
  return builtInFor({ reason, kind }) === runbook.id;
}

/** How much better a built-in one must fit by words before it comes ahead of the operator's own. */
const OWN = 1.6;

function byFit(a: Candidate, b: Candidate): number {
  return rankOf(b) - rankOf(a) || weightOf(b) - weightOf(a) || byText(a.runbook.id, b.runbook.id);
}

/** The operator's own runbook that is about the very thing comes before any built-in one. */
function rankOf({ fit, runbook }: Candidate): number {
  const isOwn = runbook.origin === 'operator' && runbook.isRunbook;
  return fit === 'named' && isOwn ? FITS.reason + 0.5 : FITS[fit];
}

function weightOf({ score, runbook }: Candidate): number {
  if (runbook.origin === 'built-in') return score;
  return runbook.isRunbook ? score * OWN : score * 0.7;
}

/** The section under a heading that was asked for; else the one that names the thing, or that holds most of the words. */
function answerOf(candidate: Candidate, question: Question, { places }: RunbookIndex): Match {
  const { runbook, fit, place, ranked, why } = candidate;
  if (place && (fit === 'linked' || speaksOfOne(place))) return { ...place, why };
  const own = places.filter((one) => one.runbook === runbook);
  const headings = wantedHeadings(question.text ?? '');
  const best = ranked?.places[0];
  const wanted = own.find(({ section }) => isWanted(section, headings));
  const chosen = (runbook.isRunbook && wanted) || best || own[0];
  return { runbook, section: chosen?.section ?? EMPTY, why };
}

const EMPTY = { heading: '', anchor: '', line: 1, text: '' };

/** Whether a section is about less than its file: the file does not carry the name as a whole. */
function speaksOfOne({ runbook, section }: Place): boolean {
  return runbook.alerts.length === 0 && runbook.reasons.length === 0 && section.anchor !== '';
}

/** Confidence from which a runbook is worth naming though it does not answer. */
const NEAR = ENOUGH / 2;

function noneOf({ terms, general }: Subject, byWords: ReadonlyMap<Runbook, Ranked>): string {
  if (terms.length === 0) return 'nothing to look for: name an alert, a reason, a kind, or say it in words';
  if (general) return `too general: ${terms.join(', ')} fits most runbooks; add what is wrong with it`;
  const nearest = [...byWords.values()].toSorted((a, b) => b.confidence - a.confidence)[0];
  if (nearest === undefined || nearest.confidence < NEAR) return 'no runbook is about this';
  const lacks = nearest.missing.slice(0, 4).join(', ');
  const how = lacks === '' ? 'touches it only in passing' : `does not speak of ${lacks}`;
  return `no runbook is about this; the nearest, ${nearest.runbook.id}, ${how}`;
}
