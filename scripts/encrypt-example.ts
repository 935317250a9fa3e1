/**
 * Encrypts the secrets of the example repository anew, to the throw-away key of the tests. Ciphertext is random, so that
 * every commit id of the example changes with it: run it when the plain values change, and not otherwise.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

import { parse } from 'yaml';
import { z } from 'zod';

import { encryptDocument } from './homelab/sops.ts';

const root = join(import.meta.dirname, '..');
const plain = join(root, 'test/fixtures/homelab/plain');
const repository = join(root, 'examples/homelab/repository');
const FILES = [
  'clusters/main/clusterenv.yaml',
  'clusters/main/kubernetes/flux-system/flux/clustersettings.secret.yaml',
  'clusters/main/kubernetes/flux-system/flux/cluster-secrets.secret.yaml',
];
const Rules = z.object({
  creation_rules: z.array(
    z.object({ path_regex: z.string(), age: z.string(), encrypted_regex: z.string().optional() }),
  ),
});

const { creation_rules: rules } = Rules.parse(parse(readFileSync(join(repository, '.sops.yaml'), 'utf8')));
for (const path of FILES) await encryptFile(path);

async function encryptFile(path: string): Promise<void> {
  const rule = rules.find(({ path_regex }) => new RegExp(path_regex).test(path));
  if (rule === undefined) throw new Error(`no creation rule covers ${path}`);
  const name = path.slice(path.lastIndexOf('/') + 1);
  const { age: recipient, encrypted_regex: encryptedRegex } = rule;
  const text = await encryptDocument(
    parse(readFileSync(join(plain, name), 'utf8')),
    { recipient, encryptedRegex },
    new Date('2025-11-03T18:00:00Z'),
  );
  mkdirSync(dirname(join(repository, path)), { recursive: true });
  writeFileSync(join(repository, path), text);
}
