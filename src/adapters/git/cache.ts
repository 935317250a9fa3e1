import { randomBytes } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

import { z } from 'zod';

import { isGone, ownerName, ownerOf, thisProcess } from './owner.ts';

const State = z.object({
  /** When the remote was last asked with success, milliseconds since the epoch; 0 for never. */
  fetched: z.number(),
  /** What is there came from an operator's clone, and is as old as this. */
  seeded: z.number().optional(),
  /** The remote's own default branch. */
  base: z.string().optional(),
});

/** What several servers know of one mirror together. */
export type MirrorState = z.output<typeof State>;

/** The directory of one repository in the cache; several servers share all of it but `own`. */
export interface Cache {
  mirror: string;
  lock: string;
  /** Of this process alone; goes when the process has gone. */
  own: string;
  state: () => MirrorState;
  setState: (state: MirrorState) => void;
  /** A path of this process that no file has. */
  scratch: (name: string) => string;
  close: () => void;
}

/** Opens the directory, for the operator alone to read, and clears what processes that are gone have left in it. */
export function openCache(directory: string): Cache {
  const processes = join(directory, 'processes');
  const own = join(processes, ownerName(thisProcess()));
  mkdirSync(own, { recursive: true, mode: 0o700 });
  sweep(processes);
  const file = join(directory, 'state.json');
  const scratch = (name: string): string => join(own, `${name}-${randomBytes(8).toString('hex')}`);
  const sign = setInterval(() => giveSign(own), 30_000).unref();
  return {
    mirror: join(directory, 'mirror.git'),
    lock: join(directory, 'fetch.lock'),
    own,
    scratch,
    state: () => readState(file),
    setState(state) {
      const draft = scratch('state');
      writeFileSync(draft, JSON.stringify(state), { mode: 0o600 });
      renameSync(draft, file);
    },
    close: () => clearInterval(sign),
  };
}

/** A state that cannot be read is that of a mirror never fetched: the next fetch mends it. */
function readState(file: string): MirrorState {
  try {
    return State.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    return { fetched: 0 };
  }
}

function sweep(processes: string): void {
  for (const name of readdirSync(processes)) {
    const owner = ownerOf(name);
    const path = join(processes, name);
    if (owner && isGone(owner, silenceOf(path))) rmSync(path, { recursive: true, force: true });
  }
}

/** Milliseconds since a file or directory was last touched; 0 when it is gone by now. */
export function silenceOf(path: string): number {
  return Date.now() - (statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now());
}

/** Tells servers on other machines that the owner of the path still runs. */
export function giveSign(path: string): void {
  const now = new Date();
  if (existsSync(path)) utimesSync(path, now, now);
}
