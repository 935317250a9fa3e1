import { describe, expect, test } from 'vitest';

import { createRedactor } from '../../src/gate/redaction/redact.ts';
import { INNOCENT, PLANTED, base64, made } from './secrets.ts';

const redact = (text: string): string => createRedactor().text(text);
const redactValue = (value: unknown): unknown => createRedactor().value(value);

describe('planted secrets', () => {
  test('there are many of them', () => {
    expect(PLANTED.length).toBeGreaterThanOrEqual(60);
    expect(new Set(PLANTED.map(({ name }) => name)).size).toBe(PLANTED.length);
  });

  test.each(PLANTED)('$name is masked by $rule', ({ text, secrets, rule }) => {
    const redactor = createRedactor();

    const masked = redactor.text(text);

    for (const secret of secrets) expect(masked).not.toContain(secret);
    expect(Object.keys(redactor.counts())).toContain(rule);
    expect(masked).toContain(`[redacted:${rule}]`);
  });

  test.each(PLANTED)('$name leaves its surroundings alone', ({ text, secrets }) => {
    const [words] = text.split(secrets[0] ?? '');
    const lead = /^[A-Za-z ]{0,8}/.exec(words ?? '')?.[0] ?? '';

    expect(redact(`all is well\n\n${text}\n\nall is well`)).toMatch(/^all is well\n\n/);
    expect(redact(text).startsWith(lead)).toBe(true);
  });
});

describe('innocent text', () => {
  test('there is much of it', () => {
    expect(INNOCENT.length).toBeGreaterThanOrEqual(40);
  });

  test.each(INNOCENT)('%s', (text) => {
    expect(redact(text)).toBe(text);
  });
});

describe('a second pass', () => {
  test.each([...PLANTED.map(({ text }) => text), ...INNOCENT])('changes nothing in %j', (text) => {
    const once = redact(text);

    expect(redact(once)).toBe(once);
  });

  test('changes nothing in texts joined and cut at random', () => {
    const texts = [...PLANTED.map(({ text }) => text), ...INNOCENT];
    const joints = ['', ' ', '\n', ': ', '=', '"', ', ', '; ', '\\n', '&', '{', '\t', '--', '@', '://', '?'];
    const below = dice(20251125);

    for (let round = 0; round < 5000; round += 1) {
      const pieces = Array.from({ length: 1 + below(4) }, () => {
        const text = texts[below(texts.length)] ?? '';
        const start = below(2) * below(text.length);
        return (
          text.slice(start, text.length - below(2) * below(text.length - start)) +
          joints[below(joints.length)]
        );
      });
      const once = redact(pieces.join(''));

      expect(redact(once)).toBe(once);
    }
  });
});

describe('a disguise', () => {
  const token = `ghp_${made(36)}`;

  test.each(['\u200B', '\u00AD', '\u2060', '\uFE0F', '\u202E', '\u0008', '\u001B[0m', '[U+200B]'])(
    'of %j inside a token is seen through',
    (invisible) => {
      const disguised = `push with ${token.slice(0, 9)}${invisible}${token.slice(9)} failed`;

      expect(redact(disguised)).toBe('push with [redacted:github-token] failed');
    },
  );

  test('inside the name of a key is seen through', () => {
    expect(redact('pass\u200Bword: swordfish')).toBe('password: [redacted:key-name]');
  });

  test('does not hide a second secret that the first pass alone can find', () => {
    const masked = redact(`a\u200B${jwtLike()} ${token.slice(0, 9)}\u200B${token.slice(9)}`);

    expect(masked).toBe('a[redacted:jwt] [redacted:github-token]');
  });

  test.each([
    [
      'a hash in a path',
      '/api/v1/pods/%242a%2410%24'.concat(made(53)),
      '/api/v1/pods/[redacted:password-hash]',
    ],
    [
      'JSON in a query',
      'GET /q?x=%7B%22password%22%3A%22swordfish%22%7D 400',
      'GET /q?x={"password":"[redacted:key-name]"} 400',
    ],
    ['a token encoded twice', `at %2567hp_${made(36)}`, 'at [redacted:github-token]'],
  ])('of percent-escapes is seen through: %s', (_name, text, expected) => {
    expect(redact(text)).toBe(expected);
    expect(redact(expected)).toBe(expected);
  });

  test.each(['100% of 20%25 at /a%20b', 'GET /x?y=%E2%82 failed', '%zz%4'])(
    'of percent-escapes stays where it hides nothing: %s',
    (text) => {
      expect(redact(text)).toBe(text);
    },
  );

  test('stays where it hides nothing', () => {
    expect(redact('an invisible\u200B character')).toBe('an invisible\u200B character');
  });
});

