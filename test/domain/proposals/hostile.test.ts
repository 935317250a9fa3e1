import { describe, expect, test } from 'vitest';

import { Edit, applyEdits } from '#domain/proposals/edits.ts';
import type { Blob } from '#domain/repository/port.ts';

import { ToolError } from '../../../src/errors.ts';

const ID = '0123456789abcdef0123456789abcdef01234567';
const TEXT = `kind: HelmRelease
metadata:
  name: wiki
  labels: &labels {app: wiki}
spec:
  selector: *labels
  values:
    <<: *labels
    tag: "1.10"
    list: [a, b]
    twice: [{name: x, v: 1}, {name: x, v: 2}]
`;

const deep = (levels: number): unknown =>
  Array.from({ length: levels }).reduce<unknown>((inner) => [inner], 'x');
const BOMB = `a: &a [x, x, x, x, x, x, x, x, x]\n${'bcdefghij'
  .split('')
  .map(
    (name, at) =>
      `${name}: &${name} [${Array.from({ length: 9 }, () => `*${'abcdefghi'[at] ?? ''}`).join(', ')}]`,
  )
  .join('\n')}\n`;

interface Hostile {
  name: string;
  edit: Record<string, unknown>;
  text?: string;
  bytes?: Uint8Array;
  mode?: string;
  says: RegExp;
}

const set = (at: unknown, value: unknown, path = 'apps/a.yaml'): Record<string, unknown> => ({
  path,
  blob: ID,
  set: { at, value },
});
const replace = (find: string, text: string, path = 'apps/a.yaml'): Record<string, unknown> => ({
  path,
  blob: ID,
  replace: { find, with: text },
});
const create = (path: string, content = 'a: 1\n'): Record<string, unknown> => ({ path, create: content });

