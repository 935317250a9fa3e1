import { z } from 'zod';

import { isRecord } from '../record.ts';
import { closest } from '../closest.ts';
import type { BenignWarning } from '../health/benign.ts';
import { parseYamlText, valueOf, type YamlStream } from '../repository/yaml-text.ts';

/** Which findings somebody knows of, and why they are not told again until a day. */
export interface Acknowledgement {
  /** In the file, counted from 1. */
  line: number;
  /** Of one finding. */
  id?: string;
  /** Globs, all of which fit; what is absent fits anything. */
  match?: { kind?: string; namespace?: string; name?: string; reason?: string };
  reason: string;
  /** The last day on which it holds, `2026-03-31`, in UTC. */
  until: string;
}

/** A mistake in the file; what it is in acknowledges nothing. */
export interface Mistake {
  line: number;
  message: string;
}

/** The file as read; lists are empty where there is none. */
export interface Acknowledged {
  path: string;
  entries: readonly Acknowledgement[];
  benign: readonly BenignWarning[];
  mistakes: readonly Mistake[];
  /** Why the file could not be read, in words. */
  unread?: string;
}

const text = z.string().min(1).max(200);

const Match = z
  .strictObject({
    kind: text.optional(),
    namespace: text.optional(),
    name: text.optional(),
    reason: text.optional(),
  })
  .refine((match) => Object.values(match).some((glob) => /[^*]/.test(glob)), {
    error: 'fits every finding: name a kind, namespace, name or reason',
  });

const Entry = z
  .strictObject({
    id: z
      .string('an id is text: put it in quotes')
      .regex(/^[0-9a-f]{8}$/, 'an id is 8 hexadecimal digits')
      .optional(),
    match: Match.optional(),
    reason: text,
    until: z.iso.date('must be a day such as 2026-03-31'),
  })
  .refine(({ id, match }) => (id === undefined) !== (match === undefined), {
    error: 'needs either id or match',
  });

const Benign = z
  .strictObject({ reason: text, message: text.optional() })
  .refine(({ reason, message }) => /[^*]/.test(reason) || /[^*]/.test(message ?? ''), {
    error: 'fits every warning: name a reason or a message',
  });

const SECTIONS = { acknowledged: Entry, benign: Benign } as const;

/** What a repository without such a file says. */
export const NOTHING: Acknowledged = { path: '', entries: [], benign: [], mistakes: [] };

/** The file from its text. Each entry stands for itself: one with a mistake acknowledges nothing, the others do. */
export function parseAcknowledged(path: string, content: string): Acknowledged {
  const stream = parseYamlText(content);
  const read = stream.problems.length === 0 ? topOf(stream) : { mistakes: stream.problems };
  if ('mistakes' in read) return { path, entries: [], benign: [], mistakes: read.mistakes };
  const entries = sectionOf('acknowledged', read.value, stream);
  const benign = sectionOf('benign', read.value, stream);
  return {
    path,
    entries: entries.good.map(({ line, value }) => ({ line, ...(value as z.infer<typeof Entry>) })),
    benign: benign.good.map(({ value }) => value as z.infer<typeof Benign>),
    mistakes: [...unknownSections(read.value, stream), ...entries.mistakes, ...benign.mistakes],
  };
}

function topOf({ documents }: YamlStream): { value: Record<string, unknown> } | { mistakes: Mistake[] } {
  const filled = documents.filter(({ contents }) => contents !== null);
  const value = filled[0] ? valueOf(filled[0])?.value : {};
  if (filled.length <= 1 && isRecord(value ?? {})) return { value: (value ?? {}) as Record<string, unknown> };
  return { mistakes: [{ line: 1, message: 'must be one map with the keys acknowledged and benign' }] };
}

function unknownSections(value: Record<string, unknown>, stream: YamlStream): Mistake[] {
  const known = Object.keys(SECTIONS);
  return Object.keys(value)
    .filter((key) => !known.includes(key))
    .map((key) => ({ line: lineAt(stream, [key]), message: unknownKey(key, known) }));
}

function unknownKey(key: string, known: readonly string[]): string {
  const nearest = closest(key, known);
  return `unknown key ${JSON.stringify(key.slice(0, 40))}${nearest ? `, did you mean ${nearest}?` : ''}`;
}

type Checked = { line: number; value: unknown } | { mistakes: Mistake[] };

interface Section {
  good: { line: number; value: unknown }[];
  mistakes: Mistake[];
}

/** More than this is no list of exceptions. */
const MOST = 500;

function sectionOf(name: keyof typeof SECTIONS, top: Record<string, unknown>, stream: YamlStream): Section {
  const list = top[name] ?? [];
  if (!Array.isArray(list))
    return { good: [], mistakes: [{ line: lineAt(stream, [name]), message: `${name} must be a list` }] };
  const checked = list.slice(0, MOST).map((item, index): Checked => {
    const parsed = SECTIONS[name].safeParse(item);
    const path = [name, index];
    return parsed.success
      ? { line: lineAt(stream, path), value: parsed.data }
      : { mistakes: parsed.error.issues.flatMap((issue) => mistakesOf(issue, path, SECTIONS[name], stream)) };
  });
  const over =
    list.length > MOST
      ? [{ line: lineAt(stream, [name, MOST]), message: `only the first ${MOST} count` }]
      : [];
  return {
    good: checked.flatMap((one) => ('value' in one ? one : [])),
    mistakes: [...checked.flatMap((one) => ('mistakes' in one ? one.mistakes : [])), ...over],
  };
}

function mistakesOf(
  issue: z.core.$ZodIssue,
  base: PropertyKey[],
  schema: typeof Entry | typeof Benign,
  stream: YamlStream,
): Mistake[] {
  const path = [...base, ...issue.path];
  if (issue.code === 'unrecognized_keys') {
    const known = Object.keys(issue.path.length === 0 ? schema.shape : Match.shape);
    return issue.keys.map((key) => ({
      line: lineAt(stream, [...path, key]),
      message: unknownKey(key, known),
    }));
  }
  const name = issue.path.length > 0 ? `${issue.path.join('.')}: ` : '';
  return [{ line: lineAt(stream, path), message: `${name}${issue.message}` }];
}

/** The line of the value at a path, or of the nearest thing around it. */
function lineAt({ documents, lineOf }: YamlStream, path: readonly PropertyKey[]): number {
  const document = documents.find(({ contents }) => contents !== null);
  for (let length = path.length; length > 0; length -= 1) {
    const node = document?.getIn(path.slice(0, length), true) as
      | { range?: [number, number, number] }
      | undefined;
    if (node?.range) return lineOf(node.range[0]);
  }
  return 1;
}
