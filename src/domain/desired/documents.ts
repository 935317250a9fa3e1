import { breathing } from '../breath.ts';
import { documentLines } from '../repository/manifest-lines.ts';
import { type Manifest, scanManifests } from '../repository/manifests.ts';
import { parseYamlText, valueOf } from '../repository/yaml-text.ts';
import type { Json, JsonObject } from './engine.ts';
import { isObject, mapAt, mapsAt, textAt } from './manifest.ts';

/** A manifest as it is written, before any build. */
export interface Document {
  object: JsonObject;
  kind: string;
  name: string;
  namespace: string | undefined;
  file: string;
  line: number;
}

/** The manifests that decide how a repository is rendered, and files that no parser reads, as `path:line: why`. */
export interface Documents {
  /** Those that say where Flux begins, what it builds, and with which variables; in the order of files. */
  all: readonly Document[];
  unread: readonly string[];
  /** Names of variables that any file uses. */
  names: ReadonlySet<string>;
  /** Those of them that are cut or changed where they are used, so that a value may stand there in part. */
  changed: ReadonlySet<string>;
  textOf: (file: string) => string | undefined;
}

const FLUX = /^(?:kustomize|source)\.toolkit\.fluxcd\.io\//;

/** Which manifests are read whole; of the sources of variables only those that something names. */
const WANTED: Readonly<Record<string, (manifest: Manifest, sources: SourceNames) => boolean>> = {
  Kustomization: ({ apiVersion }) => FLUX.test(apiVersion),
  GitRepository: ({ apiVersion }) => FLUX.test(apiVersion),
  OCIRepository: ({ apiVersion }) => FLUX.test(apiVersion),
  FluxInstance: () => true,
  HelmRelease: ({ name }) => name === 'flux-instance',
  ConfigMap: isSource,
  Secret: isSource,
  List: () => true,
};

/** Names that follow `substituteFrom` somewhere; `isOpen` when one of them has a variable in it. */
interface SourceNames {
  names: ReadonlySet<string>;
  isOpen: boolean;
}

function isSource({ name = '' }: Manifest, { names, isOpen }: SourceNames): boolean {
  return isOpen || names.has(name) || name.includes('${');
}

const YAML = /\.(?:ya?ml|json)$/i;
const VARIABLE = /\$\{(#?)([A-Za-z_][A-Za-z0-9_]*)(.?.?)/gs;
/** What may follow a name without changing the value: the end, or a default. */
const UNCHANGED = /^(?:\}|=|-|:[-=+?])/;

/** Reads all YAML of an artifact once; others work in the pauses. */
export async function readDocuments(files: ReadonlyMap<string, Uint8Array>): Promise<Documents> {
  const breathe = breathing();
  const scans = new Map<string, readonly Manifest[]>();
  const unread: string[] = [];
  const [names, changed, sources] = [new Set<string>(), new Set<string>(), new Set<string>()];
  const textOf = (file: string): string | undefined => decoded(files.get(file));
  for (const [file, content] of files) {
    await breathe();
    // A generator may read any file.
    if (Buffer.from(content.buffer, content.byteOffset, content.length).includes('${'))
      noteVariables(decoded(content) ?? '', names, changed);
    const text = YAML.test(file) ? textOf(file) : undefined;
    if (text === undefined || (file.endsWith('json') && !text.includes('"apiVersion"'))) continue;
    noteSources(text, sources);
    const { manifests, problems } = scanManifests(text);
    scans.set(file, manifests);
    unread.push(...problems.map(({ line, message }) => `${file}:${line}: ${message}`));
  }
  const named = { names: sources, isOpen: [...sources].some((name) => name.includes('$')) };
  const all: Document[] = [];
  for (const [file, manifests] of scans) {
    if (!manifests.some((manifest) => WANTED[manifest.kind]?.(manifest, named))) continue;
    const { documents, refused } = documentsIn(file, textOf(file) ?? '');
    all.push(...documents);
    unread.push(...refused.filter((line) => !unread.includes(line)));
    await breathe();
  }
  return { all, unread, names, changed, textOf };
}

function decoded(content: Uint8Array | undefined): string | undefined {
  return content && new TextDecoder().decode(content);
}

function noteVariables(text: string, names: Set<string>, changed: Set<string>): void {
  for (const [, length, name = '', next = ''] of text.matchAll(VARIABLE)) {
    names.add(name);
    if (length === '#' || !UNCHANGED.test(next)) changed.add(name);
  }
}

function noteSources(text: string, names: Set<string>): void {
  if (!text.includes('substituteFrom')) return;
  for (const [, name = ''] of text.matchAll(/\bname["']?:\s*["']?([^\s"',}]+)/g)) names.add(name);
}

