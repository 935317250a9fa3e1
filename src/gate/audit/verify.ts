import { timingSafeEqual } from 'node:crypto';

import { hashOf } from './audit.ts';

/** The first line that does not follow from the one before, from 1, and why. */
export interface BrokenChain {
  line: number;
  why: string;
}

/**
 * Walks the chain of one file. Undefined when it holds: nothing was changed, removed from its middle or put in. What was
 * cut off its end cannot be seen here; compare `seq` with a copy kept elsewhere.
 */
export function verifyAudit(text: string, key: Uint8Array): BrokenChain | undefined {
  let head = { seq: 0, prev: '' };
  const lines = text.split('\n').filter((line) => line !== '');
  for (const [index, line] of lines.entries()) {
    const record = parsed(line);
    const why = record ? problemOf(record, head, key) : 'no JSON record';
    if (!record || why) return { line: index + 1, why: why ?? '' };
    head = { seq: record.seq, prev: record.hash };
  }
  return undefined;
}

interface Chained {
  seq: number;
  prev: string;
  hash: string;
}

function parsed(line: string): Chained | undefined {
  try {
    return JSON.parse(line) as Chained;
  } catch {
    return undefined;
  }
}

function problemOf(
  { hash, ...body }: Chained,
  head: { seq: number; prev: string },
  key: Uint8Array,
): string | undefined {
  if (body.seq !== head.seq + 1) return `seq is ${body.seq} where ${head.seq + 1} follows`;
  if (body.prev !== head.prev) return 'prev is not the hash of the record before';
  return isEqual(hash, hashOf(body, key)) ? undefined : 'hash does not fit the record';
}

function isEqual(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
