import { ToolError } from '../../errors.ts';
import type { ClusterReader } from '../cluster.ts';
import { resolveKind } from '../kind-name.ts';
import type { ClusterObject } from '../objects/meta.ts';
import { withNearNames } from './near-names.ts';

/** The object that is meant. Throws `not_found` with names that come near, `invalid_input` without a needed namespace, and as reading does. */
export async function objectAsked(
  { kind: asked, namespace, name }: { kind: string; namespace?: string; name: string },
  cluster: ClusterReader,
  signal: AbortSignal,
): Promise<ClusterObject> {
  const kind = resolveKind(await cluster.discover(signal), asked);
  if (kind.namespaced && namespace === undefined)
    throw new ToolError('invalid_input', `${kind.kind} is namespaced`, 'Give its namespace.');
  const home = kind.namespaced ? namespace : undefined;
  try {
    return await cluster.get(kind, home, name, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw await withNearNames(error, { kind, namespace: home, name }, cluster, signal);
  }
}
