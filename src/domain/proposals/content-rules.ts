import { keyMaterialIn } from '../repository/key-material.ts';
import { coveredLeaf } from '../repository/sops-rules.ts';
import { encryptionOf } from '../repository/sops.ts';
import { addedLines } from './added-lines.ts';
import { unseenCharacter } from './characters.ts';
import { ownPart } from './own-parts.ts';
import type { ChangedFile, Refusal, RefusalRules } from './refusal.ts';
import { plainSecretIn } from './secret-manifest.ts';

/** A reason to refuse a file by what it holds, before or after the change. */
type ContentRule = (file: ChangedFile, rules: RefusalRules) => Omit<Refusal, 'path'> | undefined;

const LONGEST_LINE = 2_000;
const WIDEST_GAP = 120;

/** In this order; the first that refuses is told. */
export const CONTENT_RULES: readonly ContentRule[] = [
  ({ before }) => {
    if (before === undefined || before.mode === '100644') return undefined;
    return { what: `not an ordinary file (mode ${before.mode})`, wayOut: BY_HAND };
  },
  ({ before, content }) => {
    const encryption = first([before?.content, content], encryptionOf);
    return encryption === undefined
      ? undefined
      : { what: encryption, wayOut: 'A person with the key changes it.' };
  },
  ({ path, before, content }) => {
    const key = first([before?.content, content], (bytes) => keyMaterialIn(path, bytes));
    return key === undefined ? undefined : { what: `holds key material (${key})`, wayOut: NO_SECRETS };
  },
  ({ before, content }) => {
    const isBinary = first([before?.content, content], (bytes) =>
      textFrom(bytes) === undefined ? true : undefined,
    );
    return isBinary && { what: 'no text: binary, or not UTF-8', wayOut: BY_HAND };
  },
  ({ path, before, content }) => {
    // What is deleted is shown in the diff.
    const secret = content === null && before && plainSecretIn(path, textFrom(before.content) ?? '');
    return secret
      ? { what: `line ${secret.line}: a Secret with a plain value (${secret.key})`, wayOut: ROTATE }
      : undefined;
  },
  ({ path, content }) => {
    const secret = content && plainSecretIn(path, textFrom(content) ?? '');
    return secret
      ? { what: `line ${secret.line}: a Secret with a plain value (${secret.key})`, wayOut: NO_SECRETS }
      : undefined;
  },
  ({ path, content, before, sops }) => {
    const text = content && textFrom(content);
    const [nearest] = sops;
    if (!text || !nearest) return undefined;
    const old = before && textFrom(before.content);
    const leaf = coveredLeaf(nearest.text, path.slice(nearest.directory.length), text, old);
    if (!leaf) return undefined;
    return {
      what: `line ${leaf.line}: ${nearest.directory}.sops.yaml wants ${leaf.key} encrypted, and it is plain`,
      wayOut: 'A person encrypts it with sops before it is committed.',
    };
  },
  (file) => {
    const part = ownPart(file.path, beforeText(file), afterText(file));
    return part === undefined
      ? undefined
      : { what: `changes ${part}`, wayOut: 'daytwo does not change its own powers: a person does.' };
  },
  (file) => {
    for (const { line, text } of addedLines(beforeText(file), afterText(file))) {
      const what = unseenIn(text, file.path);
      if (what !== undefined)
        return { what: `line ${line} ${what}`, wayOut: 'Write it so that a reviewer sees all of it.' };
    }
    return undefined;
  },
  (file, { hasSecret }) => {
    const added = addedLines(beforeText(file), afterText(file));
    const line = added.find(({ text }) => hasSecret(text) !== undefined);
    const rule = hasSecret(line?.text ?? added.map(({ text }) => text).join('\n'));
    if (rule === undefined) return undefined;
    return {
      what: `line ${(line ?? added[0])?.line ?? 1} looks like a secret (${rule})`,
      wayOut: NO_SECRETS,
    };
  },
];

const BY_HAND = 'A person changes it by hand, if it must change.';
const ROTATE = 'A person deletes it, and rotates the value: it stays in the history.';
const NO_SECRETS =
  'Refer to a secret by name (secretRef, existingSecret, ${VAR}), and have a person encrypt its value with SOPS.';

/** Why a reviewer might not see a line or what is in it. */
function unseenIn(text: string, path: string): string | undefined {
  const character = unseenCharacter(text);
  if (character !== undefined) return `holds ${character}, which is not shown`;
  if (text.length > LONGEST_LINE) return `has ${text.length} characters`;
  if (new RegExp(String.raw`\S\s{${WIDEST_GAP},}\S|^\s{${WIDEST_GAP * 2},}\S`).test(text))
    return 'hides text behind white space';
  if (/\.md$/i.test(path) && /<!--|^\s*\[[^\]]*\]:\s*(?:#|<>)/.test(text))
    return 'is a comment that a rendered page does not show';
  return undefined;
}

function beforeText({ before }: ChangedFile): string {
  return before ? (textFrom(before.content) ?? '') : '';
}

function afterText({ content }: ChangedFile): string {
  return content ? (textFrom(content) ?? '') : '';
}

function textFrom(content: Uint8Array): string | undefined {
  if (content.includes(0)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(content);
  } catch {
    return undefined;
  }
}

function first<R>(
  contents: readonly (Uint8Array | null | undefined)[],
  find: (content: Uint8Array) => R | undefined,
): R | undefined {
  for (const content of contents) {
    const found = content ? find(content) : undefined;
    if (found !== undefined) return found;
  }
  return undefined;
}
