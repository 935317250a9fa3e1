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

/** Whether anybody owns `spec.replicas`. */
function hasReplicasOwner(live: JsonObject): boolean {
  const entries = mapsAt(mapAt(live, 'metadata'), 'managedFields');
  return entries.some((entry) => 'f:replicas' in mapAt(mapAt(entry, 'fieldsV1'), 'f:spec'));
}

/**
 * True for a workload at zero whose count nobody owns: the scale subresource leaves out a zero, and so the name of who set it
 * (kubernetes/api, autoscaling/v1, ScaleSpec).
 */
export function isScaledToZero(live: JsonObject): boolean {
  return mapAt(live, 'spec')['replicas'] === 0 && !hasReplicasOwner(live);
}

/** Who has done that, in words. */
export const SCALER_TO_ZERO = 'a scaling to zero, which leaves no name';

/** True for the entries that Flux itself writes. */
export function isFlux({ manager }: FieldOwner): boolean {
  return manager === 'kustomize-controller' || manager === 'helm-controller' || manager.startsWith('gotk-');
}
