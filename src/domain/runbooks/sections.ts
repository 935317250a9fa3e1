import { newAnchors } from './anchors.ts';
import type { Heading } from './outline.ts';

/** A part of a runbook that can stand as an answer. */
export interface Section {
  /** The heading, without markup; the title for what stands before the first heading. */
  heading: string;
  /** As GitHub names it, without `#`. */
  anchor: string;
  /** Line of the heading in the file, from 1. */
  line: number;
  /** The text below the heading, subordinate headings included where they belong to the section. */
  text: string;
}

/** Longest section that is kept whole, in characters; a longer one is told by its subordinate headings. */
const WHOLE = 4_500;

/**
 * Cuts a file into sections. A title is always cut at its headings, any other heading only where its text is too long.
 * Sections without text are left out.
 */
export function sectionsOf(lines: readonly string[], outline: readonly Heading[], title: string): Section[] {
  const anchorFor = newAnchors();
  const anchors = outline.map((heading) => anchorFor(heading.title));
  const intro = { heading: title, anchor: '', line: 1, text: textOf(lines, 0, outline[0]?.start) };
  const sections: Section[] = [intro];
  let covered = 0;
  for (const [index, { title: heading, level, start, body, end }] of outline.entries()) {
    if (start < covered) continue;
    const next = outline[index + 1];
    const isWhole = (level > 1 || (next?.start ?? end) >= end) && lengthOf(lines, body, end) <= WHOLE;
    const until = isWhole ? end : Math.min(next?.start ?? end, end);
    sections.push({
      heading,
      anchor: anchors[index] ?? '',
      line: start + 1,
      text: textOf(lines, body, until),
    });
    covered = until;
  }
  return sections.filter(({ text }) => text !== '');
}

function textOf(lines: readonly string[], from: number, to: number | undefined): string {
  return lines.slice(from, to).join('\n').trim();
}

function lengthOf(lines: readonly string[], from: number, to: number): number {
  return lines.slice(from, to).reduce((sum, line) => sum + line.length + 1, 0);
}
