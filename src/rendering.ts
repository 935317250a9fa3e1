import type { ClusterReader } from '#domain/cluster.ts';
import type { Repository } from '#domain/desired/artifact.ts';
import type { LiveObjects } from '#domain/desired/live.ts';

import { ToolError } from './errors.ts';
import type { OpenRepository, Rendering } from './gate/perform.ts';

/** A cluster, and its whole objects for comparing. */
export type Cluster = ClusterReader & { live: LiveObjects };

/** A repository as it is opened for a server: whole trees can be read from it, for rendering. */
export type OpenedHere = OpenRepository & { reader: Repository };

/** The engine is loaded on first use; one serves all questions. */
export async function openRendering(
  openRepo: () => Promise<OpenedHere>,
  openCluster: (() => Promise<Cluster>) | undefined,
): Promise<Rendering> {
  const [{ createEngine, engineFiles }, { createDesiredState }, { createDrift }] = await Promise.all([
    import('./adapters/engine/host.ts'),
    import('#domain/desired/desired-state.ts'),
    import('#domain/drift/drift.ts'),
  ]);
  const engine = createEngine({ wasm: engineFiles() });
  const { reader: repository } = await openRepo();
  const cluster = await openCluster?.();
  const desired = createDesiredState({
    repository,
    engine,
    ...(cluster && { cluster: { cluster, live: cluster.live } }),
  });
  const parts = { desired, engine, repository, now: Date.now };
  return { desired, drift: cluster ? createDrift({ ...parts, cluster, live: cluster.live }) : NO_CLUSTER };
}

const NO_CLUSTER: Rendering['drift'] = {
  compare: async () => {
    throw new ToolError(
      'unavailable',
      'no cluster is configured',
      'Start daytwo with --context or --snapshot.',
    );
  },
};