describe('own credentials', () => {
  const own = 'k8s-own+credential/1';
  const redactor = createRedactor({ literals: () => [own, 'main', ''] });

  test.each([
    ['as they are', own],
    ['URL-encoded', encodeURIComponent(own)],
    ['in base64', base64(own)],
    ['in base64 behind a user', base64(`u:${own}`)],
    ['in base64 behind a longer user', base64(`us:${own}`)],
    ['in base64 behind a user of three letters', base64(`usr:${own}`)],
    ['in URL-safe base64', Buffer.from(own).toString('base64url')],
  ])('%s are masked', (_, form) => {
    const masked = redactor.text(`x ${form} y`);

    expect(masked).toMatch(/^x .{0,6}\[redacted:credential\].{0,4} y$/);
  });

  test('that appear later are masked from then on', () => {
    const literals: string[] = [];
    const late = createRedactor({ literals: () => literals });

    expect(late.text(`x ${own}`)).toBe(`x ${own}`);
    literals.push(own);
    expect(late.text(`x ${own}`)).toBe('x [redacted:credential]');
  });

  test('too short to be told from words are not', () => {
    expect(redactor.text('branch main')).toBe('branch main');
  });
});

describe('values', () => {
  test.each<[string, unknown, unknown]>([
    [
      'a secret-named key',
      { password: 'a b', token: 'x' },
      { password: '[redacted:key-name]', token: '[redacted:key-name]' },
    ],
    [
      'a list under such a key',
      { passwords: ['a', 'b'] },
      { passwords: ['[redacted:key-name]', '[redacted:key-name]'] },
    ],
    ['a numeric password', { adminPassword: 1234 }, { adminPassword: '[redacted:key-name]' }],
    [
      'an environment variable',
      { name: 'DB_PASS', value: 'x' },
      { name: 'DB_PASS', value: '[redacted:key-name]' },
    ],
    [
      'evidence',
      { path: 'spec.auth.apiKey', value: 'x' },
      { path: 'spec.auth.apiKey', value: '[redacted:key-name]' },
    ],
    [
      'a value after a flag',
      ['--password', 'x', '-v', 'y'],
      ['--password', '[redacted:key-name]', '-v', 'y'],
    ],
    [
      'a Secret',
      { kind: 'Secret', data: { a: 'eA==' } },
      { kind: 'Secret', data: { a: '[redacted:secret]' } },
    ],
    [
      'last-applied',
      { 'kubectl.kubernetes.io/last-applied-configuration': '{}' },
      { 'kubectl.kubernetes.io/last-applied-configuration': '[redacted:last-applied]' },
    ],
    [
      'a private key over several lines',
      ['a', '-----BEGIN PRIVATE KEY-----', made(64), '-----END PRIVATE KEY-----', 'b'],
      ['a', '[redacted:private-key]', '[redacted:private-key]', '[redacted:private-key]', 'b'],
    ],
    ['text deep inside', { a: [{ b: 'PASSWORD=x' }] }, { a: [{ b: 'PASSWORD=[redacted:key-name]' }] }],
    ['a key that is a secret', { [`ghp_${made(36)}`]: 1 }, { '[redacted:github-token]': 1 }],
  ])('%s is masked', (_, value, expected) => {
    expect(redactValue(value)).toEqual(expected);
  });

  test.each([
    { secretName: 'app-tls', existingSecret: 'db', secretRef: { name: 'x' }, passwordSecretRef: 'db' },
    { hidden: { Secret: 3, secrets: 2 }, tokens: 5, tokenExpirationSeconds: 3600 },
    { automountServiceAccountToken: true, password: null, token: '', auth: 'oauth' },
    { name: 'media', value: '5', list: [1, null, true, 'x'] },
    { password: '${DB_PASSWORD}', token: 'ENC[AES256_GCM,data:Zm9v,type:str]' },
    { kind: 'ConfigMap', data: { color: 'blue' } },
  ])('%j stays', (value) => {
    expect(redactValue(value)).toEqual(value);
  });

  test('a second pass changes nothing and the input is left alone', () => {
    const value = { env: [{ name: 'TOKEN', value: 'x' }], args: ['--token', 'y'], text: 'password: z' };
    const before = structuredClone(value);
    const once = redactValue(value);

    expect(redactValue(once)).toEqual(once);
    expect(value).toEqual(before);
  });

  test('counts are per rule, and taken when asked for', () => {
    const redactor = createRedactor();
    redactor.value({ password: 'a', list: ['token=b', `AKIA${made(16, 'Q7XK2ZR4LWTB6NVH')}`] });

    const first = redactor.counts();

    expect(first).toEqual({ 'key-name': 2, 'aws-key': 1 });
    expect(redactor.counts()).toEqual({});
  });
});

