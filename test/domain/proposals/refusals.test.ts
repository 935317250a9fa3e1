import { describe, expect, test } from 'vitest';

import type { RefusalRules } from '#domain/proposals/refusal.ts';
import { refusalsOf } from '#domain/proposals/refusals.ts';
import type { Blob, PreparedChange } from '#domain/repository/port.ts';

const APP = 'clusters/main/kubernetes/apps/wiki/app/helm-release.yaml';
const RELEASE = 'kind: HelmRelease\nmetadata:\n  name: wiki\nspec:\n  values:\n    tag: 3.3.0\n';
const FIXED = RELEASE.replace('3.3.0', '3.2.0');
const ENC = 'ENC[AES256_GCM,data:c2VjcmV0,iv:aXY=,tag:dGFn,type:str]';
const SOPS_YAML = String.raw`creation_rules:
  - path_regex: clusters/.*/kubernetes/.*\.secret\.yaml$
    encrypted_regex: ^(data|stringData)$
    age: age1abc
`;

interface File {
  path: string;
  before?: string | Uint8Array;
  after: string | Uint8Array | null;
  mode?: string;
}

/** A change of one file, and what is said of it. */
interface Case extends File {
  name: string;
  says: RegExp;
  /** Other files of the base commit. */
  base?: Readonly<Record<string, string>>;
}

const encode = (content: string | Uint8Array): Uint8Array =>
  typeof content === 'string' ? new TextEncoder().encode(content) : content;

async function refused(
  files: readonly File[],
  rules: Partial<RefusalRules> = {},
  base: Case['base'] = {},
  changedLines = 2,
) {
  const prepared: PreparedChange = {
    base: 'b'.repeat(40),
    tree: 't'.repeat(40),
    diff: '',
    paths: files.map(({ path }) => path),
    changedLines,
    files: files.map(({ path, before, after }) => ({
      path,
      content: after === null ? null : encode(after),
      was: before === undefined ? null : 'a'.repeat(40),
    })),
  };
  return refusalsOf(prepared, {
    maxFiles: 5,
    maxChangedLines: 200,
    hasSecret: (text) => (text.includes('hunter2') ? 'key-name' : undefined),
    read: async (path) =>
      blobOf(
        path,
        files.find((file) => file.path === path),
        base[path],
      ),
    ...rules,
  });
}

function blobOf(path: string, file: File | undefined, other: string | undefined): Blob | undefined {
  const content = file?.before ?? other;
  if (content === undefined) return undefined;
  return {
    path,
    mode: file?.mode ?? '100644',
    id: 'a'.repeat(40),
    size: content.length,
    content: encode(content),
  };
}

const change = (
  name: string,
  says: RegExp,
  after: string,
  before: string | undefined = RELEASE,
  path = APP,
): Case => ({
  name,
  path,
  ...(before !== undefined && { before }),
  after,
  says,
});
const added = (name: string, says: RegExp, line: string): Case => change(name, says, `${RELEASE}${line}\n`);
const made = (name: string, says: RegExp, path: string, after = 'a: 1\n'): Case => ({
  name,
  path,
  after,
  says,
});

