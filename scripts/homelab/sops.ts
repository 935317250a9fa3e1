import { createCipheriv, createHash, randomBytes } from 'node:crypto';

import { armor, Encrypter } from 'age-encryption';
import { Document, isScalar } from 'yaml';

/** The rule of a `.sops.yaml` that a file falls under; without a pattern, every value is covered. */
export interface CreationRule {
  recipient: string;
  /** A leaf is covered when any key on its path matches. */
  encryptedRegex?: string;
}

type Plain = string | { [key: string]: Plain };

/**
 * A document as `sops encrypt` leaves it, for maps of strings without comments, which is all the example needs. Written from
 * the file format of getsops/sops (aes/cipher.go, sops.go), and never run against it.
 */
export async function encryptDocument(
  document: Record<string, Plain>,
  rule: CreationRule,
  now: Date,
): Promise<string> {
  const key = randomBytes(32);
  const leaves: string[] = [];
  const covered = encrypted(document, { key, isCovered: coverageOf(rule), leaves, path: [] });
  const lastmodified = now.toISOString().replace(/\.\d+Z$/, 'Z');
  const sum = createHash('sha512').update(leaves.join('')).digest('hex').toUpperCase();
  const { recipient, encryptedRegex } = rule;
  const scope =
    encryptedRegex === undefined
      ? { unencrypted_suffix: '_unencrypted' }
      : { encrypted_regex: encryptedRegex };
  const sops = {
    age: [{ recipient, enc: await wrapped(key, recipient) }],
    lastmodified,
    mac: sealed(sum, key, lastmodified),
    ...scope,
    version: '3.11.0',
  };
  const written = new Document({ ...covered, sops });
  const time = written.getIn(['sops', 'lastmodified'], true);
  // Unquoted, it is a time to the YAML 1.1 of sops.
  if (isScalar(time)) time.type = 'QUOTE_DOUBLE';
  return written.toString({ lineWidth: 0 });
}

interface Walk {
  key: Buffer;
  isCovered: (path: readonly string[]) => boolean;
  /** Plain values in the order of the document, for the checksum. */
  leaves: string[];
  path: readonly string[];
}

function encrypted(node: Record<string, Plain>, walk: Walk): Record<string, Plain> {
  const entries = Object.entries(node).map(([name, value]): [string, Plain] => {
    const path = [...walk.path, name];
    if (typeof value !== 'string') return [name, encrypted(value, { ...walk, path })];
    walk.leaves.push(value);
    return [name, walk.isCovered(path) ? sealed(value, walk.key, `${path.join(':')}:`) : value];
  });
  return Object.fromEntries(entries);
}

/** Go's inline `(?i)` holds to the end of its group, which JavaScript cannot say; here it holds for the whole pattern. */
function coverageOf({ encryptedRegex }: CreationRule): Walk['isCovered'] {
  if (encryptedRegex === undefined) return (path) => !path.some((name) => name.endsWith('_unencrypted'));
  const pattern = new RegExp(encryptedRegex.replaceAll('(?i)', ''), 'i');
  return (path) => path.some((name) => pattern.test(name));
}

function sealed(text: string, key: Buffer, additional: string): string {
  const iv = randomBytes(32);
  const cipher = createCipheriv('aes-256-gcm', key, iv).setAAD(Buffer.from(additional));
  const data = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
  const [text64, iv64, tag64] = [data, iv, cipher.getAuthTag()].map((bytes) => bytes.toString('base64'));
  return `ENC[AES256_GCM,data:${text64},iv:${iv64},tag:${tag64},type:str]`;
}

async function wrapped(key: Buffer, recipient: string): Promise<string> {
  const encrypter = new Encrypter();
  encrypter.addRecipient(recipient);
  return armor.encode(await encrypter.encrypt(key));
}
