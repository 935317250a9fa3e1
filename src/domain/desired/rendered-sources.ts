import type { DesiredObject, Rendering } from './desired.ts';
import type { Document } from './documents.ts';
import type { Json, JsonObject } from './engine.ts';
import { mapAt, textAt } from './manifest.ts';
import type { Node } from './node.ts';
import { fieldOf } from './sentinels.ts';

/** ConfigMaps and Secrets as they have been rendered so far, by the root that they hang from: sources of variables. */
export interface RenderedSources {
  note: (node: Node, rendering: Rendering) => void;
  of: (node: Node) => readonly Document[];
}

export function createRenderedSources(): RenderedSources {
  const byRoot = new Map<string, Document[]>();
  return {
    note: ({ root }, { objects, namespace }) => {
      const sources = objects.filter(isSource).map((object) => documentOf(object, namespace));
      const key = root?.key ?? '';
      byRoot.set(key, [...(byRoot.get(key) ?? []), ...sources]);
    },
    of: ({ root }) => byRoot.get(root?.key ?? '') ?? [],
  };
}

function isSource({ object, unverifiable }: DesiredObject): boolean {
  const isKind = object['kind'] === 'ConfigMap' || object['kind'] === 'Secret';
  return isKind && unverifiable?.startsWith('its ') !== true;
}

/** A value that depends on a variable which is not plain is written as that variable again. */
function documentOf({ object, holes, place }: DesiredObject, home: string): Document {
  const metadata = mapAt(object, 'metadata');
  const data = Object.entries(mapAt(object, 'data')).map(([key, value]): [string, Json] => [
    key,
    holes.get(`.data${fieldOf(key)}`) ?? value,
  ]);
  const shown: JsonObject = holes.has('.data') ? {} : Object.fromEntries(data);
  return {
    object: { ...object, data: shown },
    kind: textAt(object, 'kind'),
    name: textAt(metadata, 'name'),
    namespace: textAt(metadata, 'namespace') || home,
    file: place?.file ?? '',
    line: place?.line ?? 1,
  };
}
