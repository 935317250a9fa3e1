import { sameRepository } from '../repository/same-repository.ts';
import { type Documents, isFluxKustomization } from './documents.ts';
import { entriesIn, selfApplyingIn, writtenIn } from './entries.ts';
import { mapAt, textAt } from './manifest.ts';
import { type Node, pathOf, sourceRef } from './node.ts';

/** Which sources are the repository, and what they leave out of it. */
export interface OurSources {
  has: (source: string) => boolean;
  /** `spec.ignore` of a source. */
  ignore: (source: string) => string | undefined;
}

/**
 * By the files alone: every GitRepository with the repository's own URL, and what Flux begins with. Of a local copy or a
 * mirror no URL fits: then each GitRepository counts that a beginning follows.
 */
export function sourcesInFiles(
  documents: Documents,
  files: ReadonlyMap<string, Uint8Array>,
  url: string,
): OurSources {
  const written = documents.all.filter(({ kind }) => kind === 'GitRepository' || kind === 'OCIRepository');
  const urlOf = new Map(
    written.map(({ object, kind, name }) => [bare(`${kind}//${name}`), textAt(mapAt(object, 'spec'), 'url')]),
  );
  const git = [...urlOf].filter(([source, its]) => source.startsWith('Git') && sameRepository(its, url));
  const followed = beginningsIn(documents, files).filter((node) =>
    isFollowed(node, urlOf.get(bare(sourceRef(node))), git.length > 0),
  );
  const ours = new Set([...git.map(([source]) => source), ...followed.map((node) => bare(sourceRef(node)))]);
  const ignores = new Map(
    written.map(({ object, kind, name }) => [
      bare(`${kind}//${name}`),
      textAt(mapAt(object, 'spec'), 'ignore'),
    ]),
  );
  return {
    has: (source) => ours.has(bare(source)),
    ignore: (source) => ignores.get(bare(source)),
  };
}

/** Every Kustomization counts where nothing says what is the first. */
function beginningsIn(documents: Documents, files: ReadonlyMap<string, Uint8Array>): Node[] {
  const first = [...entriesIn(documents).flat(), ...selfApplyingIn(documents, files)];
  return first.length > 0 ? first : writtenIn(documents);
}

/** A source that is not written is made by whatever begins; an artifact of the whole root may be of anything. */
function isFollowed(node: Node, url: string | undefined, isKnown: boolean): boolean {
  if (!sourceRef(node).startsWith('GitRepository/')) return url === undefined || pathOf(node) !== '';
  return url === undefined || !isKnown;
}

/** A namespace may be missing from what is written: then kind and name decide. */
function bare(source: string): string {
  const [kind, , name] = source.split('/');
  return `${kind}/${name}`;
}

/** What of a Kustomization's inline variables stands in no file just so. */
export function notPlainIn(
  documents: Documents,
  node: Node,
  hidden: ReadonlySet<string>,
): ReadonlySet<string> {
  const inline = mapAt(mapAt(node.spec, 'postBuild'), 'substitute');
  const written = documents.all
    .filter(({ object, name }) => isFluxKustomization(object) && name === node.name)
    .map(({ object }) => mapAt(mapAt(mapAt(object, 'spec'), 'postBuild'), 'substitute'));
  const isPlain = (name: string): boolean => written.some((values) => values[name] === inline[name]);
  return new Set([...hidden].filter((name) => !isPlain(name)));
}
