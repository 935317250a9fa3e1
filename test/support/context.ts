import { NOTHING_ACKNOWLEDGED } from '#domain/acknowledged/source.ts';
import { DEFAULT_TARGETS } from '#domain/access-audit/targets.ts';
import type { ClusterReader } from '#domain/cluster.ts';
import { forgetful } from '#domain/memory.ts';
import { createRunbookIndex } from '#domain/runbooks/runbook-index.ts';
import type { ReadContext } from '#tool';

import { absent } from '../../src/gate/sight.ts';

/** What a handler is handed when its test calls it directly: a cluster, a fixed time, and no other upstream. */
export function readContext(
  cluster: ClusterReader,
  now: number,
  more: Partial<ReadContext> = {},
): ReadContext {
  return {
    cluster,
    repo: absent('repository'),
    optionalRepo: { missing: 'no repository is configured' },
    proposals: absent('repository'),
    drift: absent('repository'),
    hygiene: absent('repository'),
    edits: { since: async () => ({ edits: [], unread: [] }) },
    mayReadLog: () => false,
    runbooks: NO_RUNBOOKS,
    places: NO_PLACES,
    acknowledged: NOTHING_ACKNOWLEDGED,
    accessTargets: DEFAULT_TARGETS,
    scoped: false,
    limits: { tailLines: 100, rows: 500, bytes: 48_000 },
    policy: { explain: () => undefined },
    remember: forgetful,
    now: () => now,
    signal: new AbortController().signal,
    progress: () => undefined,
    ...more,
  };
}

/** A library without a single book. */
export const NO_RUNBOOKS: ReadContext['runbooks'] = {
  index: async () => createRunbookIndex([]),
};

/** As without a repository. */
const NO_PLACES: ReadContext['places'] = {
  configured: false,
  followed: async () => undefined,
  all: async () => undefined,
  cluster: async () => undefined,
};
