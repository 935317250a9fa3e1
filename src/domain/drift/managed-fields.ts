import type { JsonObject } from '../desired/engine.ts';
import { mapAt, mapsAt, textAt } from '../desired/manifest.ts';

/** One entry of `metadata.managedFields` without its fields; the position in the list identifies it. */
export interface FieldOwner {
  manager: string;
  operation: 'Apply' | 'Update';
  subresource?: string;
  /** RFC 3339: the last time it changed a field, so the latest at which it set this one. */
  time?: string;
}

/** Who owns fields of an object, in the order of its managedFields. */
export function ownersIn(live: JsonObject): FieldOwner[] {
  return mapsAt(mapAt(live, 'metadata'), 'managedFields').map((entry) => {
    const [subresource, time] = [textAt(entry, 'subresource'), textAt(entry, 'time')];
    return {
      manager: textAt(entry, 'manager'),
      operation: textAt(entry, 'operation') === 'Apply' ? 'Apply' : 'Update',
      ...(subresource !== '' && { subresource }),
      ...(time !== '' && { time }),
    };
  });
}

/** True for the entries that Flux itself writes. */
export function isFlux({ manager }: FieldOwner): boolean {
  return manager === 'kustomize-controller' || manager === 'helm-controller' || manager.startsWith('gotk-');
}
