import { clip } from '../text.ts';
import { frontMatterOf, type FrontMatter } from './front-matter.ts';
import { outlineOf } from './outline.ts';
import { type Section, sectionsOf } from './sections.ts';
import type { RunbookFile } from './runbook-file.ts';

/** A Markdown file, read as a runbook. */
export interface Runbook extends RunbookFile, Omit<FrontMatter, 'title'> {
  /** The file name for a built-in one, the path for the operator's; both without `.md`. */
  id: string;
  title: string;
  sections: readonly Section[];
  /** Whether its place says that it is a runbook, rather than some other document. */
  isRunbook: boolean;
}

/** Longest part of a file that is read, in characters. */
const LONGEST = 200_000;

/** Most headings of a file that are looked at. */
const MOST = 300;

/** Reads a file; whatever it holds, there is a runbook with a title. */
export function parseRunbook(file: RunbookFile): Runbook {
  const lines = file.text
    .slice(0, LONGEST)
    .replace(/^\uFEFF/, '')
    .split(/\r\n|\r|\n/);
  const { matter, length } = frontMatterOf(lines);
  // Blank lines in place of the front matter keep the line numbers those of the file.
  const body = lines.map((line, at) => (at < length ? '' : line));
  const outline = outlineOf(body).slice(0, MOST);
  const first = outline.find(({ level }) => level === 1) ?? outline[0];
  const title = clip(matter.title ?? first?.title ?? '', 120) || nameOf(file.path);
  return {
    ...file,
    ...matter,
    id: file.origin === 'built-in' ? nameOf(file.path) : withoutSuffix(file.path),
    title,
    sections: sectionsOf(body, outline, title),
    isRunbook: file.origin === 'built-in' || /runbook|playbook/i.test(file.path),
  };
}

/** The last part of a path without `.md`. */
export function nameOf(path: string): string {
  return withoutSuffix(path.slice(path.lastIndexOf('/') + 1));
}

function withoutSuffix(path: string): string {
  return path.replace(/\.(?:md|markdown|mdx)$/i, '');
}
