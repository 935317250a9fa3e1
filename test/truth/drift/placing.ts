import type { Change } from '../../cluster/field-managers.ts';
import type { Manifest } from '../../cluster/manifest.ts';

/** Namespace of the pairs' objects. */
export const NAMESPACE = 'pairs';

const CLUSTER_KINDS: ReadonlySet<string> = new Set(['Namespace', 'ClusterRole', 'CustomResourceDefinition']);

/** The object of the pair at this place under a name of its own; one that the cluster has once has no namespace. */
export function placed(git: Manifest, at: number): Manifest {
  const { metadata, ...rest } = named(git, at);
  const isPlaced = !CLUSTER_KINDS.has(git.kind);
  return { ...rest, metadata: { ...metadata, ...(isPlaced && { namespace: NAMESPACE }) } };
}

/** The pair's own name in place of `@NAME`, and a certificate in base64 in place of `@CA`. */
export function named<T extends Manifest | Change>(value: T, at: number, authority = ''): T {
  const text = JSON.stringify(value).replaceAll('@NAME', `pair-${at}`).replaceAll('@CA', authority);
  return JSON.parse(text) as T;
}
