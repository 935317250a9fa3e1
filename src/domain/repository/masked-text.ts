import { type Node, type Scalar, isAlias, isMap, isPair, isScalar, isSeq } from 'yaml';

import { parseYamlText } from './yaml-text.ts';

/** What stands in the place of a value. */
const MASK = '[not shown]';

/** Keys of a Secret or an encrypted object that may be shown: what it is, and its name. */
const SHOWN_KEYS: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'type', 'immutable']);
const SHOWN_METADATA: ReadonlySet<string> = new Set(['name', 'namespace', 'labels', 'generateName']);
const SHOWN_SOPS: ReadonlySet<string> = new Set([
  'lastmodified',
  'version',
  'encrypted_regex',
  'unencrypted_regex',
]);

/** The text with the values of its Secret manifests masked, or all values of a file that is encrypted. */
export function maskValues(path: string, text: string, isEncrypted: boolean): string {
  if (!isEncrypted && !mayHoldSecret(text)) return text;
  if (!isYamlLike(path, text)) return isEncrypted ? maskedAssignments(text) : text;
  const stream = parseYamlText(text);
  if (stream.problems.length > 0) return maskedLines(text);
  const shown = spliced(
    text,
    stream.documents.flatMap(({ contents }) => masksIn(contents, isEncrypted, text)),
  );
  return isEncrypted ? shown.replaceAll(ENCRYPTED_COMMENT, `$1${MASK}`) : shown;
}

/** SOPS encrypts comments too, where it encrypts what they stand at. */
const ENCRYPTED_COMMENT = /(#[ \t]*)ENC\[[^\]\n]*\]/g;

interface Mask {
  start: number;
  end: number;
  text: string;
}

function mayHoldSecret(text: string): boolean {
  return /Secret\b|stringData|secretGenerator/.test(text);
}

function isYamlLike(path: string, text: string): boolean {
  if (/\.(?:ya?ml|json)(?:\.[a-z0-9]+)?$/i.test(path)) return true;
  return !/\.(?:env|ini|md|txt)$/i.test(path) && !/^(?:sops_mac=|\[sops\])/m.test(text);
}

/** Masks of a node, or of the Secrets anywhere in it. */
function masksIn(node: unknown, isSecret: boolean, text: string): Mask[] {
  if (isScalar(node)) return isSecret || embedsSecret(node.value) ? maskOf(node, text) : [];
  if (isSeq(node)) return node.items.flatMap((item) => masksIn(item, isSecret, text));
  if (!isMap(node)) return [];
  const isOwn = isSecret || isSecretObject(node.items);
  return node.items.flatMap((pair) => {
    const key = keyOf(pair);
    if (!isOwn) return masksIn(pair.value, HIDDEN_ANYWHERE.has(key), text);
    if (SHOWN_KEYS.has(key) && isScalar(pair.value)) return [];
    const shown = key === 'metadata' ? SHOWN_METADATA : key === 'sops' ? SHOWN_SOPS : undefined;
    return shown && isMap(pair.value)
      ? pair.value.items.flatMap((inner) => (shown.has(keyOf(inner)) ? [] : masksIn(inner.value, true, text)))
      : masksIn(pair.value, true, text);
  });
}

/** A Secret that holds something: a mere reference to one has a kind and a name. */
function isSecretObject(pairs: readonly unknown[]): boolean {
  const keys = pairs.map(keyOf);
  const isKind = pairs.some(
    (pair) => keyOf(pair) === 'kind' && isPair(pair) && valueText(pair.value) === 'Secret',
  );
  return isKind && keys.some((key) => ['data', 'stringData', 'Symbol(<<)'].includes(key));
}

/** Values that are secret under these keys in objects of any kind: patches of Secrets, and what kustomize makes one from. */
const HIDDEN_ANYWHERE: ReadonlySet<string> = new Set(['stringData', 'secretGenerator']);

/** A Secret in the text of a patch or of a chart's extra objects. */
function embedsSecret(value: unknown): boolean {
  return (
    typeof value === 'string' &&
    /^[ \t]*["']?kind["']?\s*:\s*["']?Secret\b/m.test(value) &&
    /data["']?\s*:/i.test(value)
  );
}

function keyOf(pair: unknown): string {
  return isPair(pair) && isScalar(pair.key) ? String(pair.key.value) : '';
}

function valueText(value: unknown): unknown {
  return isScalar(value) ? value.value : undefined;
}

function maskOf(node: Scalar & { range?: Node['range'] }, text: string): Mask[] {
  if (isAlias(node) || !node.range) return [];
  const [start, end] = node.range;
  if (start === end) return [];
  const source = text.slice(start, end);
  const [first = '', ...rest] = source.split('\n');
  const isBlock = node.type === 'BLOCK_LITERAL' || node.type === 'BLOCK_FOLDED';
  const head = isBlock ? first : quoteLike(source, MASK) + (first.endsWith('\r') ? '\r' : '');
  const lines = rest.map((line) => (isBlock ? maskedBlockLine(line) : line.endsWith('\r') ? '\r' : ''));
  return [{ start, end, text: [head, ...lines].join('\n') }];
}

/** Quotes stay, so that JSON stays JSON; a plain value gets some, for brackets would start a list. */
function quoteLike(source: string, mask: string): string {
  return source.startsWith("'") ? `'${mask}'` : `"${mask}"`;
}

function maskedBlockLine(line: string): string {
  return line.replace(/^([ \t]*)\S.*?(\r?)$/, `$1${MASK}$2`);
}

/** Line by line, for YAML that cannot be read: what stands after a key, every block, and every other line goes. */
function maskedLines(text: string): string {
  let block = -1;
  return eachLine(text, (line) => {
    const indent = line.search(/\S/);
    if (block >= 0 && indent > block) return `${line.slice(0, indent)}${MASK}`;
    block = -1;
    if (/^(?:---|\.\.\.)\s*$/.test(line)) return line;
    const key = /^\s*(?:- )?(?:"[\w./-]{1,80}"|[A-Za-z_][\w./-]{0,80})\s?:(?=\s|$)/.exec(line)?.[0];
    if (key === undefined) return MASK;
    const value = line.slice(key.length).trim();
    if (/^[|>][-+\d]*(?:\s|$)/.test(value)) block = indent;
    return value === '' || block >= 0 ? line : `${key} ${MASK}`;
  });
}

/** Line by line, for dotenv and INI: keys and sections stay. */
function maskedAssignments(text: string): string {
  return eachLine(text, (line) => {
    if (/^\[[\w.-]+\]\s*$/.test(line)) return line;
    const key = /^\s*[A-Za-z_][\w.-]{0,80}\s?=/.exec(line)?.[0];
    return key === undefined ? MASK : key + MASK;
  });
}

function eachLine(text: string, mask: (line: string) => string): string {
  return text
    .split('\n')
    .map((line) =>
      line.trim() === '' ? line : mask(line.replace(/\r$/, '')) + (line.endsWith('\r') ? '\r' : ''),
    )
    .join('\n');
}

function spliced(text: string, masks: readonly Mask[]): string {
  return masks
    .toSorted((a, b) => b.start - a.start)
    .reduce((result, { start, end, text: mask }) => result.slice(0, start) + mask + result.slice(end), text);
}
