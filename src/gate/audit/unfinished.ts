import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import type { AuditedProposal } from './audit.ts';

/** A proposal whose intent was recorded, and whose outcome was not: the process ended in between. */
export interface Unfinished {
  auditID: string;
  proposal: AuditedProposal;
}

const Stage = z.looseObject({
  auditID: z.string(),
  stage: z.string(),
  proposal: z
    .looseObject({ repository: z.string(), branch: z.string(), paths: z.array(z.string()) })
    .optional(),
});

/**
 * Intents without an outcome in the logs of a directory, those of running processes left out: theirs may yet come. A line that
 * cannot be read is passed over; it is the chain's business, not this one's.
 */
export function unfinishedProposals(directory: string, isRunning: (pid: number) => boolean): Unfinished[] {
  const records = readdirSync(directory)
    .flatMap((file) => recordsOf(join(directory, file), file))
    .map(({ pid, record }) => ({ ...record, pid }));
  const settled = new Set(records.filter(({ stage }) => stage !== 'intent').map(({ auditID }) => auditID));
  return records.flatMap(({ auditID, stage, proposal, pid }) => {
    const open = stage === 'intent' && !settled.has(auditID) && !isRunning(pid);
    return open && proposal ? [{ auditID, proposal }] : [];
  });
}

function recordsOf(path: string, file: string): { pid: number; record: z.infer<typeof Stage> }[] {
  const pid = /^audit-.*-(\d+)\.jsonl$/.exec(file)?.[1];
  if (pid === undefined) return [];
  const lines = readFileSync(path, 'utf8').split('\n');
  return lines.flatMap((line) => {
    const record = Stage.safeParse(parsed(line));
    return record.success ? [{ pid: Number(pid), record: record.data }] : [];
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
