import { ageOf } from './duration.ts';
import { refOf } from './objects/meta.ts';
import type { Event } from './objects/platform.ts';
import type { Row } from './table.ts';
import { byText, clip } from './text.ts';

/** The columns of a list of events. */
export const EVENT_COLUMNS = ['last', 'type', 'reason', 'object', 'message', 'times'] as const;

/** Events newest first, one row for each object and message, their counts added up; `now` in milliseconds. */
export function eventRows(events: readonly Event[], now: number): Row[] {
  const folded = new Map<string, Event>();
  for (const event of events) {
    const key = JSON.stringify([
      event.type,
      event.reason,
      event.regarding.kind,
      event.regarding.namespace,
      event.regarding.name,
      event.message,
    ]);
    const known = folded.get(key);
    folded.set(key, known === undefined ? event : joined(known, event));
  }
  return [...folded.values()]
    .sort((a, b) => byText(b.last, a.last) || byText(a.name, b.name))
    .map((event) => [
      ageOf(event.last, now) ?? null,
      event.type,
      event.reason,
      refOf(event.regarding),
      clip(event.message, 300),
      event.count,
    ]);
}

function joined(a: Event, b: Event): Event {
  return { ...a, count: a.count + b.count, last: a.last > b.last ? a.last : b.last };
}
