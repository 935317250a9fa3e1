import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import type { AuditedProposal } from './audit.ts';

/** A proposal whose intent was recorded, and whose outcome was not: the process ended in between. */
export interface Unfinished {
  auditID: string;
  proposal: AuditedProposal;
  /** When the intent was recorded, milliseconds since the epoch. */
  since: number;
}

const Stage = z.looseObject({
  auditID: z.string(),
  stage: z.string(),
  ts: z.iso.datetime().transform((text) => Date.parse(text)),
  proposal: z
    .looseObject({ repository: z.string(), branch: z.string(), paths: z.array(z.string()) })
    .optional(),
});

/**
 * Intents without an outcome in the logs of a directory, those of running processes left out: theirs may yet come. `own` is
 * the log of this process; any other that carries its number is of a process before it, as in a container where all are
 * number 1. A line that cannot be read is passed over; it is the chain's business, not this one's.
 */
export function unfinishedProposals(
  directory: string,
  own: string,
  isRunning: (pid: number) => boolean,
): Unfinished[] {
  const records = readdirSync(directory).flatMap((name) => recordsOf(join(directory, name)));
  const settled = new Set(records.filter(({ stage }) => stage !== 'intent').map(({ auditID }) => auditID));
  const mayStillSettle = (file: string): boolean =>
    file === own || (pidOf(file) !== pidOf(own) && isRunning(pidOf(file)));
  return records.flatMap(({ auditID, stage, ts, proposal, file }) => {
    const isOpen = stage === 'intent' && !settled.has(auditID) && !mayStillSettle(file);
    return isOpen && proposal ? [{ auditID, proposal, since: ts }] : [];
  });
}

type FoundStage = z.output<typeof Stage> & { file: string };

function recordsOf(file: string): FoundStage[] {
  if (Number.isNaN(pidOf(file))) return [];
  const lines = readFileSync(file, 'utf8').split('\n');
  return lines.flatMap((line) => {
    const record = Stage.safeParse(parsed(line));
    return record.success ? [{ ...record.data, file }] : [];
  });
}

function pidOf(file: string): number {
  return Number(/\/audit-[^/]*-(\d+)\.jsonl$/.exec(file)?.[1] ?? NaN);
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