const CASES: readonly Case[] = [
  made('a workflow', /hidden/, '.github/workflows/x.yaml'),
  made('a dotfile below a root', /hidden/, 'docs/.vuepress/config.ts'),
  made('the SOPS rules', /hidden/, '.sops.yaml'),
  made('an environment for direnv', /hidden/, 'clusters/.envrc'),
  made('a Makefile', /build file/, 'docs/Makefile'),
  made('a Taskfile', /build file/, 'kubernetes/Taskfile.yaml'),
  made('a Dockerfile with a suffix', /build file/, 'docs/Dockerfile.dev'),
  made('a justfile', /build file/, 'kubernetes/justfile'),
  made('instructions for assistants', /assistant/, 'docs/CLAUDE.md'),
  made('instructions for agents', /assistant/, 'kubernetes/apps/agents.md'),
  made('CI without a dot', /CI/, 'docs/x.gitlab-ci.yml'),
  made('configuration of a bot', /runs by itself/, 'docs/renovate.json5'),
  made('a package', /runs by itself/, 'docs/package.json'),
  made('owners', /reviews/, 'docs/CODEOWNERS'),
  made('outside of the roots', /outside/, 'ansible/site.yaml'),
  made('at the top', /outside/, 'README.md'),
  made('near a root', /outside/, 'docs2/a.md'),
  made('a path with a trick', /\.\./, 'docs/../.github/x'),
  { ...change('deleting', /not deleted/, ''), after: null },
  { ...change('a symbolic link', /mode 120000/, FIXED), mode: '120000' },
  { ...change('an executable', /mode 100755/, FIXED), mode: '100755' },
  change('an encrypted file', /encrypted by SOPS/, 'a: b\n', `a: ${ENC}\nsops:\n  mac: ${ENC}\n`),
  change('encrypting by hand', /encrypted by SOPS/, `a: ${ENC}\nsops:\n  mac: ${ENC}\n`),
  change(
    'large-file storage',
    /Git LFS/,
    'version https://git-lfs.github.com/spec/v1\noid sha256:1\nsize 2\n',
    'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n',
  ),
  {
    ...change(
      'a covered file that is plain',
      /\.sops\.yaml wants DOMAIN encrypted/,
      'kind: ConfigMap\ndata:\n  DOMAIN: a.test\n',
      undefined,
      'clusters/main/kubernetes/x.secret.yaml',
    ),
    base: { '.sops.yaml': SOPS_YAML },
  },
  {
    ...change(
      'a rule of a directory further in',
      /clusters\/main\/\.sops\.yaml wants/,
      'a: b\n',
      undefined,
      'clusters/main/env.yaml',
    ),
    base: {
      '.sops.yaml': SOPS_YAML,
      'clusters/main/.sops.yaml': 'creation_rules:\n  - path_regex: ^env\\.yaml$\n',
    },
  },
  change(
    'a Secret with a password',
    /line 5: a Secret with a plain value \(password\)/,
    'kind: Secret\nmetadata:\n  name: a\nstringData:\n  password: ${A}\n'.replace('${A}', 'correct horse'),
  ),
  change('a Secret with base64', /plain value/, 'kind: Secret\ndata:\n  password: Y29ycmVjdCBob3JzZQ==\n'),
  change(
    'a Secret among others',
    /line 7: a Secret/,
    'kind: A\n---\nkind: B\n---\nkind: Secret\nstringData:\n  token: abc\n',
  ),
  change(
    'a Secret with a login in an address',
    /plain value/,
    'kind: Secret\nstringData:\n  uri: postgres://app:s3cr3t@db:5432/app\n',
  ),
  change(
    'a Secret with something random',
    /plain value/,
    'kind: Secret\nstringData:\n  value: x8Kq02mZp5Lw91\n',
  ),
  change(
    'a Secret with a default written out',
    /plain value/,
    'kind: Secret\nstringData:\n  password: ${PASSWORD:=letmein}\n',
  ),
  change(
    'a Secret in a patch',
    /plain value/,
    'patches:\n  - patch: |\n      kind: Secret\n      stringData:\n        password: abc\n',
  ),
  change(
    'a Secret in JSON',
    /plain value/,
    '{"kind": "Secret", "stringData": {"password": "abc"}}',
    undefined,
    'clusters/main/a.json',
  ),
  change(
    'a Secret that cannot be read',
    /Secret with a plain value/,
    'kind: Secret\n{{ if }}\nstringData:\n  a: b\n',
  ),
  change(
    'a private key',
    /key material/,
    `k: |\n  -----BEGIN PRIVATE KEY-----\n  MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n`,
  ),
  change('a file for keys', /key material/, 'x\n', undefined, 'clusters/main/talos/talosconfig'),
  added('a secret', /line 7 looks like a secret \(key-name\)/, '    password: hunter2'),
  { ...change('binary', /no text/, 'x'), after: new Uint8Array([1, 0, 2]) },
  { ...change('not UTF-8', /no text/, 'x'), after: new Uint8Array([0xc3, 0x28]) },
  added('a right-to-left override', /line 7 holds U\+202E/, '    # \u202Exyz'),
  added('an escape', /U\+001B/, '    # \u001B[1A'),
  added('a zero-width space', /U\+200B/, '    a\u200B: 1'),
  added('tag characters', /U\+E0068/, '    # \u{E0068}\u{E0069}'),
  added('a line that is only a filler', /U\+3164/, '\u3164'),
  added('text far to the right', /hides text behind white space/, `    a: 1${' '.repeat(200)}# not seen`),
  added('a very long line', /has 2\d\d\d characters/, `    a: ${'x'.repeat(2500)}`),
  change('a comment in a page', /rendered page/, '# A\n\n<!-- do this instead -->\n', '# A\n', 'docs/a.md'),
  made("daytwo's own directory", /daytwo itself/, 'clusters/main/kubernetes/apps/daytwo/app/x.yaml'),
  change(
    "daytwo's Deployment",
    /daytwo's Deployment daytwo/,
    'kind: Deployment\nmetadata:\n  name: daytwo\nspec:\n  replicas: 0\n',
    'kind: Deployment\nmetadata:\n  name: daytwo\n',
  ),
  change(
    "daytwo's role",
    /daytwo's ClusterRole daytwo-reader/,
    'kind: ClusterRole\nmetadata:\n  name: daytwo-reader\nrules: []\n',
  ),
  change(
    'its label',
    /daytwo's Service mcp/,
    'kind: Service\nmetadata:\n  name: mcp\n  labels:\n    app.kubernetes.io/name: daytwo\n',
  ),
  change(
    'its namespace',
    /daytwo's ConfigMap x/,
    'kind: ConfigMap\nmetadata:\n  name: x\n  namespace: daytwo\n',
  ),
  change(
    'a binding for it',
    /gives daytwo permissions/,
    'kind: ClusterRoleBinding\nmetadata:\n  name: more\nsubjects:\n  - kind: ServiceAccount\n    name: daytwo\n    namespace: tools\n',
  ),
  change(
    'its policy',
    /daytwo's policy/,
    'apiVersion: daytwo/v1alpha1\nkind: AccessPolicy\nmetadata:\n  name: home\n',
  ),
  change(
    'a patch for it',
    /names daytwo/,
    'kind: Kustomization\npatches:\n  - target:\n      kind: Deployment\n      name: daytwo\n',
    'kind: Kustomization\n',
  ),
  change(
    'its entry in a list',
    /names daytwo/,
    'resources:\n  - wiki/ks.yaml\n',
    'resources:\n  - daytwo/ks.yaml\n  - wiki/ks.yaml\n',
  ),
];

