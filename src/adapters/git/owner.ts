import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';

/** A process, told apart from a later one with the same number. `start` is empty where the system does not tell. */
export interface Owner {
  host: string;
  pid: number;
  start: string;
}

/** This process. */
export function thisProcess(): Owner {
  return { host: hostname().replaceAll(/[^\w.-]/g, '_'), pid: process.pid, start: startOf(process.pid) };
}

/** As a file name and as the content of a lock. */
export function ownerName({ host, pid, start }: Owner): string {
  return `${host}~${pid}~${start}`;
}

/** The reverse of `ownerName`; undefined for anything else. */
export function ownerOf(name: string): Owner | undefined {
  const parts = /^(?<host>[\w.-]+)~(?<pid>[1-9]\d*)~(?<start>\d*)$/.exec(name)?.groups;
  return parts && { host: parts['host'] ?? '', pid: Number(parts['pid']), start: parts['start'] ?? '' };
}

/** How long a process of another machine may be silent, milliseconds; those of this one can be looked up. */
const SILENCE = 120_000;

/** True when the process is certain not to come back; `silent` is how long it has given no sign, milliseconds. */
export function isGone(owner: Owner, silent: number): boolean {
  if (owner.host !== thisProcess().host) return silent > SILENCE;
  if (!isRunning(owner.pid)) return true;
  const start = startOf(owner.pid);
  return start !== '' && owner.start !== '' && start !== owner.start;
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

/** Field 22 of proc(5)'s stat, in clock ticks since boot; the name before it may hold spaces and brackets. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? '';
  } catch {
    return '';
  }
}