describe('a megabyte made to be slow', () => {
  const SIZE = 1_000_000;
  const UNITS = [
    'a',
    ' ',
    '=',
    '-',
    '"',
    '\\',
    '\n',
    '.',
    "'",
    ' \t',
    'x: ',
    'A1',
    ':=',
    '(',
    'a.b',

    'password=',
    'password: ',
    'pass=',
    'token: "',
    'token: \\"',
    "password:'",
    '\\"password\\":',
    '{password: ',

    'eyJ',
    '-eyJ',
    'eyJ.',
    'LS0tLS1CRUdJTi',
    'LS0tLS1CRUdJTiA\n',
    'abcdef.',
    'abc123.abcdefghijklmno',
    '$2a$',

    '-----BEGIN ',
    '-----BEGIN PRIVATE KEY-----\n',
    '-----BEGIN CERTIFICATE-----\n',
    '-----END PRIVATE KEY-----',
    'kind: Secret\n',
    'kind: Secret\ndata:\n  a: b\n',
    '"kind":"Secret","data":{"a":"b",',
    '"data":{"',
    '{"kind":"Secret"}\\"data\\":{\\"',
    '://',
    '://a:',
    'https://a:b@c ',
    'a:b@tcp(',
    '&key=',
    '?sig=a',

    '--password ',
    '--password',
    '--a ',
    'token>',
    'token>a',
    'login a password ',
    "by '",
    'Bearer ',
    'basic ',

    'name: TOKEN ',
    'value: x ',
    'name=',
    'cookie: a=b ',
    'authorization: token ',
    'curl -u a:',
    '/hook/',
    '\u200B',
    '\u001B[',
    '\u009B0',
    '[U+200B]',
    '\u200Bpassword: x',
  ];

  test.each(UNITS)('of %j takes linear time', (unit) => {
    const text = `password kind: Secret "kind":"Secret" ${unit.repeat(SIZE / unit.length)}`;
    const started = performance.now();

    redact(text);

    // each takes about 0.2 s; anything quadratic would take many minutes
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});

function jwtLike(): string {
  return `eyJ${made(20)}.eyJ${made(20)}.${made(20)}`;
}

/** Numbers below a bound, the same each time. */
function dice(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % Math.max(1, bound);
  };
}