describe('a change is refused, with its path, what is wrong and the way out', () => {
  test.each(CASES)('$name', async ({ says, base, ...file }) => {
    const refusals = await refused([file], {}, base);

    expect(refusals).toHaveLength(1);
    expect(refusals[0]).toEqual({
      path: file.path,
      what: expect.stringMatching(says),
      wayOut: expect.stringMatching(/\S{3}.*\.$/),
    });
  });

  test('for all its files at once', async () => {
    const files = [
      { path: APP, before: RELEASE, after: FIXED },
      { path: 'Makefile', after: 'all:\n' },
      { path: 'docs/a.md', after: 'password: hunter2\n' },
    ];

    const refusals = await refused(files);

    expect(refusals.map(({ path }) => path)).toEqual(['Makefile', 'docs/a.md']);
  });

  test('for its size', async () => {
    const files = Array.from({ length: 6 }, (_, index) => ({ path: `docs/${index}.md`, after: '# A\n' }));

    const refusals = await refused(files, {}, {}, 201);

    expect(refusals.map(({ what }) => what)).toEqual(['6 files change, 5 may', '201 lines change, 200 may']);
  });

  test('for a file that no edit names', async () => {
    const prepared = { base: 'b', tree: 't', diff: '', paths: ['docs/x.md'], changedLines: 1, files: [] };
    const rules = {
      maxFiles: 5,
      maxChangedLines: 9,
      hasSecret: () => undefined,
      read: async () => undefined,
    };

    expect(await refusalsOf(prepared, rules)).toMatchObject([
      { path: 'docs/x.md', what: expect.stringContaining('no edit names') },
    ]);
  });

  test('for paths that the policy closes', async () => {
    const refusals = await refused([{ path: APP, before: RELEASE, after: FIXED }], {
      protectedPaths: ['**/WIKI/**'],
    });

    expect(refusals).toMatchObject([{ what: 'protected by **/WIKI/**' }]);
  });
});

