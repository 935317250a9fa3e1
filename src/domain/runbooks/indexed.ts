import type MiniSearch from 'minisearch';

import type { Runbook } from './runbook.ts';
import type { Section } from './sections.ts';

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
  search: () => MiniSearch<Indexed>;
  /** In how many runbooks a term stands. */
  frequency: () => ReadonlyMap<string, number>;
  /** Where a name, in lower case, is the subject: front matter, heading or bold. */
  byName: ReadonlyMap<string, readonly Place[]>;
  /** Runbooks that are about a kind, in lower case. */
  byKind: ReadonlyMap<string, readonly Runbook[]>;
  /** The operator's own on the subject of a built-in one. */
  own: ReadonlyMap<Runbook, Place>;
  /** What could not be read, for the answer. */
  warnings: readonly string[];
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
