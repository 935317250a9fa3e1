import type { NextCall as NextCallSchema } from '../finding.ts';
import type { z } from 'zod';
import { toToolError } from '../../errors.ts';
import { parseTime } from '../duration.ts';
import { editableText } from '../proposals/editable.ts';
import type { Commit, RepositoryReader } from '../repository/port.ts';
import { clip } from '../text.ts';

type Next = z.infer<typeof NextCallSchema>;

/** What the newest commits made of a file, and the call that would take the last of them back. */
export interface LastCommits {
  commits: readonly Commit[];
  revert?: Next;
}

/** What a commit is asked about: its file, why it would be taken back, and when it broke (RFC 3339). */
export interface Suspicion {
  path: string;
  /** Undefined when nothing is broken: then nothing is taken back. */
  reason?: string;
  since?: string;
  /** When revisions, releases or rollouts arrived in the cluster, RFC 3339. */
  arrived?: readonly string[];
}

const HOUR = 3_600_000;
/** How long before the trouble a commit is still suspected, and how long after: clocks differ, and `since` may be late. */
const SUSPECTED = { before: 72 * HOUR, after: HOUR / 6 };

/** Reads the last commits of a file; the first one of a file cannot be taken back. Rejects as reading does. */
export async function lastCommits(
  repository: RepositoryReader,
  { path, reason, since, arrived = [] }: Suspicion,
  signal: AbortSignal,
): Promise<LastCommits> {
  const { commit } = await repository.head(signal);
  const commits = await repository.history(commit.sha, path, 3, signal);
  const [last, before] = commits;
  if (reason === undefined || !last || !before || !isSuspect([last.when, ...arrived], last, since))
    return { commits };
  const edit = await editBack(repository, { path, at: commit.sha, before: before.sha }, signal);
  if (edit === undefined) return { commits };
  const title = clip(`Take back: ${last.subject}`, 72);
  const why = clip(`${reason} Takes back ${last.sha.slice(0, 12)} (${last.subject}) in ${path}.`, 500);
  return {
    commits,
    revert: { tool: 'propose_change', arguments: { title, reason: why, edits: [edit], preview: true } },
  };
}

/** A commit that is not younger than the trouble, and that itself or what came of it arrived shortly before. */
function isSuspect(arrived: readonly string[], { when }: Commit, since: string | undefined): boolean {
  const [committed, broke] = [parseTime(when), parseTime(since)];
  if (committed === undefined || broke === undefined || committed > broke + SUSPECTED.after) return false;
  return arrived
    .map((time) => parseTime(time) ?? 0)
    .some((time) => time >= broke - SUSPECTED.before && time <= broke + SUSPECTED.after);
}

/** An edit is offered only for a file whose values are shown, and read as committed: a masked text would not apply. */
async function editBack(
  repository: RepositoryReader,
  { path, at, before }: { path: string; at: string; before: string },
  signal: AbortSignal,
): Promise<object | undefined> {
  try {
    const [current, former] = await Promise.all([
      repository.read(at, path, signal),
      repository.read(before, path, signal),
    ]);
    const replace = changeBack(editableText(current), editableText(former));
    return replace && { path, blob: current.id, replace };
  } catch (error) {
    signal.throwIfAborted();
    void toToolError(error);
    return undefined;
  }
}

/** More is for a person to look at. */
const MOST_CHARACTERS = 600;

/** The block of lines in which two texts differ, widened until it stands once; then what it was. */
export function changeBack(now: string, then: string): { find: string; with: string } | undefined {
  if (now === then) return undefined;
  const [current, former] = [now.split('\n'), then.split('\n')];
  const shortest = Math.min(current.length, former.length);
  let head = 0;
  while (head < shortest && current[head] === former[head]) head += 1;
  let tail = 0;
  while (tail < shortest - head && current.at(-1 - tail) === former.at(-1 - tail)) tail += 1;
  const block = { current, former, head, tail };
  return current.length === former.length && head + tail + 1 === current.length
    ? (oneLine(block, now) ?? widened(block, now))
    : widened(block, now);
}

interface Block {
  current: readonly string[];
  former: readonly string[];
  head: number;
  tail: number;
}

function oneLine({ current, former, head }: Block, now: string) {
  const replace = { find: current[head]?.trim() ?? '', with: former[head]?.trim() ?? '' };
  const sameIndent = indentOf(current[head]) === indentOf(former[head]);
  return sameIndent && replace.with !== '' && isOnce(replace.find, now) ? replace : undefined;
}

function indentOf(line = ''): number {
  return line.length - line.trimStart().length;
}

/** A block that is empty on one side takes its neighbours along, or an empty line would stay. */
function widened({ current, former, head, tail }: Block, now: string) {
  const isWhole = head + tail < Math.min(current.length, former.length);
  for (let more = isWhole ? 0 : 1; more <= 4; more += 1) {
    const from = Math.max(0, head - more);
    const kept = Math.max(0, tail - more);
    const find = current.slice(from, current.length - kept).join('\n');
    const back = former.slice(from, former.length - kept).join('\n');
    if (find.length + back.length > MOST_CHARACTERS) return undefined;
    if (isOnce(find, now)) return { find, with: back };
  }
  return undefined;
}

function isOnce(find: string, text: string): boolean {
  return find.trim() !== '' && text.split(find).length === 2;
}
