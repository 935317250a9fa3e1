import { byText } from '../text.ts';
import { builtInFor, type FindingFacts, ruledOutFor } from './finding-runbooks.ts';
import type { Place } from './indexed.ts';
import { isOwn } from './own.ts';
import { speaksOf } from './particular.ts';
import type { Ranked } from './rank.ts';
import type { Runbook } from './runbook.ts';
import type { Linked } from './runbook-url.ts';
import { inWords, type Subject } from './subject.ts';

/** A runbook that may answer. */
export interface Candidate {
  runbook: Runbook;
  /** How well it fits: the index of its rule from the end of the table, so the higher the better. */
  fit: number;
  score: number;
  why: string;
  /** The section that names it, or that the link leads to. */
  place?: Place;
  ranked?: Ranked;
}

/** All that is known of a runbook and a question. */
export interface Case {
  runbook: Runbook;
  linked?: Linked;
  subject: Subject;
  facts: Partial<FindingFacts>;
  isOfKind: boolean;
  ranked?: Ranked;
}

interface Fit {
  name: 'linked' | 'reason' | 'named' | 'kind' | 'words';
  test: (one: Case) => { why: string; place?: Place } | undefined;
}

/** How much more of a question a document must hold that is no runbook. */
const DOUBT = 0.15;

/** Why a runbook may answer, best first. */
const FITS: readonly Fit[] = [
  {
    name: 'linked',
    test: ({ runbook, linked }) =>
      linked?.runbook === runbook ? { place: linked.place, why: 'the link leads to it' } : undefined,
  },
  {
    name: 'reason',
    test: ({ runbook, facts }) =>
      isBuiltInFor(runbook, facts) ? { why: `it is the one for ${facts.reason}` } : undefined,
  },
  {
    name: 'named',
    test: ({ runbook, subject }) => {
      const place = subject.named.find((one) => one.runbook === runbook);
      return place && { place, why: 'it names what was asked' };
    },
  },
  {
    name: 'kind',
    test: ({ isOfKind, subject }) =>
      isOfKind && subject.kindDecides ? { why: 'it is about objects of this kind' } : undefined,
  },
  {
    name: 'words',
    test: ({ runbook, ranked, subject }) =>
      ranked !== undefined && ranked.confidence >= subject.enough + (runbook.isRunbook ? 0 : DOUBT)
        ? { why: `words: ${inWords(subject, ranked.words, 8)}` }
        : undefined,
  },
];

/** How far a linked one fits, and from where on a runbook fits by more than words. */
export const LINKED = FITS.length;
export const BEYOND_WORDS = 2;

/** A runbook as a candidate, by the first rule that fits; undefined when none does. */
export function candidateOf(one: Case): Candidate | undefined {
  const { runbook, ranked, isOfKind, facts } = one;
  if (isRuledOut(runbook, facts)) return undefined;
  for (const [place, { name, test }] of FITS.entries()) {
    const found = test(one);
    if (found === undefined) continue;
    const score = (ranked?.score ?? 0) * (isOfKind ? 2 : 1);
    return { runbook, ranked, score, fit: FITS.length - place + leadOf(name, one), ...found };
  }
  return undefined;
}

/** The operator's own runbook that names the very thing comes before the built-in one for it. */
function leadOf(name: Fit['name'], { runbook, ranked, subject }: Case): number {
  if (!isOwn(runbook)) return 0;
  if (name === 'named') return 1.5;
  return name === 'words' && ranked?.places.some((one) => speaksOf(one, subject.terms)) ? 0.5 : 0;
}

function isBuiltInFor({ origin, id }: Runbook, { reason, ...facts }: Partial<FindingFacts>): boolean {
  return origin === 'built-in' && reason !== undefined && builtInFor({ reason, ...facts }) === id;
}

function isRuledOut({ origin, id }: Runbook, { reason, ...facts }: Partial<FindingFacts>): boolean {
  return origin === 'built-in' && reason !== undefined && ruledOutFor({ reason, ...facts }).includes(id);
}

/** How much better a built-in one must fit by words before it comes ahead of the operator's own. */
const OWN = 1.6;

/** Best first; ties in the order of their ids. */
export function byFit(a: Candidate, b: Candidate): number {
  return b.fit - a.fit || weightOf(b) - weightOf(a) || byText(a.runbook.id, b.runbook.id);
}

function weightOf({ score, runbook }: Candidate): number {
  if (runbook.origin === 'built-in') return score;
  return runbook.isRunbook ? score * OWN : score * 0.7;
}
