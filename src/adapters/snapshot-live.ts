import type { ServedKind } from '#domain/cluster.ts';
import type { JsonObject, PredictRequest } from '#domain/desired/engine.ts';
import type { LiveObjects } from '#domain/desired/live.ts';

import { createHash } from 'node:crypto';

import { ToolError } from '../errors.ts';
import type { Recording } from './snapshot-format.ts';

/** What a recording holds for comparing: whole objects of what Flux manages, every text that may be a secret left out. */
export function snapshotLive(recording: () => Recording, now: () => number): LiveObjects {
  return {
    list: async (kind, namespace) => {
      const whole = recording().whole?.[keyOf(kind)];
      const empty = { kind: kind.kind, items: [], asOf: now() };
      if (whole === undefined)
        return {
          ...empty,
          state: 'unknown',
          why: `whole objects of ${kind.kind} are not part of the recording`,
        };
      const items = whole as unknown as readonly JsonObject[];
      const inNamespace = (object: JsonObject): boolean =>
        namespace === undefined ||
        (object['metadata'] as JsonObject | undefined)?.['namespace'] === namespace;
      return { ...empty, state: 'current', items: items.filter(inNamespace) };
    },
    configMap: async () => {
      throw new ToolError('unavailable', 'a recording holds no values of ConfigMaps', 'Ask a live cluster.');
    },
    schemas: async (groupVersions) => schemasOf(recording(), groupVersions),
  };
}

function schemasOf({ schemas = {} }: Recording, groupVersions: readonly string[]): PredictRequest['schemas'] {
  const known = groupVersions.filter((groupVersion) => Object.hasOwn(schemas, groupVersion));
  return new Map(
    known.map((groupVersion) => {
      const text = JSON.stringify(schemas[groupVersion]);
      const hash = createHash('sha256').update(text).digest('hex');
      return [groupVersion, { hash, document: async () => new TextEncoder().encode(text) }];
    }),
  );
}

/** `plural.group`, as a recording names a resource. */
export function keyOf({ plural, group }: Pick<ServedKind, 'plural' | 'group'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}
