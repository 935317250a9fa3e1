import { isMap, isScalar, isSeq } from 'yaml';

import { isSops } from '../repository/sops.ts';
import { parseYamlText } from '../repository/yaml-text.ts';

/** A value in a Secret manifest that is written out; `line` counts from 1. */
export interface PlainSecret {
  key: string;
  line: number;
}

/**
 * The first plain value of a Secret manifest in a text, in any document and depth. Values made of `${VAR}` and harmless
 * literals around it are none, nor are those that SOPS encrypted. A Secret that cannot be parsed counts as plain.
 */
export function plainSecretIn(path: string, text: string): PlainSecret | undefined {
  if (!/\.(?:ya?ml|json)$/i.test(path) || !/Secret\b|stringData/.test(text) || isSops(text)) return undefined;
  const { documents, problems, lineOf } = parseYamlText(text);
  if (problems.length > 0) {
    const at = text.search(/^[ \t-]*["']?kind["']?\s*:\s*["']?Secret\b/m);
    return at === -1 ? undefined : { key: 'kind', line: text.slice(0, at).split('\n').length };
  }
  const found = documents.map(({ contents }) => plainIn(contents)).find((value) => value !== undefined);
  return found && { key: found.key, line: lineOf(found.offset) };
}

interface PlainValue {
  key: string;
  offset: number;
}

function plainIn(node: unknown): PlainValue | undefined {
  if (isSeq(node)) return firstOf(node.items, plainIn);
  if (isScalar(node)) return embedded(node.value, node.range?.[0] ?? 0);
  if (!isMap(node)) return undefined;
  const isSecret = node.items.some(
    ({ key, value }) => nameOf(key) === 'kind' && isScalar(value) && value.value === 'Secret',
  );
  return firstOf(node.items, ({ key, value }) => {
    const name = nameOf(key);
    const isData = name === 'stringData' || (isSecret && name === 'data');
    return isData && isMap(value) ? plainData(value.items, name === 'data') : plainIn(value);
  });
}

function plainData(
  pairs: readonly { key: unknown; value: unknown }[],
  isEncoded: boolean,
): PlainValue | undefined {
  return firstOf(pairs, ({ key, value }) => {
    if (!isScalar(value) || value.value === null) return undefined;
    const text = value.source ?? '';
    const plain = isEncoded && !/^\$\{\w+\}$/.test(text.trim()) ? decoded(text) : text;
    return isHarmless(nameOf(key), plain) ? undefined : { key: nameOf(key), offset: value.range?.[0] ?? 0 };
  });
}

/** A Secret in the text of a patch. */
function embedded(value: unknown, offset: number): PlainValue | undefined {
  if (typeof value !== 'string' || !/^kind:\s*["']?Secret\b/m.test(value)) return undefined;
  const { documents, problems } = parseYamlText(value);
  const found =
    problems.length > 0 ? { key: 'kind' } : firstOf(documents, ({ contents }) => plainIn(contents));
  return found && { key: found.key, offset };
}

/** Names whose value is a secret whatever it looks like. */
const SECRET_NAME = /pass|pwd|secret|token|key|cred|auth|cookie|dsn|private|salt|seed/i;

/** True for a value that gives nothing away: empty, encrypted, a reference to a vault, variables with text by rule around them, or such text alone. */
function isHarmless(key: string, value: string): boolean {
  if (value.trim() === '' || /^\s*(?:ENC\[|op:\/\/|ref\+)/.test(value)) return true;
  const literals = value.split(VARIABLE);
  const isOnlyText = literals.length === 1;
  if (isOnlyText && SECRET_NAME.test(key)) return /^(?:true|false|none|null)$/i.test(value.trim());
  if (isOnlyText && !ORDERLY.some((pattern) => pattern.test(value.trim()))) return false;
  return literals.every((literal) => literal.split(/[\s"',;=@]+/).every(isByRule)) && !holdsLogin(value);
}

/** `${VAR}`, with a default that is a variable or empty at most. */
const VARIABLE = /\$\{[A-Za-z_]\w*(?::?[-=])?\}/;

/** Numbers, switches, addresses, paths, and words: what configuration is made of. */
const ORDERLY: readonly RegExp[] = [
  /^(?:true|false|yes|no|none|null)$/i,
  /^\d{1,6}$/,
  /^[a-z][a-z0-9+.-]*:\/\/[^\s@]+$/i,
  /^\/[\w./-]*$/,
  /^[a-z][a-z]*(?:[-._/][a-z0-9]{1,20})*(?::\d{1,5})?$/,
];

/** A piece of text that is a word, a number, an address, but not drawn by chance. */
function isByRule(piece: string): boolean {
  if (piece.length < 8) return true;
  return piece
    .split(/[:/.\-_?&#()[\]{}|]+/)
    .every((word) => word.length < 8 || /^(?:[A-Za-z]?[a-z]{1,24}|[A-Z]{1,24}|\d{1,12})$/.test(word));
}

/** `user:password@` with a written-out password. */
function holdsLogin(value: string): boolean {
  const password = /:\/\/[^\s/:@]*:([^\s/@]+)@/.exec(value)?.[1];
  return password !== undefined && !/^\$\{\w+\}$/.test(password);
}

function decoded(base64: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(
      Uint8Array.from(atob(base64.trim()), (byte) => byte.charCodeAt(0)),
    );
  } catch {
    return base64;
  }
}

function nameOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : '';
}

function firstOf<T>(items: readonly T[], find: (item: T) => PlainValue | undefined): PlainValue | undefined {
  for (const item of items) {
    const found = find(item);
    if (found) return found;
  }
  return undefined;
}
