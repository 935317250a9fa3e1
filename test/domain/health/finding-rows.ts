import { expect } from 'vitest';

import type { ServedKind } from '#domain/cluster.ts';
import type { Finding } from '#domain/finding.ts';
import { LISTED } from '#domain/health/health.ts';
import type { AnyObject } from '#domain/objects/index.ts';

import { answerFor } from './objects.ts';

/** One state of one rule: what is there, and what is first said of it. */
export interface FindingRow {
  /** The upstream file that the rule re-states, and what it says. */
  source: string;
  objects: AnyObject[];
  state: Finding['state'];
  ref: string;
  reason: string;
  says: RegExp;
}

/** What is said first; of a state that is no finding by itself, when asked for it. */
export async function firstFinding(
  { objects, state }: FindingRow,
  served: readonly ServedKind[] = [],
): Promise<Finding | undefined> {
  const { findings } = await answerFor(objects, LISTED.includes(state) ? {} : { state }, { served });
  return findings[0];
}

/** A finding as the row has it. */
export function asTold({ state, ref, reason, says }: FindingRow) {
  return { state, ref, reason, message: expect.stringMatching(says) as string };
}

/** All that is said, also of what is under way or suspended: nothing, where all is well. */
export async function allSaid(objects: AnyObject[]): Promise<string[]> {
  const answers = await Promise.all([
    answerFor(objects),
    answerFor(objects, { state: 'progressing' }),
    answerFor(objects, { state: 'suspended' }),
  ]);
  return answers.flatMap(({ findings }) => findings).map(({ ref, reason }) => `${ref} ${reason}`);
}