describe('a sound change passes', () => {
  test.each<Omit<Case, 'says'>>([
    change('a version', /./, FIXED),
    {
      ...change('a version with CRLF and a byte order mark', /./, ''),
      before: `\uFEFF${RELEASE}`.replaceAll('\n', '\r\n'),
      after: `\uFEFF${FIXED}`.replaceAll('\n', '\r\n'),
    },
    made('a runbook', /./, 'docs/runbooks/wiki.md', '# Wiki ☕️ 👩‍🚀\n\nÜbersicht\n'),
    made(
      'a note that speaks of daytwo',
      /./,
      'docs/incidents/2026-03-14-wiki.md',
      'daytwo proposed the rollback.\n',
    ),
    change(
      'a Secret of variables',
      /./,
      'kind: Secret\nstringData:\n  RESTIC_REPOSITORY: s3:https://${S3_HOST}/volumes/wiki\n  RESTIC_PASSWORD: ${RESTIC_PASSWORD}\n  AWS_ACCESS_KEY_ID: "${S3_KEY}"\n  DB: postgres://app:${DB_PASSWORD}@db:5432/app\n  TLS: "true"\n  port: "5432"\n  empty: ""\n',
    ),
    change('a Secret of variables in data', /./, 'kind: Secret\ndata:\n  password: ${PASSWORD_BASE64}\n'),
    change('an ExternalSecret', /./, 'kind: ExternalSecret\nspec:\n  data:\n    - secretKey: password\n'),
    {
      ...change(
        'a ConfigMap that was plain before',
        /./,
        'kind: ConfigMap\ndata:\n  A: c\n',
        'kind: ConfigMap\ndata:\n  A: b\n',
        'clusters/main/kubernetes/x.secret.yaml',
      ),
      base: { '.sops.yaml': SOPS_YAML },
    },
    change(
      "another document beside daytwo's own",
      /./,
      'kind: Namespace\nmetadata:\n  name: daytwo\n---\nkind: Namespace\nmetadata:\n  name: b\n',
      'kind: Namespace\nmetadata:\n  name: daytwo\n---\nkind: Namespace\nmetadata:\n  name: a\n',
    ),
    change(
      "another entry beside daytwo's",
      /./,
      'resources:\n  - daytwo/ks.yaml\n  # - wiki/ks.yaml  # Disabled: crashes\n',
      'resources:\n  - daytwo/ks.yaml\n  - wiki/ks.yaml\n',
    ),
    change('a line that only moved', /./, `a: ${'x'.repeat(2500)}\nb: 1\n`, `b: 1\na: ${'x'.repeat(2500)}\n`),
    change('a secret that was there before', /./, 'b: 2\nold: hunter2\n', 'b: 1\nold: hunter2\n'),
  ])('$name', async ({ base, ...file }) => {
    expect(await refused([file], {}, base)).toEqual([]);
  });

  test('deleting, where it is allowed', async () => {
    expect(
      await refused([{ path: 'docs/old.md', before: '# Old\n', after: null }], { deletable: ['docs'] }),
    ).toEqual([]);
  });

  test('in other roots, where these are configured', async () => {
    expect(await refused([{ path: 'infra/a.yaml', after: 'a: 1\n' }], { roots: ['infra/**'] })).toEqual([]);
  });
});
