import type { z } from 'zod';

import type { Finding, GitPlace, NextCall } from '../finding.ts';
import type { Explained } from './explain.ts';

/** A call that goes on from here. */
export type Next = z.infer<typeof NextCall>;

/** What the next calls are made of; `edited` is the ref of what a hand has changed. */
export interface Found {
  finding?: Finding;
  git?: GitPlace;
  revert?: Next;
  edited?: string;
  crash?: Next;
}

/** The calls that go on from here: the proposal first, then what to read. */
export function nextCalls(explained: Explained, { finding, git, revert, edited, crash }: Found): Next[] {
  const calls = [
    revert,
    edited === undefined ? undefined : driftOf(edited),
    elsewhere(explained),
    finding?.runbook && { tool: 'runbook_lookup', arguments: { runbook: finding.runbook.id } },
    crash,
    git && 'file' in git ? { tool: 'repo_read', arguments: { path: git.file } } : undefined,
    finding?.next,
  ];
  const distinct = new Map(
    calls.flatMap((call) => (call === undefined ? [] : [[JSON.stringify(call), call] as const])),
  );
  return [...distinct.values()].slice(0, 4);
}

/** What was changed by hand: its answer has the edit that would put the change into Git. */
function driftOf(ref: string): Next {
  return { tool: 'drift_diff', arguments: namedBy(ref) };
}

/** A consequence leads on to its cause. */
function elsewhere({ ref, cause }: Explained): Next | undefined {
  if (cause === undefined || cause.ref === ref) return undefined;
  return { tool: 'explain_resource', arguments: namedBy(cause.ref) };
}

function namedBy(ref: string): { kind: string; namespace?: string; name: string } {
  const [kind = '', ...rest] = ref.split('/');
  return { kind, ...(rest.length > 1 && { namespace: rest[0] }), name: rest.at(-1) ?? '' };
}

/** An object without a finding of its own: where it is written is asked for all the same. */
export function noTrouble(ref: string): { ref: string; reason: string; message: string; images: string[] } {
  return { ref, reason: '', message: '', images: [] };
}
