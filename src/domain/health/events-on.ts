import { parseTime } from '../duration.ts';
import { type ClusterObject, refOf } from '../objects/meta.ts';
import type { Event } from '../objects/platform.ts';
import { byText } from '../text.ts';
import type { World } from './world.ts';

/**
 * Warning events on this very object, newest first; those of a former one of the same name are left out (the kubelet
 * gives a node's name for its uid). `reasons` narrows them.
 */
export function eventsOn(object: ClusterObject, world: World, reasons?: readonly string[]): Event[] {
  const events = world.eventsByRef.get(refOf(object)) ?? [];
  return events
    .filter(({ regarding: { uid } }) => uid === undefined || uid === object.uid || uid === object.name)
    .filter(({ reason }) => reasons === undefined || reasons.includes(reason))
    .toSorted((a, b) => (parseTime(b.last) ?? 0) - (parseTime(a.last) ?? 0) || byText(a.name, b.name));
}
