import { KUSTOMIZE_FILES, readKustomizeFile } from '../locate/kustomize-file.ts';
import { dirname, normalPath } from './place.ts';

/**
 * The files that the build of a directory would read, as its kustomizations are written: for what cannot be built, or need
 * not be. Nothing is fetched; what is named and not there is left out.
 */
export function writtenReach(directory: string, files: ReadonlyMap<string, Uint8Array>): ReadonlySet<string> {
  const [reached, seen] = [new Set<string>(), new Set<string>()];
  const enter = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    const name = [...KUSTOMIZE_FILES].find((one) => files.has(joined(path, one)));
    for (const next of name === undefined ? filesBelow(path, files) : namedBy(joined(path, name), files)) {
      if (files.has(next)) reached.add(next);
      else enter(next);
    }
  };
  enter(directory);
  return reached;
}

function namedBy(file: string, files: ReadonlyMap<string, Uint8Array>): string[] {
  const read = readKustomizeFile(file, new TextDecoder().decode(files.get(file)));
  const named = [...(read?.resources.map(({ path }) => path) ?? []), ...(read?.components ?? [])];
  return named
    .filter((path) => !path.includes('://'))
    .flatMap((path) => normalPath(joined(dirname(file), path)) ?? []);
}

/** Without a kustomization Flux takes every file, and a directory that has one as a whole (fluxcd/pkg/kustomize). */
function filesBelow(directory: string, files: ReadonlyMap<string, Uint8Array>): string[] {
  const prefix = directory === '' ? '' : `${directory}/`;
  const below = [...files.keys()].filter((file) => file.startsWith(prefix));
  const own = below.filter((file) => KUSTOMIZE_FILES.has(file.slice(file.lastIndexOf('/') + 1))).map(dirname);
  const loose = below.filter((file) => !own.some((path) => file.startsWith(`${path}/`)));
  return [...loose, ...own];
}

function joined(directory: string, path: string): string {
  return directory === '' ? path : `${directory}/${path}`;
}
