import { dirname } from '../desired/place.ts';
import { documentLines } from '../repository/manifest-lines.ts';
import { scanManifests } from '../repository/manifests.ts';
import { isFluxKustomization, readFluxFile } from './flux-file.ts';
import { KUSTOMIZE_FILES, readKustomizeFile } from './kustomize-file.ts';
import type { Declared, FluxFile, KustomizeFile, Patch } from './layer.ts';

/** The YAML of a commit, as far as it tells what is declared where. */
export interface RepositoryMap {
  /** Text of each YAML file by its path. */
  texts: ReadonlyMap<string, string>;
  /** By file, in the order of documents. */
  declared: ReadonlyMap<string, readonly Declared[]>;
  /** By directory; the empty string is the root. */
  kustomize: ReadonlyMap<string, KustomizeFile>;
  flux: readonly FluxFile[];
  /** Every directory with YAML in or below it; the empty string is the root. */
  directories: ReadonlySet<string>;
}

/** Milliseconds of work after which others get their turn. */
export const TURN = 15;

/** Reads what the files declare. It takes a second for a thousand files, so that it lets others work in between. */
export async function mapRepository(
  texts: ReadonlyMap<string, string>,
  pause: () => Promise<void>,
): Promise<RepositoryMap> {
  const declared = new Map<string, readonly Declared[]>();
  const kustomize = new Map<string, KustomizeFile>();
  const flux: FluxFile[] = [];
  let turn = performance.now();
  for (const [file, text] of texts) {
    if (performance.now() - turn > TURN) {
      await pause();
      turn = performance.now();
    }
    if (KUSTOMIZE_FILES.has(file.slice(file.lastIndexOf('/') + 1))) {
      const read = readKustomizeFile(file, text);
      if (read) kustomize.set(dirname(file), read);
      continue;
    }
    const objects = declaredIn(file, text);
    declared.set(file, objects);
    if (objects.some(isFluxKustomization)) flux.push(...readFluxFile(file, text));
  }
  const patched = withPatches(kustomize, declared);
  return { texts, declared, kustomize: patched, flux, directories: directoriesOf([...texts.keys()]) };
}

function directoriesOf(files: readonly string[]): Set<string> {
  const directories = new Set(['']);
  for (const file of files) {
    for (let at = dirname(file); !directories.has(at); at = dirname(at)) directories.add(at);
  }
  return directories;
}

function declaredIn(file: string, text: string): Declared[] {
  return scanManifests(text).manifests.flatMap(({ kind, apiVersion, name, namespace, line }) => {
    if (name === undefined) return [];
    const own = namespace && anchored(text, line, namespace);
    return [
      { file, line, kind, apiVersion, name: anchored(text, line, name), ...(own && { namespace: own }) },
    ];
  });
}

/** The value that an alias stands for: of an anchor in the document that begins at a line. */
function anchored(text: string, line: number, value: string): string {
  if (!value.startsWith('*')) return value;
  const document = documentLines(text).find(({ start, text: own }) => {
    return start <= line && line < start + own.split('\n').length;
  });
  const anchors = [...(document?.text ?? '').matchAll(ANCHORED)];
  const found = anchors.find(([, anchor]) => anchor === value.slice(1));
  return found?.[2] ?? found?.[3] ?? found?.[4] ?? value;
}

const ANCHORED = /&([^\s&]{1,200})[ \t]+(?:"([^"\n]*)"|'([^'\n]*)'|([^\s#]+))/g;

/** Patches in files are for what those files say. */
function withPatches(
  files: ReadonlyMap<string, KustomizeFile>,
  declared: RepositoryMap['declared'],
): Map<string, KustomizeFile> {
  const filled = (patch: Patch): Patch[] => {
    if (patch.kind !== undefined || patch.name !== undefined) return [patch];
    const objects = declared.get(patch.file) ?? [];
    if (objects.length === 0) return [patch];
    return objects.map(({ kind, name, line, file }) => ({ file, line, kind, name }));
  };
  return new Map(
    [...files].map(([directory, file]) => [directory, { ...file, patches: file.patches.flatMap(filled) }]),
  );
}