interface Read {
  documents: Document[];
  refused: string[];
}

/** Where a stream holds something that cannot be read, each of its documents is tried alone. */
function documentsIn(file: string, text: string): Read {
  const whole = readFrom(file, text, 1);
  const parts = whole.refused.length > 0 ? documentLines(text) : [];
  if (parts.length < 2) return whole;
  const read = parts.map((part) => readFrom(file, part.text, part.start));
  return {
    documents: read.flatMap(({ documents }) => documents),
    refused: read.flatMap(({ refused }) => refused),
  };
}

function readFrom(file: string, text: string, start: number): Read {
  const { documents, problems, lineOf } = parseYamlText(text);
  const refused = problems.map(({ line, message }) => `${file}:${line + start - 1}: ${message}`);
  if (refused.length > 0) return { documents: [], refused: refused.slice(0, 1) };
  const read = documents.flatMap((document) => {
    const value = valueOf(document)?.value as Json | undefined;
    if (!isObject(value)) return [];
    const line = lineOf(document.contents?.range?.[0] ?? document.range[0]) + start - 1;
    const items = textAt(value, 'kind') === 'List' ? mapsAt(value, 'items') : [value];
    return items.filter((object) => isKind(textAt(object, 'kind'))).map((object) => of(object, file, line));
  });
  return { documents: read, refused };
}

function isKind(kind: string): boolean {
  return kind !== 'List' && Object.hasOwn(WANTED, kind);
}

function of(object: JsonObject, file: string, line: number): Document {
  const metadata = mapAt(object, 'metadata');
  return {
    object,
    kind: textAt(object, 'kind'),
    name: textAt(metadata, 'name'),
    namespace: textAt(metadata, 'namespace') || undefined,
    file,
    line,
  };
}

/** True for a Flux Kustomization, not for one of kustomize itself. */
export function isFluxKustomization(object: JsonObject): boolean {
  return (
    textAt(object, 'kind') === 'Kustomization' &&
    textAt(object, 'apiVersion').startsWith('kustomize.toolkit.fluxcd.io/')
  );
}

/**
 * True for an object that SOPS encrypted, or a Secret that holds what it encrypted (kustomize-controller, decryptor). A build
 * may have dropped the metadata of SOPS, which is no field of its kind: then the values tell.
 */
export function isEncrypted(object: JsonObject): boolean {
  if (textAt(mapAt(object, 'sops'), 'mac') !== '' || JSON.stringify(object).includes(ENCRYPTED)) return true;
  if (textAt(object, 'kind') !== 'Secret') return false;
  const values = [...Object.values(mapAt(object, 'data')), ...Object.values(mapAt(object, 'stringData'))];
  return values.some((value) => typeof value === 'string' && holdsSops(value));
}

const ENCRYPTED = 'ENC[AES256_GCM,';

function holdsSops(value: string): boolean {
  const text = /^[A-Za-z0-9+/=\s]+$/.test(value) ? Buffer.from(value, 'base64').toString('latin1') : value;
  return text.includes(ENCRYPTED) || /["']?sops["']?\s*:/.test(text) || /^sops_mac=/m.test(text);
}
