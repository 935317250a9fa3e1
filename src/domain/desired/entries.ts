import { type Document, type Documents, isFluxKustomization } from './documents.ts';
import type { JsonObject } from './engine.ts';
import { mapAt, textAt } from './manifest.ts';
import { type Node, writtenNode } from './node.ts';
import { dirname } from './place.ts';

const HOME = 'flux-system';

/** How a repository says where Flux begins, in the order in which it is believed; every one that is there counts. */
const ENTRIES: readonly ((documents: Documents) => Node[])[] = [
  ({ all }) =>
    all
      .filter(({ kind }) => kind === 'FluxInstance')
      .flatMap((one) => syncedBy(one, mapAt(mapAt(one.object, 'spec'), 'sync'))),
  ({ all }) =>
    all
      .filter(({ kind, name }) => kind === 'HelmRelease' && name === 'flux-instance')
      .flatMap((one) =>
        syncedBy(one, mapAt(mapAt(mapAt(mapAt(one.object, 'spec'), 'values'), 'instance'), 'sync')),
      ),
  (documents) => written(documents, ({ file }) => /(?:^|\/)gotk-sync\.ya?ml$/.test(file)),
  (documents) => written(documents, ({ file, name }) => IS_ENTRY.test(file) || name.startsWith('flux-entry')),
];

const IS_ENTRY =
  /^clusters\/[^/]+\/[^/]+\.ya?ml$|(?:^|\/)flux\/cluster\/|(?:^|\/)flux\/config\/|(?:^|\/)flux-entry/;

/** Where Flux begins in a repository without a cluster to ask; several clusters in one repository each have their own. */
export function entriesIn(documents: Documents): Node[] {
  const found = ENTRIES.flatMap((entries) => entries(documents));
  const distinct = new Map(found.toReversed().map((node) => [`${node.declared?.file} ${node.ref}`, node]));
  return [...distinct.values()].toReversed();
}

/** The Kustomization that flux-operator makes of `sync` (its internal/builder): it has the name of the namespace. */
function syncedBy({ namespace = HOME, file, line }: Document, sync: JsonObject): Node[] {
  const path = textAt(sync, 'path');
  if (path === '') return [];
  const name = textAt(sync, 'name') || namespace;
  const sourceRef = { kind: textAt(sync, 'kind') || 'GitRepository', name };
  const spec = { path, prune: true, interval: textAt(sync, 'interval') || '10m', sourceRef };
  return [
    {
      ref: `Kustomization/${namespace}/${name}`,
      namespace,
      name,
      spec,
      hidden: new Set(),
      declared: { file, line },
    },
  ];
}

function written({ all }: Documents, fits: (document: Document) => boolean): Node[] {
  return all
    .filter(
      (document) =>
        isFluxKustomization(document.object) && textAt(mapAt(document.object, 'spec'), 'path') !== '',
    )
    .filter((document) => fits(document))
    .map((document) => writtenNode(document, HOME));
}

/** Every Kustomization that is written anywhere and that no other rendering reaches, by the place it is written at. */
export function unreachedIn({ all }: Documents, reached: ReadonlySet<string>): Node[] {
  return all
    .filter(({ object, file, line }) => isFluxKustomization(object) && !reached.has(placeKey({ file, line })))
    .map((document) => ({ ...writtenNode(document, HOME), unreached: true }));
}

/** A place as a key. */
export function placeKey({ file, line }: { file: string; line: number }): string {
  return `${file}:${line}`;
}

/** The part of a repository that a node belongs to: namesakes elsewhere are of another cluster. */
export function homeOf({ declared }: Pick<Node, 'declared'>): string {
  return declared ? dirname(declared.file) : '';
}
