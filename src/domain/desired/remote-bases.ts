import { type Document, isMap, isScalar, isSeq, parseDocument } from 'yaml';

import { KUSTOMIZE_FILES } from '../locate/kustomize-file.ts';
import type { Artifact } from './engine.ts';
import { dirname, normalPath } from './place.ts';

/** What kustomize would download: another repository or a file of a web server (kustomize, api/internal/git/repospec.go). */
const REMOTE = /^(?:\w+::|[a-z+]+:\/\/|git@|gh:|github\.com[/:])|\.git(?:$|[/?])|\?ref=/i;

/** Something that stands for a file that is never fetched; it is made twice, so that what comes of it differs. */
const PLACEHOLDER = '.never-fetched';

/**
 * The artifact without what its kustomizations would download: resources that come from elsewhere are left out, files of
 * generators have other content in `veiled`. Undefined where nothing is downloaded.
 */
export async function localArtifact(
  artifact: Artifact,
  veiled: Artifact = artifact,
): Promise<{ artifact: Artifact; veiled: Artifact } | undefined> {
  const files = await artifact.files();
  const changed = new Map<string, Uint8Array>();
  for (const [path, content] of files) {
    const text = KUSTOMIZE_FILES.has(path.slice(path.lastIndexOf('/') + 1))
      ? new TextDecoder().decode(content)
      : '';
    const local = REMOTE_SOMEWHERE.test(text)
      ? withoutRemote(text, (name) => isThere(files, path, name))
      : undefined;
    if (local === undefined) continue;
    changed.set(path, Buffer.from(local));
    changed.set(joined(path, PLACEHOLDER), Buffer.from('\n'));
  }
  if (changed.size === 0) return undefined;
  return { artifact: over(artifact, changed, 'a'), veiled: over(veiled, changed, 'b') };
}

const REMOTE_SOMEWHERE = /:\/\/|git@|gh:|github\.com|\.git|\?ref=/i;

function over(artifact: Artifact, changed: ReadonlyMap<string, Uint8Array>, content: string): Artifact {
  return {
    id: `${artifact.id}-local-${content}`,
    files: async () => {
      const own = [...changed].map(([path, text]): [string, Uint8Array] => [
        path,
        path.endsWith(PLACEHOLDER) ? Buffer.from(content) : text,
      ]);
      return new Map([...(await artifact.files()), ...own]);
    },
  };
}

function isThere(files: ReadonlyMap<string, Uint8Array>, kustomization: string, name: string): boolean {
  const path = normalPath(joined(kustomization, name));
  return (
    path !== undefined && (files.has(path) || [...files.keys()].some((file) => file.startsWith(`${path}/`)))
  );
}

function joined(kustomization: string, name: string): string {
  return [dirname(kustomization), name].filter((part) => part !== '').join('/');
}

function withoutRemote(text: string, isLocal: (name: string) => boolean): string | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined;
  const isRemote = (entry: string): boolean => REMOTE.test(entry) && !isLocal(entry);
  const found = [dropRemote(document, isRemote), standIn(document, isRemote)];
  return found.includes(true) ? document.toString() : undefined;
}

function dropRemote(document: Document, isRemote: (entry: string) => boolean): boolean {
  let found = false;
  for (const key of ['resources', 'bases', 'components']) {
    const list = document.get(key);
    if (!isSeq(list)) continue;
    const kept = list.items.filter((item) => !(isScalar(item) && isRemote(String(item.value))));
    found ||= kept.length < list.items.length;
    list.items = kept;
  }
  return found;
}

/** `key=URL` or `URL` of a generator's `files` or `envs`. */
function standIn(document: Document, isRemote: (entry: string) => boolean): boolean {
  let found = false;
  const entries = ['configMapGenerator', 'secretGenerator'].flatMap((kind) => {
    const generators = document.get(kind);
    const maps = isSeq(generators) ? generators.items.filter((item) => isMap(item)) : [];
    return maps
      .flatMap((map) => ['files', 'envs'].map((key) => map.get(key)))
      .flatMap((list) => (isSeq(list) ? list.items : []));
  });
  for (const entry of entries) {
    if (!isScalar(entry)) continue;
    const [, key = '', url = ''] = /^([^=/:]+=)?(.*)$/s.exec(String(entry.value)) ?? [];
    if (!isRemote(url)) continue;
    entry.value = `${key || `${url.slice(url.lastIndexOf('/') + 1)}=`}${PLACEHOLDER}`;
    found = true;
  }
  return found;
}
