import type { ServedKind } from '#domain/cluster.ts';

type Place = Pick<ServedKind, 'group' | 'version' | 'plural' | 'namespaced'>;

/** Path of a kind's objects: of one namespace, or of all. */
export function collectionPath({ group, version, plural, namespaced }: Place, namespace?: string): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const scope = namespaced && namespace !== undefined ? `/namespaces/${encodeURIComponent(namespace)}` : '';
  return `${root}${scope}/${plural}`;
}

/** Path of one object. */
export function objectPath(kind: Place, namespace: string | undefined, name: string): string {
  return `${collectionPath(kind, namespace)}/${encodeURIComponent(name)}`;
}

/** `pods`, or `kustomizations.kustomize.toolkit.fluxcd.io`: a resource as messages name it. */
export function resourceName({ group, plural }: Pick<ServedKind, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}
