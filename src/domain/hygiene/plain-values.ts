import { isMap, isScalar, isSeq } from 'yaml';

import { parseYamlText } from '../repository/yaml-text.ts';
import { givesAway, isWrittenOut } from './literal.ts';
import { lineAt } from '../text.ts';

/** A value that is written out, by its key; `line` counts from 1. */
export interface PlainValue {
  key: string;
  line: number;
}

const SECRET_TEXT =
  /^[ \t-]*["']?kind["']?\s*:\s*["']?Secret\b|["']kind["']\s*:\s*["']Secret["']|\bkind:\s*Secret\b/m;

/** Values of Secret manifests that are written out: in any document, list, patch or text within another manifest. */
export function plainSecretValues(path: string, text: string): PlainValue[] {
  if (!/\.(?:ya?ml|json)(?:\.\w+)?$/i.test(path) || !SECRET_TEXT.test(text)) return [];
  const { documents, problems, lineOf } = parseYamlText(text);
  if (problems.length > 0) return /\{\{/.test(text) ? [] : unparsed(text);
  return documents
    .flatMap(({ contents }) => inNode(contents))
    .map(({ key, offset }) => ({ key, line: lineOf(offset) }));
}

/** What cannot be parsed is looked at by lines. */
function unparsed(text: string): PlainValue[] {
  const start = text.search(SECRET_TEXT);
  return linesOf(text)
    .filter(({ key, value, line }) => line > lineAt(text, start) && !SHOWN.has(key) && givesAway(key, value))
    .map(({ key, line }) => ({ key, line }))
    .slice(0, 1);
}

const SHOWN: ReadonlySet<string> = new Set(['kind', 'name', 'namespace', 'apiVersion', 'type']);

interface Placed {
  key: string;
  offset: number;
}

function inNode(node: unknown): Placed[] {
  if (isSeq(node)) return node.items.flatMap(inNode);
  if (isScalar(node)) return inText(node.value, node.range?.[0] ?? 0);
  if (!isMap(node)) return [];
  const kind = node.get('kind');
  return node.items.flatMap(({ key, value }) => {
    const name = isScalar(key) ? String(key.value) : '';
    const isData = kind === 'Secret' && (name === 'data' || name === 'stringData');
    return isData && isMap(value) ? plainIn(value.items, name === 'data') : inNode(value);
  });
}

function inText(value: unknown, offset: number): Placed[] {
  if (typeof value !== 'string' || !SECRET_TEXT.test(value)) return [];
  const { documents, problems } = parseYamlText(value);
  return problems.length > 0
    ? []
    : documents.flatMap(({ contents }) => inNode(contents)).map(({ key }) => ({ key, offset }));
}

function plainIn(pairs: readonly { key: unknown; value: unknown }[], isEncoded: boolean): Placed[] {
  return pairs.flatMap(({ key, value }) => {
    if (!isScalar(key) || !isScalar(value) || value.value === null) return [];
    const name = String(key.value);
    const text = typeof value.value === 'string' ? value.value : (value.source ?? '');
    return givesAway(name, isEncoded ? decoded(text) : text)
      ? [{ key: name, offset: value.range?.[0] ?? 0 }]
      : [];
  });
}

function decoded(base64: string): string {
  try {
    const bytes = Uint8Array.from(atob(base64.replaceAll(/\s/g, '')), (byte) => byte.charCodeAt(0));
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return base64;
  }
}

/** Manifests that map secrets by name and hold none. */
const MAPS_ONLY =
  /^kind:\s*["']?(?:(?:Cluster)?ExternalSecret|PushSecret|(?:Cluster)?SecretStore|(?:Bitnami)?SealedSecret|VaultStaticSecret|OnePasswordItem|InfisicalSecret|CustomResourceDefinition|PrometheusRule|GrafanaDashboard)\b/m;

/** Values under a key with the name of a secret, in any YAML: Helm values, ConfigMaps, environments, literals of generators, Talos configurations. */
export function writtenOutValues(path: string, text: string): PlainValue[] {
  if (!/\.(?:ya?ml|json|toml|ini|conf|cfg|tfvars|properties)(?:\.\w+)?$/i.test(path)) return [];
  let before = { key: '', value: '' };
  let isMapping = MAPS_ONLY.test(documentAt(text, 0));
  let offset = 0;
  return text.split('\n').flatMap((line, index): PlainValue[] => {
    if (/^---\s*$/.test(line)) isMapping = MAPS_ONLY.test(documentAt(text, offset + line.length));
    offset += line.length + 1;
    const found = keyValue(line);
    const key = found?.key === 'value' && before.key === 'name' ? before.value : (found?.key ?? '');
    if (found) before = found;
    return found && !isMapping && isWrittenOut(key, found.value) ? [{ key, line: index + 1 }] : [];
  });
}

function documentAt(text: string, start: number): string {
  const end = text.indexOf('\n---', start + 4);
  return text.slice(start, end === -1 ? undefined : end);
}

function linesOf(text: string): { key: string; value: string; line: number }[] {
  return text.split('\n').flatMap((line, index) => {
    const found = keyValue(line);
    return found ? [{ ...found, line: index + 1 }] : [];
  });
}

const KEY_VALUE =
  /^\s*(?:-\s+)*["']?(?<key>[\w.-]{1,80})["']?\s*(?::\s+|:(?=")|=\s*)(?:"(?<double>[^"]{1,400})"|'(?<single>[^']{1,400})'|(?<bare>[^\s"'{[&*|>#](?:\{[^}\s]{0,100}\}|[^\s,}#]){0,400}))/;

function keyValue(line: string): { key: string; value: string } | undefined {
  if (line.length > 2_000) return undefined;
  const { key, double, single, bare } = KEY_VALUE.exec(line)?.groups ?? {};
  return key === undefined ? undefined : { key, value: double ?? single ?? bare ?? '' };
}
