import type { ServedKind } from '#domain/cluster.ts';

import { ToolError } from '../../errors.ts';

type Place = Pick<ServedKind, 'group' | 'version' | 'plural' | 'namespaced'>;

/** Path of a kind's objects: of one namespace, or of all. */
export function collectionPath({ group, version, plural, namespaced }: Place, namespace?: string): string {
  const root = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  const scope = namespaced && namespace !== undefined ? `/namespaces/${segment(namespace)}` : '';
  return `${root}${scope}/${plural}`;
}

/** Path of one object. */
export function objectPath(kind: Place, namespace: string | undefined, name: string): string {
  return `${collectionPath(kind, namespace)}/${segment(name)}`;
}

/** `pods`, or `kustomizations.kustomize.toolkit.fluxcd.io`: a resource as messages name it. */
export function resourceName({ group, plural }: Pick<ServedKind, 'group' | 'plural'>): string {
  return group === '' ? plural : `${plural}.${group}`;
}

/**
 * A name as one segment of a path. Throws `invalid_input` for the two that URLs do not keep: whoever parses the URL would
 * take `..` and the segment before it away, and something else would be read than was asked for and decided on.
 */
export function segment(name: string): string {
  if (name === '.' || name === '..') {
    throw new ToolError(
      'invalid_input',
      `${JSON.stringify(name)} is no name`,
      'Give the name of an object or a namespace.',
    );
  }
  return encodeURIComponent(name);
}
