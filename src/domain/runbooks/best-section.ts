import { type Candidate, LINKED } from './fit.ts';
import type { Place, RunbookIndex } from './indexed.ts';
import { isWanted, wantedHeadings } from './intent.ts';
import { isParticular, speaksOf } from './particular.ts';
import type { Runbook } from './runbook.ts';
import type { Section } from './sections.ts';

/** What of a question chooses the section. */
interface Asked {
  text?: string;
  terms: readonly string[];
}

/**
 * The section of a runbook that answers: where the link leads; else the one whose own heading speaks of the thing; else
 * the one under the heading that was asked for; else the one that holds most of the words.
 */
export function sectionFor(
  { runbook, fit, place, ranked }: Candidate,
  { text = '', terms }: Asked,
  { places }: RunbookIndex,
): Section {
  if (place && (fit === LINKED || isParticular(place))) return place.section;
  const own = places.filter((one) => one.runbook === runbook);
  const chosen =
    own.find((one) => speaksOf(one, terms)) ??
    underHeading(runbook, own, text) ??
    place ??
    ranked?.places[0] ??
    own[0];
  return chosen?.section ?? EMPTY;
}

function underHeading({ isRunbook }: Runbook, own: readonly Place[], text: string): Place | undefined {
  if (!isRunbook) return undefined;
  const headings = wantedHeadings(text);
  return own.find(({ section }) => isWanted(section, headings));
}

const EMPTY = { heading: '', anchor: '', line: 1, text: '' };
