import { isCollection, parseAllDocuments, type Document } from 'yaml';

import type { Tree } from '../../scripts/homelab/history.ts';

export const ROOT = 'clusters/main/kubernetes';

/** A document of a file that Flux reads. */
export interface Manifest {
  file: string;
  document: Document;
}

/** Every document of every YAML file, in the order of their paths. */
function manifestsOf(tree: Tree): Manifest[] {
  return [...tree]
    .filter(([file]) => file.endsWith('.yaml'))
    .flatMap(([file, text]) => parseAllDocuments(text).map((document) => ({ file, document })));
}

/** Those of a kind and API group, the empty one for the core. */
export function ofKind(tree: Tree, kind: string, group: string): Manifest[] {
  return manifestsOf(tree).filter(({ document }) => {
    const [version = '', inGroup] = String(document.get('apiVersion')).split('/').toReversed();
    return document.get('kind') === kind && (inGroup ?? '') === group && version !== '';
  });
}

/** The text at a path, the empty one where there is none. */
export function textAt({ document }: Manifest, ...path: readonly string[]): string {
  const value = document.getIn(path);
  return typeof value === 'string' ? value : '';
}

/** The plain value at a path. */
export function valueAt({ document }: Manifest, ...path: readonly string[]): unknown {
  const value: unknown = document.getIn(path);
  return isCollection(value) ? (value.toJSON() as unknown) : value;
}

/** The names a Kustomization of Flux waits for. */
export function dependenciesOf(manifest: Manifest): string[] {
  const list = (valueAt(manifest, 'spec', 'dependsOn') ?? []) as { name: string }[];
  return list.map(({ name }) => name);
}

/** Flux Kustomizations of files that a kustomization.yaml lists. */
export function fluxKustomizations(tree: Tree): Manifest[] {
  const listed = new Set(reachable(tree, ROOT));
  return ofKind(tree, 'Kustomization', 'kustomize.toolkit.fluxcd.io').filter(({ file }) => listed.has(file));
}

/** What a kustomization.yaml lists, as paths from the root of the repository. */
export function listedIn(tree: Tree, directory: string): string[] {
  const [document] = parseAllDocuments(tree.get(`${directory}/kustomization.yaml`) ?? '');
  const list = (document?.toJS() as { resources?: string[] | null } | null)?.resources ?? [];
  return list.map((entry) => `${directory}/${entry}`);
}

/** Files that a directory's kustomization.yaml reaches, directories followed. */
export function reachable(tree: Tree, directory: string): string[] {
  return listedIn(tree, directory).flatMap((path) =>
    tree.has(`${path}/kustomization.yaml`) ? reachable(tree, path) : [path],
  );
}

/** Directories that have a kustomization.yaml. */
export function kustomizedDirectories(tree: Tree): string[] {
  return [...tree.keys()]
    .filter((path) => path.endsWith('/kustomization.yaml'))
    .map((path) => path.slice(0, -'/kustomization.yaml'.length));
}
