import { z } from 'zod';

/** Worst first: the order of findings. `blocked` and `progressing` are waiting, `suspended` is on purpose. */
export const STATES = [
  'failed',
  'degraded',
  'stale',
  'unknown',
  'blocked',
  'progressing',
  'suspended',
  'info',
] as const;

export type State = (typeof STATES)[number];

/** A fact that supports a finding: where it stands and what stands there. */
export const Evidence = z.strictObject({ path: z.string(), value: z.string() });

/** A tool call that would answer the next question. */
export const NextCall = z.strictObject({ tool: z.string(), arguments: z.record(z.string(), z.unknown()) });

/**
 * The line in Git to look at, with the last commit that touched its file, as far as that is known: `commit` abbreviated,
 * `when` RFC 3339, `patch` another file, as `path:line`, that changes the object. Or several places that could be it.
 */
export const GitPlace = z.union([
  z.strictObject({
    file: z.string(),
    line: z.number(),
    commit: z.string().optional(),
    author: z.string().optional(),
    when: z.string().optional(),
    patch: z.string().optional(),
  }),
  z.strictObject({ candidates: z.array(z.string()) }),
]);

export type GitPlace = z.infer<typeof GitPlace>;

/** One thing that is wrong, with its cause first; `id` is stable between calls, `since` is RFC 3339. */
export const Finding = z.strictObject({
  id: z.string(),
  state: z.enum(STATES),
  component: z.string(),
  ref: z.string(),
  reason: z.string(),
  message: z.string(),
  since: z.string().optional(),
  evidence: z.array(Evidence),
  /** How many other objects are broken only because of this. */
  consequences: z.number().int(),
  git: GitPlace.optional(),
  runbook: z.strictObject({ id: z.string(), title: z.string() }).optional(),
  next: NextCall.optional(),
});

export type Finding = z.infer<typeof Finding>;
