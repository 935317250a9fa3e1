import type { ClusterObject } from '#domain/objects/meta.ts';
import type { Event } from '#domain/objects/platform.ts';

/** A projected object with what every kind carries; `extra` adds the fields of its kind. */
export function object<T extends object = object>(
  kind: string,
  namespace: string | undefined,
  name: string,
  extra: T = {} as T,
): ClusterObject & T {
  return {
    apiVersion: 'v1',
    kind,
    name,
    ...(namespace !== undefined && { namespace }),
    uid: `${kind}-${namespace ?? ''}-${name}`,
    created: '2026-03-14T00:00:00Z',
    labels: {},
    annotations: {},
    conditions: [],
    ...extra,
  };
}

/** An event about `kind/namespace/name`. */
export function event(
  about: { kind: string; namespace?: string; name: string },
  extra: Partial<Event> = {},
): Event {
  const { namespace = 'default', name } = about;
  return object('Event', namespace, `${name}.${extra.reason ?? 'x'}`, {
    kind: 'Event' as const,
    type: 'Warning',
    reason: 'BackOff',
    message: 'Back-off restarting failed container',
    count: 1,
    first: '2026-03-14T09:00:00Z',
    last: '2026-03-14T09:30:00Z',
    regarding: about,
    ...extra,
  });
}
