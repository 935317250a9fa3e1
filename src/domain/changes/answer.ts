import { z } from 'zod';

import { parseTime } from '../duration.ts';
import type { Commit } from '../repository/port.ts';
import { Table, paginate } from '../table.ts';
import { byText, clip } from '../text.ts';
import type { RecentChange } from './change.ts';
import type { HandEdit } from './hand-edits.ts';

/** The answer of `recent_changes`: one list, newest first, repeats folded. */
export const ChangesAnswer = z.strictObject({
  since: z.string(),
  summary: z.array(z.string()),
  changes: Table,
});

export type ChangesAnswer = z.infer<typeof ChangesAnswer>;

/** Which changes are asked for, and how the answer is cut. */
export interface ChangesPage {
  /** Milliseconds since the epoch. */
  since: number;
  now: number;
  namespace?: string;
  cursor?: string;
  limit: number;
  /** What could not be looked at. */
  unchecked: readonly string[];
}

const COLUMNS = ['when', 'kind', 'object', 'what', 'by'] as const;
const KINDS = ['commit', 'flux', 'helm', 'rollout', 'hand', 'node', 'event'] as const;

/** Orders and folds the changes of a time; those of another namespace are left out where one is named, commits and nodes are not. */
export function changesAnswer(all: readonly RecentChange[], page: ChangesPage): ChangesAnswer {
  const { since, now, namespace, unchecked, cursor, limit } = page;
  const within = all.filter(({ when, namespace: own }) => {
    const at = parseTime(when) ?? 0;
    return (
      at >= since && at <= now + 60_000 && (namespace === undefined || own === undefined || own === namespace)
    );
  });
  const folded = fold(within).toSorted((a, b) => byTime(a, b));
  return {
    since: new Date(since).toISOString(),
    summary: [
      folded.length === 0 ? 'nothing that leaves a trace has changed' : countsOf(folded),
      ...unchecked.map((what) => `not looked at: ${what}`),
    ],
    changes: paginate(
      folded.map(({ when, kind, object, what, by }) => [when, kind, object, clip(what, 160), by ?? null]),
      {
        columns: COLUMNS,
        ...(cursor !== undefined && { cursor }),
        limit,
        budget: 5_500,
        question: JSON.stringify([Math.floor(since / 60_000), namespace]),
        narrow: 'narrow by namespace or a later since',
      },
    ),
  };
}

/** The same said of the same object counts once, as of the last time; a revision that many Kustomizations applied is one change. */
function fold(changes: readonly RecentChange[]): RecentChange[] {
  const byContent = new Map<string, { change: RecentChange; count: number }>();
  for (const change of changes.toSorted(byTime)) {
    const subject =
      change.kind === 'flux' ? change.what : `${change.object} ${change.what.replaceAll(/\d+/g, '#')}`;
    const key = [change.kind, subject, change.by].join('\0');
    const known = byContent.get(key);
    if (known) known.count += 1;
    else byContent.set(key, { change, count: 1 });
  }
  return [...byContent.values()].map(({ change, count }) => {
    if (count === 1) return change;
    if (change.kind === 'flux') return { ...change, object: `${change.object} and ${count - 1} more` };
    return { ...change, what: `${change.what} (${count} times)` };
  });
}

function byTime(a: RecentChange, b: RecentChange): number {
  return (
    (parseTime(b.when) ?? 0) - (parseTime(a.when) ?? 0) ||
    byText(a.object, b.object) ||
    byText(a.what, b.what)
  );
}

function countsOf(changes: readonly RecentChange[]): string {
  const counts = KINDS.map((kind) => ({
    kind,
    count: changes.filter((change) => change.kind === kind).length,
  }));
  return counts
    .filter(({ count }) => count > 0)
    .map(({ kind, count }) => `${count} ${kind}`)
    .join(', ');
}

/** Commits as changes; their time is the author's. */
export function commitChanges(commits: readonly Commit[]): RecentChange[] {
  return commits.map(({ sha, author, when, subject }) => ({
    when,
    kind: 'commit',
    object: sha.slice(0, 12),
    what: subject,
    by: author,
  }));
}

/** What hands have changed, as changes. */
export function handChanges(edits: readonly HandEdit[]): RecentChange[] {
  return edits.map(({ ref, when, by, fields, namespace }) => ({
    when,
    kind: 'hand',
    object: ref,
    what: fields,
    by,
    ...(namespace !== undefined && { namespace }),
  }));
}
