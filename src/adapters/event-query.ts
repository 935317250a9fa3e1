import type { EventQuery } from '#domain/cluster.ts';
import type { Event } from '#domain/objects/platform.ts';

/** Whether an event is one of those asked for. */
export function matchesEvent({ namespace, kind, name, type }: EventQuery): (event: Event) => boolean {
  return (event) =>
    (namespace === undefined || event.regarding.namespace === namespace) &&
    (kind === undefined || event.regarding.kind === kind) &&
    (name === undefined || event.regarding.name === name) &&
    (type === undefined || event.type === type);
}
