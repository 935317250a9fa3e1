import { z } from 'zod';

import { ToolError, toToolError } from '../../errors.ts';
import { proposalPathProblem } from '../repository/paths.ts';
import type { Blob, FileChange } from '../repository/port.ts';
import { unseenCharacter } from './characters.ts';
import { editableText } from './editable.ts';
import { replaceOnce } from './replace.ts';
import { isModest } from './values.ts';
import { setInYaml, unsetInYaml } from './yaml-edit.ts';
import { At, stepsOf } from './yaml-path.ts';
import { parseYamlText } from '../repository/yaml-text.ts';

const Path = z.string().min(1).max(400);
const BlobId = z
  .string()
  .regex(/^(?:[0-9a-f]{40}|[0-9a-f]{64})$/)
  .describe('id of the file as it was read');
const Which = z
  .union([z.int().min(0).max(999), z.string().min(1).max(400)])
  .optional()
  .describe('which of several documents: its index, Kind/name or Kind/namespace/name');
const Value = z.union([
  z.string().max(64_000),
  z.number(),
  z.boolean(),
  z.null(),
  z.array(z.unknown()).max(500),
  z.record(z.string().max(300), z.unknown()),
]);
const ofFile = { path: Path, blob: BlobId };

/**
 * One edit of one file, tied to the blob it was read from: an exact text replaced, a place in YAML or JSON set or removed,
 * a file created or deleted.
 */
export const Edit = z.union(
  [
    z.strictObject({
      ...ofFile,
      replace: z
        .strictObject({ find: z.string().min(1).max(20_000), with: z.string().max(64_000) })
        .describe('find occurs exactly once'),
    }),
    z.strictObject({
      ...ofFile,
      set: z.strictObject({
        at: At.describe(
          'spec.containers[name=web].image, metadata.labels["a.b/c"], resources[-] for a new item',
        ),
        document: Which,
        value: Value,
      }),
    }),
    z.strictObject({ ...ofFile, unset: z.strictObject({ at: At, document: Which }) }),
    z.strictObject({ path: Path, create: z.string().min(1).max(256_000).describe('content of a new file') }),
    z.strictObject({ ...ofFile, delete: z.literal(true) }),
  ],
  {
    error:
      'an edit is a path with one of create: content, or with its blob one of replace: {find, with}, set: {at, value}, unset: {at}, delete: true',
  },
);

/** One edit, as a tool is given it. */
export type Edit = z.output<typeof Edit>;

/** Reads a file of the base commit: undefined, or `not_found`, where there is none. */
export type ReadFile = (path: string) => Promise<Blob | undefined>;

/**
 * What the edits make of the files, byte for byte as they were outside of what is edited; several edits of one file build
 * on each other, and a file that ends as it was is left out. Throws `invalid_input` for an edit that does not apply
 * exactly, and `denied` for a file whose values are not shown: its edits would confirm guesses.
 */
export async function applyEdits(edits: readonly Edit[], read: ReadFile): Promise<FileChange[]> {
  const changes: FileChange[] = [];
  for (const [path, group] of Map.groupBy(edits, (edit) => edit.path)) {
    const problem = proposalPathProblem(path);
    if (problem !== undefined)
      throw new ToolError(
        'invalid_input',
        `the path ${JSON.stringify(path.slice(0, 120))} is not one to propose`,
        `${problem}.`,
      );
    const change = changeOf(path, group, await readOrNone(read, path));
    if (change) changes.push(change);
  }
  return changes;
}

async function readOrNone(read: ReadFile, path: string): Promise<Blob | undefined> {
  try {
    return await read(path);
  } catch (error) {
    if (toToolError(error).code === 'not_found') return undefined;
    throw error;
  }
}

function changeOf(path: string, edits: readonly Edit[], blob: Blob | undefined): FileChange | undefined {
  const whole = edits.find((edit) => 'create' in edit || 'delete' in edit);
  if (whole && edits.length > 1)
    throw refusal(`${path} has other edits beside create or delete`, 'Give the file one edit.');
  if (whole && 'create' in whole) return created(path, whole.create, blob);
  if (!blob) throw new ToolError('not_found', `${path} does not exist`, 'Use create for a new file.');
  for (const edit of edits) assertBlob(edit, blob);
  assertOrdinary(blob);
  if (whole) return { path, content: null, was: blob.id };
  const before = editableText(blob);
  const bare = before.replace(/^\uFEFF/, '');
  const after = edits.reduce((text, edit) => textAfter(text, edit), bare);
  if (after === bare) return undefined;
  return {
    path,
    content: new TextEncoder().encode(before.slice(0, before.length - bare.length) + after),
    was: blob.id,
  };
}

function created(path: string, content: string, blob: Blob | undefined): FileChange {
  if (blob) throw refusal(`${path} exists`, 'Read it, and use replace or set.');
  assertSeen(path, content);
  if (/\.(?:ya?ml|json)$/i.test(path) && !content.includes('{{')) assertYaml(path, content);
  return { path, content: new TextEncoder().encode(content), was: null };
}

function textAfter(text: string, edit: Edit): string {
  if ('replace' in edit) {
    assertSeen(edit.path, edit.replace.with);
    return replaceOnce(text, edit.path, edit.replace);
  }
  if ('set' in edit) {
    const { at, document, value } = edit.set;
    if (!isModest(value, MOST))
      throw refusal(`the value for ${edit.path} is too large or too deep`, TOO_LARGE);
    assertSeen(edit.path, ...strings(value));
    return setInYaml(text, { path: edit.path, document, steps: stepsOf(at) }, value);
  }
  if (!('unset' in edit)) return text;
  const { at, document } = edit.unset;
  return unsetInYaml(text, { path: edit.path, document, steps: stepsOf(at) });
}

const MOST = { parts: 500, depth: 16 };
const TOO_LARGE = `A value has at most ${MOST.parts} parts and ${MOST.depth} levels: create a file or use several edits.`;

function assertBlob(edit: Edit, { id, path }: Blob): void {
  if ('create' in edit || edit.blob === id) return;
  throw refusal(
    `${path} is not the blob that was read: it is ${id} now`,
    'Read the file again and edit what it holds now.',
  );
}

function assertOrdinary({ mode, path }: Blob): void {
  if (mode === '100644' || mode === '100755') return;
  const kind = mode === '120000' ? 'a symbolic link' : 'a submodule';
  throw refusal(`${path} is ${kind}`, 'Only ordinary files are edited.');
}

function assertSeen(path: string, ...texts: readonly string[]): void {
  for (const text of texts) {
    const character = unseenCharacter(text.replaceAll('\r\n', '\n'));
    if (character !== undefined)
      throw refusal(
        `the new text for ${path} holds ${character}, which a reviewer would not see`,
        'Leave it out.',
      );
  }
}

function assertYaml(path: string, content: string): void {
  const [problem] = parseYamlText(content).problems;
  if (problem)
    throw refusal(
      `${path} would be broken: line ${problem.line}: ${problem.message}`,
      'Correct the content.',
    );
}

/** All strings of a modest value, keys included. */
function strings(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  if (typeof value !== 'object' || value === null) return [];
  const keys = Array.isArray(value) ? [] : Object.keys(value);
  return [...keys, ...Object.values(value).flatMap(strings)];
}

function refusal(what: string, hint: string): ToolError {
  return new ToolError('invalid_input', what, hint);
}
