import { toToolError } from '../../errors.ts';
import type { ClusterReader } from '../cluster.ts';
import type { World } from '../health/world.ts';
import type { ClusterObject } from '../objects/meta.ts';
import type { Event } from '../objects/platform.ts';
import { clip } from '../text.ts';
import type { Gap } from './gather.ts';

/** All events on an object, read for it, and the warnings on its cause, which are known; never rejects for an upstream fault. */
export async function eventsOn(
  { kind, name, namespace }: ClusterObject,
  cause: string | undefined,
  world: World,
  { cluster, signal }: { cluster: ClusterReader; signal: AbortSignal },
): Promise<{ items: readonly Event[]; gaps: Gap[] }> {
  const beside = (cause === undefined ? undefined : world.eventsByRef.get(cause)) ?? [];
  try {
    const { items } = await cluster.events({ namespace, kind, name }, signal);
    const known = new Set(items.map(({ uid }) => uid));
    return { items: [...items, ...beside.filter(({ uid }) => !known.has(uid))], gaps: [] };
  } catch (error) {
    signal.throwIfAborted();
    return { items: beside, gaps: [{ what: 'events', why: clip(toToolError(error).message, 160) }] };
  }
}
