import { ToolError } from '../../errors.ts';
import { withoutUnseen } from './characters.ts';
import { type Habit, habitOf, subjectOf } from './subject.ts';

/** What a commit message is made of; title and reason are a model's words. */
export interface Described {
  title: string;
  reason: string;
  change: { files: readonly { path: string }[] };
}

/** Where the message goes: the newest subjects of the repository, and what ties the commit to its audit record. */
export interface MessageContext {
  subjects: readonly string[];
  auditID: string;
  principal: string;
  /** What it does to objects in the cluster, a line each. */
  effect?: readonly string[];
}

const WIDTH = 72;
const LONGEST_SLUG = 40;

/**
 * A commit message in the habit of the repository: a subject of at most 72 characters, the reason wrapped at 72, and
 * trailers. Nothing in title or reason can become a trailer, a control character or an instruction to CI.
 */
export function commitMessage({ title, reason, change }: Described, context: MessageContext): string {
  const habit: Habit = habitOf(context.subjects);
  const words = oneLine(title);
  const subject = subjectOf(
    words,
    habit,
    change.files.map(({ path }) => path),
  );
  const paragraphs = [
    ...(subject.isCut ? [words] : []),
    ...paragraphsOf(reason),
    ...effectOf(context.effect ?? []),
  ].map(wrapped);
  const trailers = [
    `Daytwo-Audit-Id: ${identifier(context.auditID)}`,
    `Daytwo-Principal: ${oneLine(context.principal)
      .replaceAll(/[^\x21-\x7E]/g, '_')
      .slice(0, 200)}`,
  ];
  return `${[subject.text, ...paragraphs, trailers.join('\n')].filter((part) => part !== '').join('\n\n')}\n`;
}

/** The branch of a proposal, `daytwo/<slug>-<id>`: lower-case ASCII, at most 80 characters after the slash. */
export function branchName(title: string, id: string): string {
  const slug = title
    .normalize('NFKD')
    .toLowerCase()
    .replaceAll(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, LONGEST_SLUG)
    .replaceAll(/^-+|-+$/g, '');
  return `daytwo/${slug || 'change'}-${shortened(identifier(id)).toLowerCase()}`;
}

/** The first block of a UUID is enough beside a slug; pushing creates and never moves, so that a repetition would show. */
function shortened(id: string): string {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-/i.test(id) ? id.slice(0, 8) : id.slice(0, 32);
}

function identifier(id: string): string {
  if (/^[A-Za-z0-9](?:[A-Za-z0-9-]{0,62}[A-Za-z0-9])?$/.test(id)) return id;
  throw new ToolError('internal', 'the audit id is not one', 'Report it.');
}

function oneLine(text: string): string {
  return harmless(withoutUnseen(text)).replaceAll(/\s+/g, ' ').trim();
}

/** CI reads such marks anywhere in a message, and would leave the change unchecked. */
function harmless(text: string): string {
  return text
    .replaceAll(/\[((?:skip|no)[ -]?[\w ]{1,12}|[\w ]{1,12}[ -]skip)\]/gi, '($1)')
    .replaceAll(/\bskip-checks\b/gi, 'skip checks');
}

function effectOf(lines: readonly string[]): string[] {
  if (lines.length === 0) return [];
  return ['In the cluster:', lines.map((line) => `- ${oneLine(line)}`).join('\n')];
}

/** Paragraphs, and within them list items, each a line to wrap. */
function paragraphsOf(reason: string): string[] {
  return harmless(withoutUnseen(reason.replaceAll('\r\n', '\n')))
    .split(/\n[ \t]*\n/)
    .map((paragraph) =>
      paragraph
        .trim()
        .split('\n')
        .reduce((text, line) => text + (/^\s*[-*] /.test(line) ? '\n' : ' ') + line.trim(), '')
        .trim(),
    )
    .filter((paragraph) => paragraph !== '');
}

function wrapped(paragraph: string): string {
  return paragraph
    .split('\n')
    .flatMap((line) => wrappedLine(line.replaceAll(/\s+/g, ' ')))
    .map(noTrailer)
    .join('\n');
}

function wrappedLine(line: string): string[] {
  const hang = /^[-*] /.test(line) ? '  ' : '';
  const lines: string[] = [];
  for (const word of line.split(' ')) {
    const last = lines.at(-1);
    if (last === undefined) lines.push(word);
    else if (last.length + 1 + word.length <= WIDTH) lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(hang + word);
  }
  return lines;
}

/** A line that Git or a forge would read as a trailer, or as the start of a patch, is quoted. */
function noTrailer(line: string): string {
  const isTrailer =
    /^\s*(?:[A-Za-z0-9]+(?:-[A-Za-z0-9]+)+|BREAKING CHANGE|Cc|Bug|Fixes|Closes|Refs)\s*[:=#]/i.test(line);
  const isPatch = /^(?:---|diff |Index: |From |#|\(cherry picked from)/.test(line);
  return isTrailer || isPatch ? `> ${line}` : line;
}
