import { z } from 'zod';

import { Effect } from '#domain/effect/effect.ts';

/** What became of a proposal; without `branch` it was only shown. */
export const ProposalAnswer = z.strictObject({
  title: z.string(),
  base: z.string(),
  paths: z.array(z.string()),
  changedLines: z.int(),
  /** Unified diff, cut to a bound. */
  diff: z.string(),
  cut: z.string().optional(),
  /** What it does to objects in the cluster. */
  effect: Effect,
  branch: z.string().optional(),
  commit: z.string().optional(),
  /** Where to open the pull request. */
  url: z.string().optional(),
  /** How to look at the branch and open the pull request by hand. */
  commands: z.array(z.string()),
  next: z.string(),
});

export type ProposalAnswer = z.infer<typeof ProposalAnswer>;
