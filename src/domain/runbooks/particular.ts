import type { Place } from './indexed.ts';
import { isGeneral } from './intent.ts';
import { termsOf } from './terms.ts';

/** Whether a section is about one thing of several in its file, rather than a part of the file's form. */
export function isParticular({ runbook, section }: Place): boolean {
  return section.anchor !== '' && section.heading !== runbook.title && !isGeneral(section);
}

/** Whether it is, and most words of its heading, at least two, are among the terms. */
export function speaksOf(place: Place, terms: readonly string[]): boolean {
  const words = [...new Set(termsOf(place.section.heading))];
  const shared = words.filter((word) => terms.includes(word)).length;
  return shared >= 2 && shared >= words.length * 0.6 && isParticular(place);
}
