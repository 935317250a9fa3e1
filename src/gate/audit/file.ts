import { randomBytes } from 'node:crypto';
import {
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import type { AuditParts } from './audit.ts';

/** A directory of audit logs: one file a process, and the key of their chains. */
export interface AuditLog extends Pick<AuditParts, 'write' | 'key'> {
  /** The file of this process. */
  file: string;
}

/** Opens this process's log, creating directory and key on first use; throws what the file system throws. */
export function openAuditLog(directory: string, { now, pid }: { now: number; pid: number }): AuditLog {
  mkdirSync(directory, { recursive: true, mode: 0o700 });
  const started = new Date(now).toISOString().replaceAll(/[-:]|\.\d+/g, '');
  const file = join(directory, `audit-${started}-${pid}.jsonl`);
  const descriptor = openSync(file, 'a', 0o600);
  return { file, key: auditKey(directory), write: lineWriter(descriptor) };
}

/** The key in a directory of audit logs; made, for the operator alone to read, where there is none. */
export function auditKey(directory: string): Uint8Array {
  const file = join(directory, 'audit.key');
  const draft = `${file}.${randomBytes(6).toString('hex')}`;
  try {
    return readFileSync(file);
  } catch (error) {
    if (!isCode(error, 'ENOENT')) throw error;
  }
  writeFileSync(draft, randomBytes(32), { mode: 0o600 });
  try {
    linkSync(draft, file);
  } catch (error) {
    if (!isCode(error, 'EEXIST')) throw error;
  } finally {
    rmSync(draft);
  }
  return readFileSync(file);
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function lineWriter(descriptor: number): AuditParts['write'] {
  let isTorn = false;
  return (line, durable) => {
    const text = Buffer.from(`${isTorn ? '\n' : ''}${line}\n`);
    isTorn = true;
    for (let done = 0; done < text.length;) done += writeSync(descriptor, text, done);
    isTorn = false;
    if (durable) fsyncSync(descriptor);
  };
}
