import { parse } from 'yaml';

import type { DesiredObject, Rendering } from '#domain/desired/desired.ts';
import type { FieldChange, JsonObject } from '#domain/desired/engine.ts';
import type { ApplierDrift, DriftReport, FieldDrift, ObjectDrift } from '#domain/drift/report.ts';

/** An entry of managedFields by its manager, with what distinguishes it; `fields` in the notation of fieldsV1, as YAML. */
export function owner(
  manager: string,
  more: { fields?: string; subresource?: string; time?: string; operation?: string } = {},
): JsonObject {
  const { fields = '{}', operation = 'Update', ...rest } = more;
  return { manager, operation, fieldsV1: parse(fields) as JsonObject, ...rest };
}

export const FLUX = owner('kustomize-controller', { operation: 'Apply', time: '2026-05-09T11:00:00Z' });

/** An object from `Kind/namespace/name` and the rest of it as YAML. */
export function manifest(ref: string, rest = '{}', metadata: JsonObject = {}): JsonObject {
  const [kind = '', namespace = '', name = ''] = ref.split('/');
  const home: JsonObject = namespace === '' ? {} : { namespace };
  const apiVersion = kind === 'Deployment' ? 'apps/v1' : 'v1';
  return { apiVersion, kind, metadata: { name, ...home, ...metadata }, ...(parse(rest) as JsonObject) };
}

/** The same as it is in the cluster. */
export function live(
  ref: string,
  managedFields: readonly JsonObject[] = [FLUX],
  rest = '{}',
  metadata: JsonObject = {},
): JsonObject {
  return manifest(ref, rest, {
    uid: ref,
    resourceVersion: '1',
    managedFields: [...managedFields],
    ...metadata,
  });
}

export function desired(object: JsonObject, more: Partial<DesiredObject> = {}): DesiredObject {
  return { object, place: { file: 'apps/wiki.yaml', line: 1 }, holes: new Map(), ...more };
}

export function change(path: string, more: Partial<FieldChange> = {}): FieldChange {
  return { path, does: 'changes', live: 5, desired: 2, owners: [], ...more };
}

export function rendering(objects: readonly DesiredObject[], more: Partial<Rendering> = {}): Rendering {
  return {
    ref: 'Kustomization/flux-system/apps',
    namespace: 'flux-system',
    name: 'apps',
    path: 'apps',
    spec: { prune: true, interval: '10m' },
    status: 'ok',
    unresolved: [],
    objects,
    commit: 'c0ffee',
    ...more,
  };
}

/** A field that a hand has changed and Flux will put back. */
export function field(path: string, more: Partial<FieldDrift> = {}): FieldDrift {
  const told = { fate: 'reverted', why: 'at 2026-05-09T12:09:00Z, or when asked to' } as const;
  return { path, who: 'kubectl edit', isBenign: false, isPending: false, told, ...more };
}

/** An object that does not differ. */
export function drift(ref: string, more: Partial<ObjectDrift> = {}): ObjectDrift {
  const [kind = '', namespace = '', name = ''] = ref.split('/');
  return {
    ref,
    kind,
    namespace,
    name,
    by: 'Kustomization/flux-system/apps',
    place: { file: 'apps/wiki.yaml', line: 1 },
    commit: 'c0ffee',
    state: 'clean',
    health: 'ok',
    isPending: false,
    fields: [],
    ...more,
  };
}

export function applier(more: Partial<ApplierDrift> = {}): ApplierDrift {
  const files = ['apps/kustomization.yaml'];
  return { ref: 'Kustomization/flux-system/apps', status: 'ok', files, objects: 1, ...more };
}

export function report(
  objects: readonly ObjectDrift[],
  appliers: readonly ApplierDrift[] = [applier()],
): DriftReport {
  return { appliers, objects, head: 'c0ffee' };
}