const PATHS: readonly Hostile[] = [
  ['up and out', '../etc/passwd', /no \.\./],
  ['up inside', 'apps/../../x.yaml', /no \.\./],
  ['absolute', '/etc/passwd', /leading \//],
  ['into .git', 'apps/.git/hooks/post-checkout', /\.git/],
  ['.GIT in another case', 'apps/.GIT/config', /\.git/],
  ['steering Git', 'apps/.gitattributes', /steer Git/],
  ['an empty segment', 'apps//a.yaml', /empty segment/],
  ['an option', '--upload-pack=touch', /letters, digits|start with -/],
  ['an option inside', 'apps/-rf', /start with -/],
  ['a line feed', 'apps/a\n.yaml', /control characters/],
  ['a NUL', 'apps/a\0.yaml', /control characters/],
  ['a right-to-left override', 'apps/a\u202Elmay.yaml', /control characters/],
  ['a zero-width space', 'apps/a\u200B.yaml', /control characters/],
  ['a Cyrillic letter among Latin ones', 'apps/w\u0456ki.yaml', /mix Latin/],
  ['not in form NFC', 'apps/u\u0308ber.yaml', /NFC/],
  ['a backslash', String.raw`apps\a.yaml`, /letters, digits/],
  ['a space', 'apps/a b.yaml', /letters, digits/],
  ['a short name of Windows', 'apps/GIT~1', /letters, digits/],
  ['a device of Windows', 'apps/con.yaml', /Windows/],
  ['pathspec magic', ':(top)a.yaml', /colon/],
  ['a shell', 'apps/$(id).yaml', /letters, digits/],
  ['too deep', `${'a/'.repeat(25)}b.yaml`, /segments/],
  ['a name too long', `apps/${'a'.repeat(120)}.yaml`, /at most 100/],
].map(([name, path, says]) => ({
  name: `path: ${String(name)}`,
  edit: create(String(path)),
  says: says as RegExp,
}));

const HOSTILE: readonly Hostile[] = [
  ...PATHS,
  { name: 'find occurs twice', edit: replace('x, v', 'y, v'), says: /more than once, at lines 11 and 11/ },
  { name: 'find overlaps itself', edit: replace('aa', 'b'), text: 'k: aaa\n', says: /more than once/ },
  { name: 'find does not occur', edit: replace('tag: "1.11"', 'x'), says: /does not hold/ },
  {
    name: 'find differs in white space',
    edit: replace('  tag: "1.10" \n', 'x'),
    text: 'a:\n    tag: "1.10"\n',
    says: /does not hold/,
  },
  { name: 'nothing changes', edit: replace('kind', 'kind'), says: /are the same/ },
  {
    name: 'replacement breaks the file',
    edit: replace('name: wiki', 'name: "wiki'),
    says: /would be broken: line/,
  },
  {
    name: 'replacement repeats a key',
    edit: replace('  name: wiki', '  name: wiki\n  name: evil'),
    says: /repeated/,
  },
  { name: 'replacement hides text', edit: replace('name: wiki', 'name: wiki # \u202Eevil'), says: /U\+202E/ },
  { name: 'value hides text', edit: set('metadata.name', 'wi\u200Bki'), says: /U\+200B/ },
  { name: 'key hides text', edit: set('metadata.annotations', { 'a\u2066b': 'x' }), says: /U\+2066/ },
  { name: 'value rings the bell', edit: set('metadata.name', 'a\u0007'), says: /U\+0007/ },
  { name: 'value has an escape sequence', edit: set('metadata.name', '\u001B[2K'), says: /U\+001B/ },
  { name: 'value has a carriage return', edit: set('metadata.name', 'a\rb'), says: /U\+000D/ },
  { name: 'new file hides text', edit: create('apps/b.yaml', 'a: 1 # \u{E0041}\n'), says: /U\+E0041/ },
  { name: 'new file is no YAML', edit: create('apps/b.yaml', 'a: b: c\n'), says: /would be broken/ },
  { name: 'new file is a bomb', edit: create('apps/b.yaml', BOMB), says: /aliases multiply/ },
  { name: 'file is a bomb', edit: set('k', 'v'), text: `${BOMB}k: x\n`, says: /aliases multiply/ },
  {
    name: 'file nests too deep',
    edit: set('a', 'v'),
    text: `a: ${'['.repeat(5000)}`,
    says: /not plain YAML/,
  },
  {
    name: 'file nests in question marks',
    edit: set('a', 'v'),
    text: '? '.repeat(20_000),
    says: /not plain YAML/,
  },
  {
    name: 'file has thousands of aliases',
    edit: set('a', 'v'),
    text: `- &a x\n${'- *a\n'.repeat(3000)}`,
    says: /more than 1000 aliases/,
  },
  { name: 'value nests too deep', edit: set('spec.values.new', deep(40)), says: /too large or too deep/ },
  {
    name: 'value has too many parts',
    edit: set('spec.values.new', { a: Array.from({ length: 600 }, () => 1) }),
    says: /too large/,
  },
  { name: 'value is an alias', edit: set('spec.selector', { app: 'x' }), says: /alias \*labels/ },
  {
    name: 'path goes through an alias',
    edit: set('spec.selector.app', 'x'),
    says: /spec\.selector is the alias \*labels/,
  },
  {
    name: 'path ends in an anchor in use',
    edit: set('metadata.labels', { app: 'x' }),
    says: /anchor &labels, which 2 aliases use/,
  },
  {
    name: 'path goes through an anchor in use',
    edit: set('metadata.labels.app', 'x'),
    says: /metadata\.labels carries the anchor &labels/,
  },
  {
    name: 'key comes from a merge',
    edit: set('spec.values.app', 'x'),
    says: /comes from the anchor &labels/,
  },
  { name: 'map has a merge', edit: set('spec.values', { tag: '2' }), says: /merge/ },
  { name: 'selector fits two', edit: set('spec.values.twice[name=x].v', 3), says: /fits 2 items/ },
  { name: 'selector fits none', edit: set('spec.values.twice[name=z].v', 3), says: /does not exist/ },
  { name: 'index out of range', edit: set('spec.values.list[7]', 'x'), says: /does not exist/ },
  { name: 'misspelt on the way', edit: set('spec.vlaues.tag', '2'), says: /spec\.vlaues does not exist/ },
  { name: 'below a word', edit: set('kind.name', 'x'), says: /plain value/ },
  { name: 'text turned into a number', edit: set('spec.values.tag', 1.1), says: /a text stands here/ },
  { name: 'number without one spelling', edit: set('spec.values.new', 1e300), says: /no one spelling/ },
  { name: 'prototype', edit: set('__proto__', { polluted: true }), says: /__proto__/ },
  { name: 'unreadable path', edit: set('spec..values', 'x'), says: /cannot be read/ },
  { name: 'unclosed bracket', edit: set('spec.values[name=x', 'x'), says: /cannot be read/ },
  {
    name: 'several documents, none named',
    edit: set('kind', 'x'),
    text: 'kind: A\n---\nkind: B\n',
    says: /2 documents/,
  },
  { name: 'custom tag', edit: set('a', 'x'), text: 'a: !vault secret\n', says: /tag !vault/ },
  { name: 'repeated keys', edit: set('a', 'x'), text: 'a: 1\na: 2\n', says: /repeated/ },
  { name: 'a template', edit: set('a', 'x'), text: 'a: {{ .Values.x }}\n', says: /not plain YAML/ },
  {
    name: 'another blob',
    edit: { ...set('kind', 'x'), blob: 'f'.repeat(40) },
    says: /not the blob that was read/,
  },
  { name: 'no such file', edit: set('a', 1, 'apps/missing.yaml'), says: /does not exist/ },
  { name: 'create over a file', edit: create('apps/a.yaml'), says: /exists/ },
  { name: 'a symbolic link', edit: replace('kind', 'x'), mode: '120000', says: /symbolic link/ },
  { name: 'a submodule', edit: replace('kind', 'x'), mode: '160000', says: /submodule/ },
  { name: 'binary', edit: replace('kind', 'x'), bytes: new Uint8Array([107, 0, 255]), says: /no text/ },
  {
    name: 'UTF-16',
    edit: replace('kind', 'x'),
    bytes: new Uint8Array([0xff, 0xfe, 0x6b, 0]),
    says: /no text/,
  },
  { name: 'not UTF-8', edit: replace('kind', 'x'), bytes: new Uint8Array([0x6b, 0xff]), says: /no text/ },
  {
    name: 'SOPS',
    edit: replace('x', 'y'),
    text: 'a: ENC[AES256_GCM,data:x]\nsops:\n  mac: ENC[AES256_GCM,data:q]\n',
    says: /encrypted by SOPS/,
  },
  {
    name: 'git-crypt',
    edit: replace('x', 'y'),
    bytes: new TextEncoder().encode('\0GITCRYPT\0abc'),
    says: /git-crypt/,
  },
  {
    name: 'LFS',
    edit: replace('oid', 'y'),
    text: 'version https://git-lfs.github.com/spec/v1\noid sha256:1\n',
    says: /Git LFS/,
  },
  {
    name: 'guessing in a Secret',
    edit: replace('hunter2', 'x'),
    text: 'kind: Secret\nstringData:\n  password: hunter2\n',
    says: /Secret with plain values/,
  },
  { name: 'key material', edit: replace('a', 'b', 'talos/talosconfig'), says: /key material/ },
];

describe('hostile edits are refused, with a way out', () => {
  test('there are more than 40', () => {
    expect(HOSTILE.length).toBeGreaterThan(70);
  });

  test.each(HOSTILE)('$name', async ({ edit, says, ...file }) => {
    const parsed = Edit.parse(edit);

    const error = await applyEdits([parsed], async (path) =>
      path.endsWith('b.yaml') || ('create' in edit && path !== 'apps/a.yaml')
        ? undefined
        : blobOf(path, file),
    ).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );

    expect(error).toBeInstanceOf(ToolError);
    const { code, message, hint } = error as ToolError;
    expect(`${message} ${hint}`).toMatch(says);
    expect(['invalid_input', 'denied', 'not_found']).toContain(code);
    expect(hint).not.toBe('');
  });

  test.each([
    ['no verb', { path: 'a.yaml', blob: ID }, /an edit is a path with one of/],
    ['two verbs', { ...replace('a', 'b'), delete: true }, /an edit is a path with one of/],
    [
      'a misspelt key',
      { path: 'a.yaml', blob: ID, replace: { find: 'a', width: 'b' } },
      /an edit is a path with/,
    ],
    ['no blob', { path: 'a.yaml', replace: { find: 'a', with: 'b' } }, /an edit is a path with one of/],
    ['no value', { path: 'a.yaml', blob: ID, set: { at: 'a' } }, /an edit is a path with one of/],
    [
      'a blob that is an option',
      { path: 'a.yaml', blob: '--output=/tmp/x', delete: true },
      /must match pattern/,
    ],
    ['an empty find', replace('', 'b'), /Too small/],
    ['a huge text', replace('a', 'x'.repeat(70_000)), /Too big/],
  ])('%s is not an edit', (_, edit, says) => {
    const result = Edit.safeParse(edit);

    expect(result.error?.issues[0]?.message).toMatch(says);
  });

  test('create and delete stand alone', async () => {
    const edits = [
      Edit.parse({ path: 'apps/a.yaml', blob: ID, delete: true }),
      Edit.parse(replace('kind', 'x')),
    ];

    await expect(applyEdits(edits, async (path) => blobOf(path, {}))).rejects.toThrow(
      /other edits beside create or delete/,
    );
  });
});

