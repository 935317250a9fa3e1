import { type Manifest, scanManifests } from './manifests.ts';
import type { Blob, RepositoryReader } from './port.ts';

/** What a manifest must be like; every part that is given must fit. `name` and `image` are parts of the whole. */
export interface ManifestQuery {
  kind?: string;
  name?: string;
  namespace?: string;
  image?: string;
}

/** A manifest and its file. */
export interface FoundManifest extends Manifest {
  path: string;
}

/** What was found in the order of paths, and what could not be read, as `path:line: why`. */
export interface FoundManifests {
  found: FoundManifest[];
  unread: string[];
}

const MANIFEST = /\.(?:ya?ml|json)$/i;

/** Bytes above which a file is no manifest anybody wrote. */
const LARGEST = 1024 * 1024;

/** Looks through the YAML and JSON files under a path of a commit. */
export async function findManifests(
  repository: RepositoryReader,
  { commit, path, wanted }: { commit: string; path: string; wanted: ManifestQuery },
  signal: AbortSignal,
): Promise<FoundManifests> {
  const files = (await repository.list(commit, path, signal)).filter(
    (file) => MANIFEST.test(file.path) && file.size <= LARGEST && file.mode.startsWith('100'),
  );
  const read = await Promise.all(files.map((file) => readOrUndefined(repository, commit, file.path, signal)));
  const scans = read.flatMap((blob) => (blob ? [scanned(blob)] : []));
  return {
    found: scans.flatMap(({ found }) => found.filter((manifest) => fits(manifest, wanted))),
    unread: scans.flatMap(({ unread }) => unread),
  };
}

/** A file that may not be shown is passed over: it is counted where it was kept back. */
async function readOrUndefined(
  repository: RepositoryReader,
  commit: string,
  path: string,
  signal: AbortSignal,
): Promise<Blob | undefined> {
  try {
    return await repository.read(commit, path, signal);
  } catch {
    signal.throwIfAborted();
    return undefined;
  }
}

function scanned({ path, content }: Blob): FoundManifests {
  const { manifests, problems } = scanManifests(new TextDecoder().decode(content));
  return {
    found: manifests.map((manifest) => ({ ...manifest, path })),
    unread: problems.map(({ line, message }) => `${path}:${line}: ${message}`),
  };
}

function fits({ kind, name = '', namespace, images }: Manifest, wanted: ManifestQuery): boolean {
  return (
    (wanted.kind === undefined || kind.toLowerCase() === wanted.kind.toLowerCase()) &&
    name.includes(wanted.name ?? '') &&
    (wanted.namespace === undefined || namespace === wanted.namespace) &&
    (wanted.image === undefined || images.some((image) => image.includes(wanted.image ?? '')))
  );
}
