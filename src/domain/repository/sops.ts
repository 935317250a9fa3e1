import { maskValues } from './masked-text.ts';
import { parseYamlText } from './yaml-text.ts';

/**
 * What may be shown of a file: values of a file that SOPS encrypted and of Secret manifests become `[not shown]`;
 * structure, keys, comments and the number of lines stay. Where the YAML of such a file cannot be read, comments go too.
 */
export function maskedText(path: string, text: string): string {
  return maskValues(path, text, isSops(text));
}

/**
 * How a file is kept from readers: encrypted by SOPS or git-crypt, or a pointer to large-file storage; undefined for an
 * ordinary file. Judged by content: no name decides.
 */
export function encryptionOf(content: Uint8Array): string | undefined {
  if (startsWith(content, GIT_CRYPT)) return 'encrypted by git-crypt';
  const head = new TextDecoder().decode(content.subarray(0, 200));
  if (head.startsWith('version https://git-lfs.github.com/spec/')) return 'a pointer to Git LFS';
  return isSops(new TextDecoder().decode(content)) ? 'encrypted by SOPS' : undefined;
}

/** `\0GITCRYPT\0`, the first bytes of every file of git-crypt. */
const GIT_CRYPT = new Uint8Array([0, 0x47, 0x49, 0x54, 0x43, 0x52, 0x59, 0x50, 0x54, 0]);

/**
 * True for a text that SOPS encrypted: its metadata has a MAC, in YAML, JSON, dotenv or INI form (getsops/sops,
 * stores/). A `sops` key without one does not count: such a file was never encrypted, or was tampered with.
 */
export function isSops(text: string): boolean {
  if (!/sops/.test(text) || !/mac/.test(text)) return false;
  if (/^sops_mac=(?:ENC\[|\S)/m.test(text)) return true;
  if (/^\[sops\]\s*$/m.test(text) && /^mac\s*=\s*ENC\[/m.test(text)) return true;
  return hasYamlMac(text);
}

function hasYamlMac(text: string): boolean {
  if (!/["']?mac["']?\s*:\s*["']?ENC\[/.test(text) && !/["']?sops["']?\s*:/.test(text)) return false;
  const { documents, problems } = parseYamlText(text);
  if (problems.length > 0)
    return /^["']?sops["']?:/m.test(text) && /^[ \t]+["']?mac["']?:\s*["']?ENC\[/m.test(text);
  return documents.some((document) => {
    const mac: unknown = document.hasIn(['sops', 'mac']) ? document.getIn(['sops', 'mac']) : undefined;
    return typeof mac === 'string' && mac !== '';
  });
}

function startsWith(content: Uint8Array, prefix: Uint8Array): boolean {
  return prefix.every((byte, index) => content[index] === byte);
}
