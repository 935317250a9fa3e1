import { z } from 'zod';

import { ToolError } from '../errors.ts';

/** The first field of every recording; another one is another format. */
export const FORMAT = 'daytwo.dev/snapshot/v1';

const Kind = z.strictObject({
  kind: z.string(),
  group: z.string(),
  version: z.string(),
  plural: z.string(),
  namespaced: z.boolean(),
  listable: z.boolean(),
});

const Condition = z.looseObject({ type: z.string(), status: z.enum(['True', 'False', 'Unknown']) });

/** What every object carries; the fields of its kind pass as they were recorded. */
const RecordedObject = z.looseObject({
  apiVersion: z.string(),
  kind: z.string(),
  name: z.string(),
  namespace: z.string().optional(),
  uid: z.string(),
  created: z.string(),
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  conditions: z.array(Condition),
});

const RecordedListing = z.strictObject({
  kind: z.string(),
  state: z.enum(['current', 'stale', 'absent', 'unknown']),
  items: z.array(RecordedObject),
  asOf: z.number(),
  why: z.string().optional(),
});

/** A recorded cluster: projected and redacted objects only, by the place where the port gave them. */
const Recording = z.strictObject({
  format: z.literal(FORMAT),
  recorded: z.iso.datetime(),
  identity: z.strictObject({ context: z.string(), server: z.string(), recorded: z.string().optional() }),
  discovery: z.strictObject({ kinds: z.array(Kind), unavailable: z.array(z.string()) }),
  known: z.record(z.string(), RecordedListing),
  flux: z.array(RecordedListing),
  /** By resource: `plural.group`. */
  other: z.record(z.string(), RecordedListing),
  events: RecordedListing,
  /** Whole objects of what Flux manages, by resource, for comparing; texts that may be secrets are left out of them. */
  whole: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))).optional(),
  /** What of the OpenAPI v3 documents those objects need, by group-version. */
  schemas: z.record(z.string(), z.unknown()).optional(),
});

export type Recording = z.infer<typeof Recording>;
export type RecordedListing = z.infer<typeof RecordedListing>;

/** A recording from its text. Throws `invalid_input` that names the file and the field. */
export function parseRecording(text: string, file: string): Recording {
  const parsed = Recording.safeParse(parseJson(text, file));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw unusable(
    file,
    `${issue?.path.join('.') || 'the document'}: ${issue?.message ?? 'is wrong'}`,
    parsed.error,
  );
}

function parseJson(text: string, file: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw unusable(file, 'it is not JSON', error);
  }
}

function unusable(file: string, problem: string, cause: unknown): ToolError {
  return new ToolError(
    'invalid_input',
    `${file} is not a recording this daytwo can serve: ${problem}`,
    'Record one with `daytwo snapshot FILE`.',
    { cause },
  );
}
