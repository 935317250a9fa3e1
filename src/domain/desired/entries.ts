import { type Document, type Documents, isFluxKustomization } from './documents.ts';
import type { JsonObject } from './engine.ts';
import { mapAt, textAt } from './manifest.ts';
import { type Node, writtenNode } from './node.ts';
import { normalPath } from './place.ts';
import { writtenReach } from './written-reach.ts';

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
  /^(?:[^/]+\/)?clusters\/[^/]+\/[^/]+\.ya?ml$|(?:^|\/)flux\/cluster\/|(?:^|\/)flux\/config\/|(?:^|\/)flux-entry/;

/**
 * Where Flux may begin in a repository without a cluster to ask, the likeliest first: what a group leaves unreached may
 * begin in the next. Several clusters in one repository each have their own.
 */
export function entriesIn(documents: Documents): Node[][] {
  return ENTRIES.map((entries) => entries(documents));
}

/** Kustomizations that apply themselves: they are written in what the directory that they apply is built of. */
export function selfApplyingIn(documents: Documents, files: ReadonlyMap<string, Uint8Array>): Node[] {
  return written(documents, ({ file, object }) => {
    const path = normalPath(textAt(mapAt(object, 'spec'), 'path'));
    return path !== undefined && file.startsWith(`${path}/`) && writtenReach(path, files).has(file);
  });
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
    .filter((document) => isFluxKustomization(document.object) && fits(document))
    .map((document) => writtenNode(document, HOME));
}

/** Every Kustomization that is written anywhere. */
export function writtenIn(documents: Documents): Node[] {
  return written(documents, () => true);
}

/** A place as a key. */
export function placeKey({ file, line }: { file: string; line: number }): string {
  return `${file}:${line}`;
}
