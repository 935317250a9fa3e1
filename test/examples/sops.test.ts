import { createDecipheriv, createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { basename, join } from 'node:path';

import { armor, Decrypter } from 'age-encryption';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

import { encryptDocument } from '../../scripts/homelab/sops.ts';

// These hold the ciphertext to the file format as it is documented. They do not show that sops itself opens it: there is
// no sops on the machines that run them.
const FIXTURES = join(import.meta.dirname, '../fixtures/homelab');
const REPOSITORY = join(import.meta.dirname, '../../examples/homelab/repository');
const FILES = [
  'clusters/main/clusterenv.yaml',
  'clusters/main/kubernetes/flux-system/flux/clustersettings.secret.yaml',
  'clusters/main/kubernetes/flux-system/flux/cluster-secrets.secret.yaml',
];
const keyFile = readFileSync(join(FIXTURES, 'throw-away.agekey'), 'utf8');
const identity = /^AGE-SECRET-KEY-1\w+$/m.exec(keyFile)?.[0] ?? '';
const recipient = /age1\w+/.exec(keyFile)?.[0] ?? '';

interface Encrypted {
  [key: string]: unknown;
  sops: { age: { recipient: string; enc: string }[]; lastmodified: string; mac: string };
}

describe.each(FILES)('%s', (path) => {
  const encrypted = parse(readFileSync(join(REPOSITORY, path), 'utf8')) as Encrypted;

  test('opens with the throw-away key, to the values it was made of', async () => {
    const plain: unknown = parse(readFileSync(join(FIXTURES, 'plain', basename(path)), 'utf8'));

    const { plainText } = await open(encrypted);

    expect(plainText).toEqual(plain);
  });

  test('carries the checksum of its plain values, bound to the time of the last change', async () => {
    const { key, leaves } = await open(encrypted);
    const { mac, lastmodified } = encrypted.sops;

    const checksum = unsealed(mac, key, lastmodified);

    expect(checksum).toBe(createHash('sha512').update(leaves.join('')).digest('hex').toUpperCase());
    expect(() => unsealed(mac, key, '2025-11-03T18:00:01Z')).toThrow(/unable to authenticate/);
  });

  test('is for the recipient that the rules of the repository name', () => {
    const rules = readFileSync(join(REPOSITORY, '.sops.yaml'), 'utf8');
    const recipients = encrypted.sops.age.map((each) => each.recipient);

    expect(new Set(rules.match(/age1\w+/g))).toEqual(new Set(recipients));
  });
});

test('a value cannot be moved to another key', async () => {
  const text = await encryptDocument(
    { data: { one: 'first', other: 'second' }, kind: 'ConfigMap' },
    { recipient, encryptedRegex: '^data$' },
    new Date(0),
  );
  const document = parse(text) as Encrypted;
  const { one } = document['data'] as { one: string };

  const moved = { ...document, data: { other: one } };

  expect((await open(document)).plainText).toEqual({
    data: { one: 'first', other: 'second' },
    kind: 'ConfigMap',
  });
  await expect(open(moved)).rejects.toThrow(/unable to authenticate/);
});

async function open({
  sops,
  ...rest
}: Encrypted): Promise<{ plainText: unknown; key: Uint8Array; leaves: string[] }> {
  const decrypter = new Decrypter();
  decrypter.addIdentity(identity);
  const key = await decrypter.decrypt(armor.decode(sops.age[0]?.enc ?? ''));
  const leaves: string[] = [];
  return { plainText: opened(rest, { key, leaves, path: '' }), key, leaves };
}

function opened(
  node: unknown,
  { key, leaves, path }: { key: Uint8Array; leaves: string[]; path: string },
): unknown {
  if (typeof node === 'object' && node !== null) {
    const entries = Object.entries(node).map(([name, value]) => [
      name,
      opened(value, { key, leaves, path: `${path}${name}:` }),
    ]);
    return Object.fromEntries(entries);
  }
  const text = String(node);
  const plain = text.startsWith('ENC[') ? unsealed(text, key, path) : text;
  leaves.push(plain);
  return plain;
}

function unsealed(text: string, key: Uint8Array, additional: string): string {
  const {
    data = '',
    iv = '',
    tag = '',
  } = /^ENC\[AES256_GCM,data:(?<data>.*),iv:(?<iv>.*),tag:(?<tag>.*),type:str\]$/.exec(text)?.groups ?? {};
  expect(bytes(iv)).toHaveLength(32);
  const decipher = createDecipheriv('aes-256-gcm', key, bytes(iv));
  decipher.setAAD(Buffer.from(additional)).setAuthTag(bytes(tag));
  return Buffer.concat([decipher.update(bytes(data)), decipher.final()]).toString('utf8');
}

function bytes(part: string): Buffer {
  return Buffer.from(part, 'base64');
}
