import { toToolError } from '../../errors.ts';
import { commitChanges, handChanges } from '../changes/answer.ts';
import type { RecentChange } from '../changes/change.ts';
import { eventChanges, nodeChanges, rollouts } from '../changes/from-cluster.ts';
import { fluxChanges } from '../changes/from-flux.ts';
import type { EditReader } from '../changes/hand-edits.ts';
import type { GitPlace } from '../finding.ts';
import type { World } from '../health/world.ts';
import type { RepositoryReader } from '../repository/port.ts';
import { clip } from '../text.ts';
import type { Explained } from './explain.ts';
import type { Next } from './next.ts';
import { lastCommits } from './revert.ts';

/** Where what is told beside the chain comes from. */
export interface Sources {
  world: World;
  edits: EditReader;
  repository: { reader: RepositoryReader } | { missing: string };
  git?: GitPlace;
  /** Whether places in Git are known at all; where they are not, the envelope of the answer says why. */
  located: boolean;
  /** When it broke, RFC 3339. */
  since?: string;
  signal: AbortSignal;
  now: number;
}

/** What could not be looked at, and why. */
export interface Gap {
  what: string;
  why: string;
}

/** What changed on the chain, and the call that would take the last commit back. */
export interface Gathered {
  changes: RecentChange[];
  revert?: Next;
  /** The newest change by hand of the explained object or its cause, by its ref. */
  edited?: string;
  gaps: Gap[];
}

const DAY = 24 * 3_600_000;

/** Commits on its file, revisions, releases, rollouts, hand-made changes and events of the chain, of the last days. */
export async function gather(explained: Explained, sources: Sources): Promise<Gathered> {
  const { world } = sources;
  const refs = new Set(explained.refs.concat(explained.cause?.ref ?? []));
  const flux = [...refs].flatMap((ref) => world.verdicts.get(ref)?.object ?? []);
  const { ReplicaSet, Node, Event } = world.objects;
  const own = [
    ...fluxChanges(flux),
    ...rollouts(ReplicaSet.filter(({ owner }) => owner !== undefined)),
    ...nodeChanges(Node.filter(({ name }) => refs.has(`Node/${name}`))),
    ...eventChanges(Event),
  ].filter(({ object }) => refs.has(object));
  const [hands, git] = await Promise.all([
    handsOn(explained, refs, sources),
    commitsFor(explained, { ...sources, arrived: arrivals(own) }),
  ]);
  const edited = hands.changes.find(
    ({ object }) => object === explained.ref || object === explained.cause?.ref,
  );
  return {
    changes: [...git.changes, ...own, ...hands.changes],
    ...(git.revert && { revert: git.revert }),
    ...(edited && { edited: edited.object }),
    gaps: [...hands.gaps, ...git.gaps],
  };
}

const FROM_GIT: ReadonlySet<string> = new Set(['rollout', 'flux', 'helm']);

/** When something from Git arrived in the cluster. */
function arrivals(changes: readonly RecentChange[]): string[] {
  return changes.filter(({ kind }) => FROM_GIT.has(kind)).map(({ when }) => when);
}

type Part = Pick<Gathered, 'changes' | 'revert' | 'gaps'>;

/** Edits cost a read of whole objects, and are looked for only where something is wrong. */
async function handsOn(
  { cause }: Explained,
  refs: ReadonlySet<string>,
  { edits, signal, now }: Sources,
): Promise<Part> {
  if (cause === undefined) return { changes: [], gaps: [] };
  try {
    const found = await edits.since(now - 2 * DAY, signal);
    const changes = handChanges(found.edits).filter(({ object }) => refs.has(object));
    const gaps =
      found.unread.length === 0 ? [] : [gap('changes by hand', `not read: ${found.unread.join(', ')}`)];
    return { changes, gaps };
  } catch (error) {
    signal.throwIfAborted();
    return { changes: [], gaps: [gap('changes by hand', toToolError(error).message)] };
  }
}

/** Commits are told where they can be: a file that may not be read is no reason to explain nothing. */
async function commitsFor(
  { ref, cause }: Explained,
  { repository, git, located, since, signal, arrived }: Sources & { arrived: readonly string[] },
): Promise<Part> {
  if ('missing' in repository) return { changes: [], gaps: [gap('commits', repository.missing)] };
  const path = git && 'file' in git ? git.file : undefined;
  if (path === undefined) {
    const gaps = located ? [gap('commits', 'where it is written in Git is not known')] : [];
    return { changes: [], gaps };
  }
  try {
    const reason = cause && `${cause.ref}: ${clip(cause.fault.message, 300)}.`;
    const { commits, revert } = await lastCommits(
      repository.reader,
      { path, reason, since, arrived },
      signal,
    );
    return { changes: commitChanges(commits.slice(0, 2)), gaps: [], ...(revert && { revert }) };
  } catch (error) {
    signal.throwIfAborted();
    return { changes: [], gaps: [gap(`commits on ${path} for ${ref}`, toToolError(error).message)] };
  }
}

function gap(what: string, why: string): Gap {
  return { what, why: clip(why, 160) };
}
