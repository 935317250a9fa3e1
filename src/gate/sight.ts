import type { ClusterReader } from '#domain/cluster.ts';
import { syncSourceOf } from '#domain/flux/sync-source.ts';
import type { Limits } from '#domain/limits.ts';

import { namespaceMask } from './namespace-mask.ts';
import { decide, scopeOf } from './policy/decide.ts';
import { type Run, demand } from './run.ts';
import { type Masking, type Visibility, scopedCluster } from './scoped-cluster.ts';
import type { FileVisibility } from './scoped-repository.ts';
import { type Touched, newTouched } from './touched.ts';

/** What one call may see of the cluster and of the repository, and its limits. */
export interface Sight extends Visibility {
  limits: Limits;
  files: FileVisibility;
}

/** The sight of a call, as the policy gives it. */
export function sightOf(run: Run): Sight {
  const { call, policy } = run;
  return {
    ...scopeOf(policy, call.principal, call.tool),
    demand: (kind, namespace, clusterScoped) => demand(run, { kind, namespace, clusterScoped }),
    files: {
      allows: (path) => decide(policy, call.principal, { tool: call.tool, path }).effect === 'allow',
      demand: (path) => demand(run, { path }),
    },
  };
}

/** The cluster through a sight, and what is to be done once everything was read. */
export interface SeenCluster {
  cluster: ClusterReader;
  /** What the cluster follows, if it is known in time. */
  source: Promise<FollowedSource | undefined>;
  /** Learns which namespaces are hidden, so that egress can mask them. */
  finish: () => Promise<void>;
}

/** The source that the cluster follows, for the envelope. */
export interface FollowedSource {
  url?: string;
  branch?: string;
  revision?: string;
  text: string;
}

export function seenCluster(
  cluster: ClusterReader,
  sight: Sight,
  run: Run,
  signal: AbortSignal,
): SeenCluster {
  const masking = maskingOf(cluster, sight, run.touched, signal);
  return {
    cluster: scopedCluster(cluster, sight, run.touched, masking),
    source: sourceOf(cluster, sight, signal),
    finish: async () => {
      if (!sight.everything) await masking();
    },
  };
}

/** Stands in for an upstream that a tool did not ask for: touching it is a fault of the tool, not of the operator. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- it stands in for whatever is asked for
export function absent<T extends object>(upstream: string): T {
  return new Proxy({} as T, {
    get: (_target, property) => {
      throw new Error(`a tool without the ${upstream} upstream read ${upstream}.${String(property)}`);
    },
  });
}

const SOURCE_PATIENCE = 1_000;

/** An answer does not wait for this, fail with it, nor count what it read as its own. */
export async function sourceOf(
  cluster: ClusterReader,
  sight: Sight,
  signal: AbortSignal,
): Promise<FollowedSource | undefined> {
  const visible = scopedCluster(cluster, sight, newTouched());
  const patience = new Promise<[]>((resolve) => setTimeout(resolve, SOURCE_PATIENCE, []).unref());
  const listings = await Promise.race([visible.listFlux(signal).catch(() => []), patience]);
  const source = syncSourceOf(listings.flatMap(({ items }) => items));
  if (source === undefined) return undefined;
  const { url, branch, revision } = source;
  return { url, branch, revision, text: [url ?? source.ref, branch].filter(Boolean).join(' ') };
}

/** Masks texts as they are read, and once only asks which namespaces are hidden. */
function maskingOf(cluster: ClusterReader, sight: Sight, touched: Touched, signal: AbortSignal): Masking {
  let mask: ReturnType<Masking> | undefined;
  const hides = (namespace: string): boolean => !sight.reaches(namespace);
  const make = async (): ReturnType<Masking> => {
    await noteHiddenNamespaces(cluster, sight, touched, signal);
    return namespaceMask({ known: touched.hiddenNamespaces, hides });
  };
  return () => (mask ??= make());
}

/** A namespace without a single readable object would otherwise stay unknown to the mask. */
async function noteHiddenNamespaces(
  cluster: ClusterReader,
  sight: Sight,
  touched: Touched,
  signal: AbortSignal,
): Promise<void> {
  for (const { name } of (await cluster.list('Namespace', signal)).items) {
    if (!sight.reaches(name)) touched.hiddenNamespaces.add(name);
  }
}
