import { YAML11_SCHEMA, loadAll } from 'js-yaml';
import { describe, expect, test } from 'vitest';

import { Edit, applyEdits } from '#domain/proposals/edits.ts';
import type { Blob } from '#domain/repository/port.ts';

import { EDIT_CASES, type EditCase, type Meaning } from './edit-cases.ts';
import { lineDiff } from './line-diff.ts';

const ID = 'a'.repeat(40);

interface Variant {
  name: string;
  of: (edit: EditCase) => EditCase | undefined;
}

const ACCENTS = '# Übersicht – naïve ☕ 日本語 👩‍🚀\n';
const FIRST = 'kind: First\nmetadata:\n  name: first\n---\n';

/** How real files differ: each of them makes another file of a case. */
const VARIANTS: readonly Variant[] = [
  { name: 'as written', of: (edit) => edit },
  {
    name: 'CRLF',
    of: (edit) => ({ ...edit, text: edit.text.replaceAll('\n', '\r\n') }),
  },
  { name: 'byte order mark', of: (edit) => ({ ...edit, text: `\uFEFF${edit.text}` }) },
  {
    name: 'no final line end',
    of: (edit) => (edit.atEnd ? undefined : { ...edit, text: edit.text.replace(/\n$/, '') }),
  },
  {
    name: 'non-ASCII before it',
    of: (edit) =>
      isJson(edit) || edit.text.startsWith('%') ? undefined : { ...edit, text: ACCENTS + edit.text },
  },
  {
    name: 'second of two documents',
    of: (edit) =>
      isJson(edit) || /^(?:---|%)/.test(edit.text)
        ? undefined
        : { ...edit, text: FIRST + edit.text, edits: edit.edits.map(inSecond) },
  },
];

const FILES = VARIANTS.flatMap(({ name, of }) =>
  EDIT_CASES.flatMap((edit) => {
    const variant = of(edit);
    return variant ? [{ ...variant, name: `${edit.name} (${name})` }] : [];
  }),
);

describe('an edit changes the intended lines and the intended meaning, and nothing else', () => {
  test('on more than 100 files', () => {
    expect(new Set(FILES.map(({ text, edits }) => text + JSON.stringify(edits))).size).toBe(FILES.length);
    expect(FILES.length).toBeGreaterThan(300);
  });

  test.each(FILES)('$name', async ({ path = 'clusters/main/a.yaml', text, edits, removed, added, means }) => {
    const after = await edited(path, text, edits);

    expect(lineDiff(bare(text), bare(after))).toEqual({ removed, added });
    expect(after.startsWith('\uFEFF')).toBe(text.startsWith('\uFEFF'));
    expect(loadAll(bare(after), { schema: YAML11_SCHEMA })).toEqual(
      meant(loadAll(bare(text), { schema: YAML11_SCHEMA }), means),
    );
  });
});

async function edited(
  path: string,
  text: string,
  edits: readonly Record<string, unknown>[],
): Promise<string> {
  const parsed = edits.map((edit) => Edit.parse({ path, blob: ID, ...edit }));
  const [change, ...others] = await applyEdits(parsed, async () => blobOf(path, text));
  expect(others).toEqual([]);
  expect(change).toMatchObject({ path, was: ID });
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(change?.content ?? new Uint8Array());
}

function blobOf(path: string, text: string): Blob {
  const content = new TextEncoder().encode(text);
  return { path, mode: '100644', id: ID, size: content.length, content };
}

function isJson({ path = '' }: EditCase): boolean {
  return path.endsWith('.json');
}

function inSecond(edit: Record<string, unknown>): Record<string, unknown> {
  const [[verb, argument] = ['', {}]] = Object.entries(edit);
  return verb === 'replace' ? edit : { [verb]: { ...(argument as object), document: 1 } };
}

function bare(text: string): string {
  return text.replace(/^\uFEFF/, '');
}

/** What the documents must mean: the last of them with some places changed by hand. */
function meant(documents: unknown[], meanings: readonly Meaning[]): unknown[] {
  const last = meanings.reduce(
    (document, meaning) => put(document, meaning.at, meaning),
    unshared(documents.at(-1)),
  );
  return [...documents.slice(0, -1), last];
}

function put(document: unknown, at: Meaning['at'], { value, gone }: Meaning): unknown {
  const [step, ...rest] = at;
  if (step === undefined) return value;
  const next = (inner: unknown): unknown => put(inner, rest, { at: rest, value, gone });
  if (Array.isArray(document)) {
    if (gone && rest.length === 0) return document.toSpliced(Number(step), 1);
    const copy: unknown[] = [...document];
    copy[Number(step)] = next(copy[Number(step)]);
    return copy;
  }
  const record = document as Record<string, unknown>;
  if (gone && rest.length === 0)
    return Object.fromEntries(Object.entries(record).filter(([key]) => key !== step));
  return { ...record, [step]: next(record[step]) };
}

function unshared(value: unknown): unknown {
  return structuredClone(value);
}
