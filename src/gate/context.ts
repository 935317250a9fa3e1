import { DEFAULT_TARGETS } from '#domain/access-audit/targets.ts';
import type { ClusterReader } from '#domain/cluster.ts';
import type { DriftReader } from '#domain/drift/report.ts';

import type { ReadContext } from '../tool.ts';
import type { Bodied, Rendering } from './perform.ts';
import { decide } from './policy/decide.ts';
import { explain } from './policy/explain.ts';
import type { Run } from './run.ts';
import { scopedCluster } from './scoped-cluster.ts';
import { seenAcknowledged } from './seen-acknowledged.ts';
import { seenDrift } from './seen-drift.ts';
import { seenEdits } from './seen-edits.ts';
import { seenHygiene } from './seen-hygiene.ts';
import { seenPlaces } from './seen-places.ts';
import { seenRunbooks } from './seen-runbooks.ts';
import { absent, sourceOf } from './sight.ts';

/** What a tool works with: everything through the sight of this call. */
export function contextOf(run: Run, made: Bodied): ReadContext {
  const { seen, use, missing, repository, sight, parts } = made;
  return {
    cluster: seen?.cluster ?? absent('cluster'),
    repo: use?.reader ?? absent('repository'),
    optionalRepo: use ? { reader: use.reader } : { missing: missing ?? 'the tool does not ask for it' },
    proposals: repository?.writer ?? absent('repository'),
    ...comparing(run, made),
    mayReadLog: (namespace) =>
      decide(run.policy, run.call.principal, { tool: 'log_tail', kind: 'Pod', namespace }).effect === 'allow',
    runbooks: seenRunbooks(parts.runbooks, sight.files),
    places: placesOf(run, made),
    acknowledged: seenAcknowledged(parts.acknowledged, sight.files),
    accessTargets: parts.accessTargets ?? DEFAULT_TARGETS,
    scoped: !sight.everything,
    limits: sight.limits,
    policy: { explain: (question) => explain(run.policy, run.call.principal, question) },
    remember: parts.remember,
    now: parts.now,
    signal: parts.signal,
    progress: run.call.progress,
  };
}

/** What works on whole objects and whole files, which never reach a tool. */
function comparing(
  run: Run,
  { whole, repository, sight, parts }: Bodied,
): Pick<ReadContext, 'drift' | 'edits' | 'hygiene'> {
  const { touched } = run;
  const { openRendering } = parts;
  return {
    drift: openRendering ? seenDrift(driftFrom(openRendering), sight, touched) : absent('repository'),
    edits: whole ? seenEdits(whole, sight, touched) : absent('cluster'),
    hygiene: repository ? seenHygiene(repository.reader, sight.files, touched) : absent('repository'),
  };
}

function driftFrom(open: () => Promise<Rendering>): () => Promise<DriftReader> {
  return async () => (await open()).drift;
}

/** A tool without the cluster upstream may still ask what is live, where there is a cluster. */
function placesOf(run: Run, { seen, sight, parts }: Bodied): ReadContext['places'] {
  const openCluster = async (): Promise<ClusterReader | undefined> => {
    const cluster = await parts.openCluster?.().catch(() => undefined);
    return cluster && scopedCluster(cluster, sight, run.touched);
  };
  return seenPlaces({
    source: parts.places,
    files: sight.files,
    touched: run.touched,
    openCluster,
    followed: async () => {
      if (seen) return seen.source;
      const cluster = await openCluster();
      return cluster && sourceOf(cluster, sight, parts.signal);
    },
  });
}