describe('edits of several files', () => {
  test('become changes with the blobs they replace, without those that end as they began', async () => {
    const edits = [
      replace('name: wiki', 'name: wiki2'),
      replace('name: wiki', 'name: other', 'apps/same.yaml'),
      replace('name: other', 'name: wiki', 'apps/same.yaml'),
      create('docs/new.md', '# New\n'),
      { path: 'apps/old.yaml', blob: ID, delete: true },
    ].map((edit) => Edit.parse(edit));

    const changes = await applyEdits(edits, async (path) =>
      path === 'docs/new.md' ? undefined : blobOf(path, {}),
    );

    expect(
      changes.map(({ path, was, content }) => [path, was, content && new TextDecoder().decode(content)]),
    ).toEqual([
      ['apps/a.yaml', ID, TEXT.replace('name: wiki', 'name: wiki2')],
      ['docs/new.md', null, '# New\n'],
      ['apps/old.yaml', ID, null],
    ]);
  });

  test('pass on why a file cannot be read', async () => {
    const away = new ToolError('unavailable', 'the remote is away', 'Wait.');

    await expect(applyEdits([Edit.parse(replace('a', 'b'))], () => Promise.reject(away))).rejects.toBe(away);
  });
});

function blobOf(path: string, { text = TEXT, bytes, mode = '100644' }: Partial<Hostile>): Blob | undefined {
  if (path === 'apps/missing.yaml') return undefined;
  const content = bytes ?? new TextEncoder().encode(text);
  return { path, mode, id: ID, size: content.length, content };
}
