import type { Place } from '../desired/desired.ts';
import { dirname, normalPath } from '../desired/place.ts';
import type { Instance } from './instances.ts';
import type { RepositoryMap } from './repository-map.ts';

/** What a path in a message of kustomize or of a YAML parser looks like. */
const PATH = /(?:[\w.@+-]*\/)*[\w.@+-]+(?:\.ya?ml|\/Kustomization)\b/g;

/**
 * The file that a failed build names, with its line where the message has one. A file that is not there is blamed on the
 * line that lists it.
 */
export function buildFailurePlace(message: string, by: Instance, map: RepositoryMap): Place | undefined {
  const named = [...message.matchAll(PATH)].map(([path]) => path).toReversed();
  const found = named.flatMap((path) => fileFor(path, by, map) ?? [])[0];
  if (found !== undefined) return { file: found, line: lineIn(message) };
  return named.flatMap((path) => entryFor(path, by, map) ?? [])[0] ?? listedDirectory(message, by, map);
}

function lineIn(message: string): number {
  return Number(/\bline (\d{1,6})\b/.exec(message)?.[1] ?? 1);
}

/** Messages name files from a temporary directory (`/tmp/kustomization-1/apps/x.yaml`), or relative to a kustomization. */
function fileFor(path: string, { path: directory }: Instance, { texts }: RepositoryMap): string | undefined {
  const parts = path.split('/').filter((part) => part !== '');
  for (let from = 0; from < parts.length; from += 1) {
    const file = parts.slice(from).join('/');
    const below = normalPath(`${directory}/${file}`);
    if (texts.has(file) && (from > 0 || parts.length > 1)) return file;
    if (below !== undefined && texts.has(below)) return below;
  }
  const last = parts.at(-1) ?? '';
  const same = [...texts.keys()].filter((file) => file.endsWith(`/${last}`) && isBelow(directory, file));
  return same.length === 1 ? same[0] : undefined;
}

function isBelow(directory: string, file: string): boolean {
  return directory === '' || file.startsWith(`${directory}/`);
}

/** The line of a kustomization that lists a file which is not there. */
function entryFor(path: string, { path: directory }: Instance, map: RepositoryMap): Place | undefined {
  const last = path.slice(path.lastIndexOf('/') + 1);
  const entries = [...map.kustomize.values()]
    .filter((file) => isBelow(directory, file.file))
    .flatMap(({ file, resources }) => resources.map((entry) => ({ file, ...entry })))
    .filter((entry) => entry.path === last || entry.path.endsWith(`/${last}`))
    .filter(({ file, path: listed }) => !map.texts.has(normalPath(`${dirname(file)}/${listed}`) ?? ''));
  const [only] = entries;
  return only && entries.length === 1 ? { file: only.file, line: only.line } : undefined;
}

/** A directory that is not there, listed as a resource: `… '/tmp/kustomization-1/apps/web' doesn't exist`. */
function listedDirectory(
  message: string,
  { path: directory }: Instance,
  map: RepositoryMap,
): Place | undefined {
  const entries = [...map.kustomize.values()]
    .filter((file) => isBelow(directory, file.file))
    .flatMap(({ file, resources }) => resources.map((entry) => ({ file, ...entry })))
    .filter(({ file, path }) => {
      const target = normalPath(`${dirname(file)}/${path}`) ?? '';
      return (
        !map.texts.has(target) && !map.kustomize.has(target) && message.includes(path.replace(/^\.\//, ''))
      );
    });
  const [only] = entries;
  return only && entries.length === 1 ? { file: only.file, line: only.line } : undefined;
}
