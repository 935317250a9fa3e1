import { breathing } from '../breath.ts';
import { parseYamlText, valueOf } from '../repository/yaml-text.ts';
import { scanManifests } from '../repository/manifests.ts';
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
  /** Of the kinds in `WANTED`, in the order of files and lines. */
  all: readonly Document[];
  unread: readonly string[];
  /** Names of variables that any file uses. */
  names: ReadonlySet<string>;
  /** Those of them that are cut or changed where they are used, so that a value may stand there in part. */
  changed: ReadonlySet<string>;
  textOf: (file: string) => string | undefined;
}

const WANTED: ReadonlySet<string> = new Set([
  'Kustomization',
  'ConfigMap',
  'Secret',
  'GitRepository',
  'OCIRepository',
  'FluxInstance',
  'HelmRelease',
]);

const YAML = /\.(?:ya?ml|json)$/i;
const VARIABLE = /\$\{#?([A-Za-z_][A-Za-z0-9_]*)(.?)/g;

/** Reads all YAML of an artifact once. */
export async function readDocuments(files: ReadonlyMap<string, Uint8Array>): Promise<Documents> {
  const breathe = breathing();
  const texts = new Map<string, string>();
  const all: Document[] = [];
  const unread: string[] = [];
  const names = new Set<string>();
  const changed = new Set<string>();
  for (const [file, content] of files) {
    if (!YAML.test(file)) continue;
    await breathe();
    const text = new TextDecoder().decode(content);
    texts.set(file, text);
    noteVariables(text, names, changed);
    const { manifests, problems } = scanManifests(text);
    unread.push(...problems.map(({ line, message }) => `${file}:${line}: ${message}`));
    if (manifests.some(({ kind }) => WANTED.has(kind))) all.push(...documentsIn(file, text));
  }
  return { all, unread, names, changed, textOf: (file) => texts.get(file) };
}

function noteVariables(text: string, names: Set<string>, changed: Set<string>): void {
  if (!text.includes('${')) return;
  for (const [whole, name = '', next = ''] of text.matchAll(VARIABLE)) {
    names.add(name);
    if (whole.startsWith('${#') || !/^[}:=-]$/.test(next)) changed.add(name);
    else if (next === ':' && /^\$\{\w+:\d/.test(text.slice(text.indexOf(whole)))) changed.add(name);
  }
}

function documentsIn(file: string, text: string): Document[] {
  const { documents, problems, lineOf } = parseYamlText(text);
  if (problems.length > 0) return [];
  return documents.flatMap((document) => {
    const value = valueOf(document)?.value as Json | undefined;
    if (!isObject(value)) return [];
    const line = lineOf(document.contents?.range?.[0] ?? document.range[0]);
    const items = textAt(value, 'kind') === 'List' ? mapsAt(value, 'items') : [value];
    return items
      .filter((object) => WANTED.has(textAt(object, 'kind')))
      .map((object) => of(object, file, line));
  });
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

/** True for an object that SOPS encrypted, or a Secret that holds what it encrypted (kustomize-controller, decryptor). */
export function isEncrypted(object: JsonObject): boolean {
  if (textAt(mapAt(object, 'sops'), 'mac') !== '') return true;
  if (textAt(object, 'kind') !== 'Secret') return false;
  const values = [...Object.values(mapAt(object, 'data')), ...Object.values(mapAt(object, 'stringData'))];
  return values.some((value) => typeof value === 'string' && holdsSops(value));
}

function holdsSops(value: string): boolean {
  const text = /^[A-Za-z0-9+/=\s]+$/.test(value) ? Buffer.from(value, 'base64').toString('latin1') : value;
  return value.startsWith('ENC[') || /["']?sops["']?\s*:/.test(text) || /^sops_mac=/m.test(text);
}
