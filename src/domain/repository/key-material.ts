/** Names of files that are keys or hold them, whatever stands in them: globs without regard to case, and what they hold. */
const KEY_PATHS: readonly (readonly [what: string, globs: readonly string[]])[] = [
  ['an age key', ['**/*.agekey', '**/age.key', '**/keys.txt', '**/age-key*']],
  [
    'a private key',
    ['**/*.pem', '**/*.key', '**/*.p12', '**/*.pfx', '**/*.jks', '**/*.keystore', '**/*.ppk'],
  ],
  [
    'an SSH key',
    ['**/id_rsa*', '**/id_dsa*', '**/id_ecdsa*', '**/id_ed25519*', '**/*deploykey', '**/*deploy-key'],
  ],
  ['a kubeconfig', ['**/kubeconfig*', '**/*.kubeconfig', '**/.kube/config', '**/*-kubeconfig.y*ml']],
  ['Talos credentials', ['**/talosconfig*', '**/*.talosconfig', '**/.talos/config', '**/talsecret*']],
  ['Talos machine configuration', ['**/talos/generated/**', '**/clusterconfig/**']],
  ['environment secrets', ['**/.env', '**/.env.*', '**/*.env', '**/.envrc']],
  [
    'login data',
    ['**/.netrc', '**/.git-credentials', '**/.npmrc', '**/.pypirc', '**/.pgpass', '**/.vault-token'],
  ],
  [
    'login data',
    ['**/.docker/config.json', '**/.dockerconfigjson', '**/.aws/credentials', '**/htpasswd', '**/.htpasswd'],
  ],
  [
    'a service account key',
    ['**/service-account*.json', '**/service_account*.json', '**/client_secret*.json'],
  ],
  ['a key store', ['**/*.kdbx', '**/*.gpg', '**/*.ovpn', '**/wg[0-9].conf', '**/wg-*.conf', '**/*.tfstate*']],
];

/** Public halves and forms to fill in are no keys. */
const HARMLESS = anyOf([
  '**/*.pub',
  '**/.env.example',
  '**/.env.sample',
  '**/.env.template',
  '**/*.example.env',
]);

const NAMES = KEY_PATHS.map(([what, globs]) => ({ what, pattern: anyOf(globs) }));

/** What stands in a file that holds a key; each pattern is linear. */
const KEY_CONTENT: readonly (readonly [what: string, pattern: RegExp])[] = [
  ['an age key', /AGE-SECRET-KEY-(?:PQ-)?1[0-9A-Z]{20}/i],
  [
    'a private key',
    /-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----(?:\\n|\s|[A-Za-z-]{1,20}: ?[^\n]{0,100}\n){0,80}[A-Za-z0-9+/=]{16}/,
  ],
  ['a private key', /^PuTTY-User-Key-File-\d:/m],
  ['a kubeconfig', /\bclient-key-data["']?:\s*["']?[A-Za-z0-9+/=]{16}/],
  ['a service account key', /"private_key"\s*:\s*"-----BEGIN/],
  ['a WireGuard key', /^[ \t]*PrivateKey\s*=\s*[A-Za-z0-9+/]{42,43}=/im],
];

const CREDENTIAL = /^[ \t]*["']?(?:token|password|client-key|auth-provider)["']?\s*:\s*\S/m;

/** Documents of credentials, known by several keys together. */
const KEY_DOCUMENTS: readonly (readonly [what: string, patterns: readonly RegExp[]])[] = [
  [
    'a kubeconfig',
    [/^[ \t]*["']?kind["']?\s*:\s*["']?Config\b/m, /^[ \t]*-?\s*["']?users["']?\s*:/m, CREDENTIAL],
  ],
  ['Talos credentials', [/^[ \t]*contexts:/m, /^[ \t]+ca:\s*\S/m, /^[ \t]+key:\s*[A-Za-z0-9+/=]{40}/m]],
  [
    'Talos secrets',
    [/^[ \t]*(?:secrets|trustdinfo|certs):/m, /^[ \t]*(?:bootstraptoken|secretboxencryptionsecret):\s*\S/im],
  ],
  [
    'Talos machine configuration',
    [
      /^machine:/m,
      /^[ \t]+(?:token|secret):[ \t]*["']?[A-Za-z0-9+/=.]{16,}["']?[ \t]*$/m,
      /^[ \t]+(?:ca|type):/m,
    ],
  ],
  ['a registry login', [/"auths"\s*:/, /"auth"\s*:\s*"[A-Za-z0-9+/]{12}/]],
];

/** True for a path whose name says that it is a key or holds one. */
export function isKeyPath(path: string): boolean {
  return keyPath(path) !== undefined;
}

/** True for a file that is a key or holds one: never shown, whatever a policy says. */
export function isKeyMaterial(path: string, content: Uint8Array): boolean {
  return keyMaterialIn(path, content) !== undefined;
}

/** What key a file is or holds, by its path or its content; undefined when none is recognised. */
export function keyMaterialIn(path: string, content: Uint8Array): string | undefined {
  return keyPath(path) ?? keyContent(new TextDecoder().decode(content));
}

function keyPath(path: string): string | undefined {
  const folded = path.toLowerCase();
  if (HARMLESS.test(folded)) return undefined;
  return NAMES.find(({ pattern }) => pattern.test(folded))?.what;
}

function keyContent(text: string): string | undefined {
  const plain = text.replaceAll(/ENC\[[^\]\n]{0,4000}\]/g, '');
  return (
    KEY_CONTENT.find(([, pattern]) => pattern.test(plain))?.[0] ??
    encodedKey(plain) ??
    KEY_DOCUMENTS.find(([, patterns]) => patterns.every((pattern) => pattern.test(plain)))?.[0]
  );
}

const ENCODED_PEM = 'LS0tLS1CRUdJTi';

/** A PEM key in base64, as kubeconfigs, talosconfigs and Secrets hold them; certificates begin alike. */
function encodedKey(text: string): string | undefined {
  for (let at = text.indexOf(ENCODED_PEM); at !== -1; at = text.indexOf(ENCODED_PEM, at + 1)) {
    if (/^-----BEGIN [A-Z0-9 ]*PRIVATE KEY/.test(atob64(text.slice(at, at + 64)))) return 'a private key';
  }
  return undefined;
}

function atob64(base64: string): string {
  const clean = /^[A-Za-z0-9+/]*/.exec(base64)?.[0] ?? '';
  return atob(clean.slice(0, clean.length - (clean.length % 4)));
}

/** Globs as one pattern: `**` for any segments, `*` within one. */
function anyOf(globs: readonly string[]): RegExp {
  const parts = globs.map((glob) =>
    glob
      .replace(/^\*\*\//, '')
      .replaceAll('.', String.raw`\.`)
      .replaceAll('/**', '/.+')
      .replaceAll('*', '[^/]*'),
  );
  return new RegExp(`(?:^|/)(?:${parts.join('|')})$`);
}
