import type { NextCall as NextCallSchema } from '../finding.ts';
import type { z } from 'zod';
import type { Commit, RepositoryReader } from '../repository/port.ts';
import { clip } from '../text.ts';

type Next = z.infer<typeof NextCallSchema>;

/** What the newest commits made of a file, and the call that would take the last of them back, where that is one line. */
export interface LastCommits {
  commits: readonly Commit[];
  revert?: Next;
}

/** Reads the last commits of a file; a change of several lines is for a person, and so is the first one. Rejects as reading does. */
export async function lastCommits(
  repository: RepositoryReader,
  path: string,
  reason: string,
  signal: AbortSignal,
): Promise<LastCommits> {
  const { commit } = await repository.head(signal);
  const commits = await repository.history(commit.sha, path, 3, signal);
  const [last, before] = commits;
  if (last === undefined || before === undefined) return { commits };
  const [now, then] = await Promise.all([
    repository.read(commit.sha, path, signal),
    repository.read(before.sha, path, signal).catch(() => undefined),
  ]);
  const line = then && changedLine(textOf(now.content), textOf(then.content));
  if (line === undefined) return { commits };
  const edits = [{ path, blob: now.id, replace: line }];
  const title = clip(`Take back: ${last.subject}`, 72);
  return {
    commits,
    revert: { tool: 'propose_change', arguments: { title, reason: clip(reason, 400), edits, preview: true } },
  };
}

/** The one line in which two texts differ, if it stands once; then what it was. */
function changedLine(now: string, then: string): { find: string; with: string } | undefined {
  const [current, former] = [now.split('\n'), then.split('\n')];
  if (current.length !== former.length) return undefined;
  const changed = current.flatMap((line, at) =>
    line === former[at] ? [] : [{ find: line.trim(), with: (former[at] ?? '').trim() }],
  );
  const [only] = changed;
  if (changed.length !== 1 || only === undefined || only.find === '') return undefined;
  return now.split(only.find).length === 2 ? only : undefined;
}

function textOf(content: Uint8Array): string {
  return new TextDecoder().decode(content);
}
