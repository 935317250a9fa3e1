import type { z } from 'zod';

import { toToolError } from '../../errors.ts';
import { commitChanges, handChanges } from '../changes/answer.ts';
import type { RecentChange } from '../changes/change.ts';
import { eventChanges, nodeChanges, rollouts } from '../changes/from-cluster.ts';
import { fluxChanges } from '../changes/from-flux.ts';
import type { EditReader } from '../changes/hand-edits.ts';
import type { Finding, GitPlace, NextCall } from '../finding.ts';
import type { World } from '../health/world.ts';
import type { RepositoryReader } from '../repository/port.ts';
import type { Explained } from './explain.ts';
import { lastCommits } from './revert.ts';

type Next = z.infer<typeof NextCall>;

/** Where what is told beside the chain comes from. */
export interface Sources {
  world: World;
  edits: EditReader;
  repository: { reader: RepositoryReader } | { missing: string };
  git?: GitPlace;
  signal: AbortSignal;
  now: number;
}

/** What changed on the chain, and the call that would take the last commit back. */
export interface Gathered {
  changes: RecentChange[];
  revert?: Next;
}

const DAY = 24 * 3_600_000;

/** Commits on its file, revisions, releases, rollouts, hand-made changes and events of the chain, of the last days. */
export async function gather(explained: Explained, sources: Sources): Promise<Gathered> {
  const { world, edits, signal, now } = sources;
  const refs = new Set(explained.refs.concat(explained.cause?.ref ?? []));
  const [hands, git] = await Promise.all([
    edits.since(now - 2 * DAY, signal),
    commitsFor(explained, sources),
  ]);
  const flux = [...world.verdicts].flatMap(([ref, { object }]) => (refs.has(ref) ? [object] : []));
  const { ReplicaSet, Node, Event } = world.objects;
  const own = [
    ...fluxChanges(flux),
    ...rollouts(ReplicaSet),
    ...nodeChanges(Node),
    ...eventChanges(Event),
    ...handChanges(hands.edits),
  ].filter(({ object }) => refs.has(object));
  return { changes: [...git.changes, ...own], ...(git.revert && { revert: git.revert }) };
}

async function commitsFor(
  { ref, cause }: Explained,
  { repository, git, signal }: Sources,
): Promise<Gathered> {
  const file = git && 'file' in git ? git.file : undefined;
  if (file === undefined || 'missing' in repository) return { changes: [] };
  try {
    const reason = `${cause?.ref ?? ref}: ${cause?.fault.message ?? 'see the finding'}`;
    const { commits, revert } = await lastCommits(repository.reader, file, reason, signal);
    return { changes: commitChanges(commits), ...(revert && { revert }) };
  } catch (error) {
    signal.throwIfAborted();
    // Commits are told where they can be: a file that may not be read is no reason to explain nothing.
    void toToolError(error);
    return { changes: [] };
  }
}

/** The calls that go on from here: the proposal first, then what to read. */
export function nextCalls(
  explained: Explained,
  found: { finding?: Finding; git?: GitPlace; revert?: Next; crash?: Next },
): Next[] {
  const { finding, git, revert, crash } = found;
  const calls = [
    revert,
    finding?.runbook && { tool: 'runbook_lookup', arguments: { runbook: finding.runbook.id } },
    crash,
    git && 'file' in git ? { tool: 'repo_read', arguments: { path: git.file } } : undefined,
    elsewhere(explained),
  ];
  return calls.filter((call) => call !== undefined).slice(0, 4);
}

/** A consequence leads on to its cause. */
function elsewhere({ ref, cause }: Explained): Next | undefined {
  if (cause === undefined || cause.ref === ref) return undefined;
  const [kind = '', ...rest] = cause.ref.split('/');
  const named = { kind, ...(rest.length > 1 && { namespace: rest[0] }), name: rest.at(-1) ?? '' };
  return { tool: 'explain_resource', arguments: named };
}

/** An object without a finding of its own: where it is written is asked for all the same. */
export function noTrouble(ref: string): { ref: string; reason: string; message: string; images: string[] } {
  return { ref, reason: '', message: '', images: [] };
}
