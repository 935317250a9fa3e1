import { type Explained, explain } from '#domain/explain/explain.ts';
import { childrenIn } from '#domain/explain/link.ts';
import { judgeHealth } from '#domain/health/health.ts';
import { readWorld } from '#domain/health/world.ts';
import type { NetworkPolicy } from '#domain/objects/access.ts';
import { refOf } from '#domain/objects/meta.ts';

import { memoryCluster, type MemoryClusterContent } from '../../support/memory-cluster.ts';
import { NOW } from '../health/objects.ts';

/** How an object of a cluster in memory, named by its ref, is explained. */
export async function explained(
  ref: string,
  objects: MemoryClusterContent['objects'],
  { scoped = false, states }: Pick<MemoryClusterContent, 'states'> & { scoped?: boolean } = {},
): Promise<Explained> {
  const cluster = memoryCluster({ objects, states });
  const world = await readWorld(cluster, { signal: AbortSignal.timeout(10_000), now: NOW, scoped });
  const object = objects.find((one) => refOf(one) === ref);
  if (object === undefined) throw new Error(`no ${ref}`);
  const policies = objects.filter(isPolicy);
  return explain(object, judgeHealth(world), world, { policies, children: childrenIn(world), scoped });
}

function isPolicy(object: { kind: string }): object is NetworkPolicy {
  return object.kind === 'NetworkPolicy';
}

/** The chain in words, in its order. */
export async function chainOf(
  ref: string,
  objects: MemoryClusterContent['objects'],
  content: Parameters<typeof explained>[2] = {},
): Promise<string[]> {
  const { chain } = await explained(ref, objects, content);
  return chain.map((link) => `${link.direction} ${link.how} ${link.ref} ${link.state}`);
}
