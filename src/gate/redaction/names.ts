/**
 * How far the name of a key says that its value is secret. `password`: always; `secret`: where it is clearly a key, not a
 * word of a sentence; `weak`: only when the value looks drawn by chance; `header`: the rest of the line may belong to it.
 */
export type NameClass = 'password' | 'secret' | 'weak' | 'header';

/** What a name ends with, its separators and case aside; the first that fits decides. */
const ENDINGS: readonly (readonly [NameClass, readonly string[]])[] = [
  ['header', ['authorization', 'cookie']],
  ['password', ['password', 'passwords', 'passwd', 'passphrase', 'passcode', 'bindpw', 'rootpw', 'adminpw']],
  ['weak', ['secrets', 'tokens', 'credential', 'credentials', 'apikeys']],
  [
    'secret',
    ['token', 'secret', 'apikey', 'accesskey', 'secretkey', 'privatekey', 'encryptionkey', 'signingkey'],
  ],
  [
    'secret',
    ['masterkey', 'sharedkey', 'presharedkey', 'psk', 'authkey', 'accountkey', 'storagekey', 'licensekey'],
  ],
  ['secret', ['routingkey', 'integrationkey', 'sessionkey', 'hmackey', 'appkey', 'unsealkey', 'recoverykey']],
  [
    'secret',
    [
      'connectionstring',
      'dsn',
      'clientkeydata',
      'dockerconfigjson',
      'dockercfg',
      'htpasswd',
      'basicauth',
      'jwt',
      'bearer',
    ],
  ],
];

/** Last words that are too short to be looked for inside others: `DB_PASS`, but not `bypass`. */
const LAST_WORDS: ReadonlyMap<string, readonly [alone: NameClass, qualified: NameClass]> = new Map([
  ['pass', ['weak', 'password']],
  ['pwd', ['weak', 'password']],
  ['pw', ['weak', 'password']],
  ['auth', ['weak', 'weak']],
]);

/** Words after the telling one that leave the meaning as it is: `password_2`, `tokenValue`. */
const QUALIFIERS = new Set([
  'value',
  'data',
  'base64',
  'b64',
  'plain',
  'plaintext',
  'text',
  'raw',
  'hash',
  'base',
]);

/** Names of Secrets and cursors of pages end like secrets, and hashes of files name what they hash. */
const REFERENCES =
  /(?:existing|pull|tls|cert|certificate|ca)secret$|(?:next|page|continue|continuation|progress)token$/;
const HASHES = /checksum|digest|fingerprint/;

const WORTH_A_LOOK = /pass|pwd?|secret|token|key|cred|auth|cookie|dsn|bearer|jwt|psk|connection|docker/i;

/** Names in a URL's query that carry a credential, beside those that do so everywhere. */
const QUERY_NAMES =
  /^(?:key|sig|signature|code|auth|x-amz-(?:signature|credential|security-token)|x-goog-signature)$/i;

/** The class of a key's name, such as `DB_PASSWORD`, `spec.auth.apiKey` or `client-secret`; undefined when it says nothing. */
export function nameClass(name: string): NameClass | undefined {
  if (!WORTH_A_LOOK.test(name)) return undefined;
  if (name === 'secretKey' || name.endsWith('.secretKey')) return 'weak';
  const words = wordsOf(name);
  while (words.length > 1 && isQualifier(words.at(-1) ?? '') && endingClass(words) === undefined) words.pop();
  return endingClass(words);
}

/** The same for a name in the query of a URL. */
export function queryNameClass(name: string): NameClass | undefined {
  return QUERY_NAMES.test(name) ? 'secret' : nameClass(name);
}

function endingClass(words: readonly string[]): NameClass | undefined {
  const joined = words.join('');
  if (REFERENCES.test(joined) || HASHES.test(joined)) return undefined;
  const short = LAST_WORDS.get(words.at(-1) ?? '');
  if (short) return words.length === 1 ? short[0] : short[1];
  return ENDINGS.find(([, endings]) => endings.some((ending) => joined.endsWith(ending)))?.[0];
}

function isQualifier(word: string): boolean {
  return QUALIFIERS.has(word) || /^\d+$/.test(word);
}

function wordsOf(name: string): string[] {
  const spaced = name.replaceAll(/([a-z0-9])(?=[A-Z])/g, '$1 ').replaceAll(/([A-Za-z])(?=\d+$)/g, '$1 ');
  return spaced
    .toLowerCase()
    .split(/[^a-z0-9]+/)
    .filter((word) => word !== '');
}
