import { describe, expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';

import { coveredLeaf } from '#domain/repository/sops-rules.ts';
import { encryptionOf, isSops, maskedText } from '#domain/repository/sops.ts';

const ENC = 'ENC[AES256_GCM,data:c2VjcmV0,iv:aXY=,tag:dGFn,type:str]';
const SOPS_META = `sops:
    age:
        - recipient: age1abc
          enc: |
            -----BEGIN AGE ENCRYPTED FILE-----
            YWdlLWVuY3J5cHRpb24
            -----END AGE ENCRYPTED FILE-----
    lastmodified: "2026-01-01T00:00:00Z"
    mac: ${ENC}
    encrypted_regex: ^(data|stringData)$
    version: 3.9.1
`;
const CONFIG = `# of the cluster
apiVersion: v1
kind: ConfigMap
metadata:
    name: cluster-config
data:
    # the domain
    DOMAIN_0: ${ENC}
    PLAIN: visible-but-treated-as-secret
${SOPS_META}`;

describe('encryption is told by content', () => {
  test.each([
    ['SOPS YAML', CONFIG, 'encrypted by SOPS'],
    ['SOPS JSON', `{"a": "${ENC}", "sops": {"mac": "${ENC}", "version": "3"}}`, 'encrypted by SOPS'],
    ['SOPS dotenv', `A=${ENC}\nsops_version=3.9.1\nsops_mac=${ENC}\n`, 'encrypted by SOPS'],
    ['SOPS INI', `[a]\nb = ${ENC}\n\n[sops]\nmac = ${ENC}\n`, 'encrypted by SOPS'],
    ['SOPS with a template', `a: {{ x }}\nsops:\n  mac: ${ENC}\n`, 'encrypted by SOPS'],
    ['git-crypt', '\0GITCRYPT\0\u0001\u0002', 'encrypted by git-crypt'],
    ['LFS', 'version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 1\n', 'a pointer to Git LFS'],
    ['words about SOPS', 'Run sops and look at the mac.\n', undefined],
    ['a sops key without MAC', 'sops:\n  age: []\n', undefined],
    ['a HelmRelease', 'kind: HelmRelease\nspec:\n  values:\n    mac: 00:11\n', undefined],
  ])('%s', (_, text, expected) => {
    expect(encryptionOf(new TextEncoder().encode(text))).toBe(expected);
  });

  test('and not by name', () => {
    expect(isSops('a: 1\n')).toBe(false);
  });
});

describe('what may be shown', () => {
  test('of an encrypted file: keys, comments and lines, but no value', () => {
    const shown = maskedText('cluster-config.secret.yaml', CONFIG);

    expect(shown).toBe(`# of the cluster
apiVersion: v1
kind: ConfigMap
metadata:
    name: cluster-config
data:
    # the domain
    DOMAIN_0: "[not shown]"
    PLAIN: "[not shown]"
sops:
    age:
        - recipient: "[not shown]"
          enc: |
            [not shown]
            [not shown]
            [not shown]
    lastmodified: "2026-01-01T00:00:00Z"
    mac: "[not shown]"
    encrypted_regex: ^(data|stringData)$
    version: 3.9.1
`);
  });

  test('of an encrypted comment: that there is one', () => {
    const comment = ENC.replace('type:str', 'type:comment');

    const shown = maskedText('clusterenv.yaml', `#${comment}\nDOMAIN: ${ENC} # ${comment}\n${SOPS_META}`);

    expect(shown.split('\n').slice(0, 2)).toEqual(['#[not shown]', 'DOMAIN: "[not shown]" # [not shown]']);
  });

  test('of the Secrets among several documents', () => {
    const text = `kind: ConfigMap
data: {a: shown}
---
apiVersion: v1
kind: Secret
metadata:
  name: wiki   # kept
  labels: {app: wiki}
  annotations:
    kubectl.kubernetes.io/last-applied-configuration: '{"data":{"p":"hunter1"}}'
type: Opaque
data:
  password: aHVudGVyMg==
  "quoted": 'hunter3'
stringData:
  config.yaml: |-
    user: admin
    password: hunter4

    end: hunter5
  long: "hunter6
    hunter7"
  flow: {a: hunter8, b: [hunter9, 10]}
  anchored: &a hunter10
  again: *a
---
kind: Service
spec: {type: ClusterIP}
`;

    const shown = maskedText('apps/wiki/secret.yaml', text);

    expect(shown).not.toMatch(/hunter|aHVud/);
    expect(shown.split('\n')).toHaveLength(text.split('\n').length);
    expect(shown.split('\n').slice(0, 12)).toEqual([
      ...text.split('\n').slice(0, 9),
      `    kubectl.kubernetes.io/last-applied-configuration: '[not shown]'`,
      'type: Opaque',
      'data:',
    ]);
    expect(shown).toContain(
      'anchored: &a "[not shown]"\n  again: *a\n---\nkind: Service\nspec: {type: ClusterIP}\n',
    );
    expect(shown).toContain('  config.yaml: |-\n    [not shown]\n    [not shown]\n\n    [not shown]\n');
    expect(parseAllDocuments(shown).flatMap(({ errors }) => errors)).toEqual([]);
  });

  test.each([
    [
      'JSON',
      'a.json',
      '{"kind": "Secret", "data": {"p": "hunter"}}',
      '{"kind": "Secret", "data": {"p": "[not shown]"}}',
    ],
    [
      'a list',
      'a.yaml',
      'kind: List\nitems:\n- kind: Secret\n  data: {p: hunter}\n',
      'kind: List\nitems:\n- kind: Secret\n  data: {p: "[not shown]"}\n',
    ],
    [
      'extra objects of a chart',
      'a.yaml',
      'spec:\n  values:\n    extra:\n    - kind: Secret\n      stringData:\n        p: hunter\n',
      'spec:\n  values:\n    extra:\n    - kind: Secret\n      stringData:\n        p: "[not shown]"\n',
    ],
    [
      'a patch without kind',
      'a.yaml',
      'metadata: {name: x}\nstringData:\n  p: hunter\n',
      'metadata: {name: x}\nstringData:\n  p: "[not shown]"\n',
    ],
    [
      'a patch in a text',
      'a.yaml',
      'patches:\n- patch: |\n    kind: Secret\n    data:\n      p: hunter\n',
      'patches:\n- patch: |\n    [not shown]\n    [not shown]\n      [not shown]\n',
    ],
    [
      'a generator',
      'a.yaml',
      'secretGenerator:\n- name: x\n  literals: [p=hunter]\n',
      'secretGenerator:\n- name: "[not shown]"\n  literals: ["[not shown]"]\n',
    ],
    [
      'CRLF',
      'a.yaml',
      'kind: Secret\r\ndata:\r\n  p: |\r\n    hunter\r\n',
      'kind: Secret\r\ndata:\r\n  p: |\r\n    [not shown]\r\n',
    ],
    [
      'a template',
      'a.yaml',
      'kind: Secret\n{{ if .x }}\ndata:\n  # old: hunter\n  p: hunter\n  q: |\n    key: hunter\n{{ end }}\n',
      'kind: [not shown]\n[not shown]\ndata:\n[not shown]\n  p: [not shown]\n  q: |\n    [not shown]\n[not shown]\n',
    ],
    [
      'dotenv',
      'a.env',
      `PLAIN=hunter\nA=${ENC}\n# note\nsops_mac=${ENC}\n`,
      'PLAIN=[not shown]\nA=[not shown]\n[not shown]\nsops_mac=[not shown]\n',
    ],
  ])('of %s', (_, path, text, expected) => {
    expect(maskedText(path, text)).toBe(expected);
  });

  test.each([
    ['an ordinary manifest', 'kind: HelmRelease\nspec:\n  values:\n    existingSecret: wiki\n'],
    [
      'an ExternalSecret',
      'kind: ExternalSecret\nspec:\n  data:\n  - secretKey: password\n    remoteRef: {key: wiki}\n',
    ],
    ['a SealedSecret', 'kind: SealedSecret\nspec:\n  encryptedData: {p: AgBy}\n'],
    ['a reference to a Secret', 'spec:\n  certificateRefs:\n  - kind: Secret\n    name: tls\n'],
    ['prose', '# Secret\nWe keep every Secret in Git.\n'],
  ])('of %s: everything', (_, text) => {
    expect(maskedText('a.yaml', text)).toBe(text);
  });
});

describe('creation rules', () => {
  const RULES = String.raw`creation_rules:
  - path_regex: clusters/.*/kubernetes/.*\.secret\.(?i)ya?ml$
    encrypted_regex: "((?i)(pass|token)|^data$|^stringData)"
    age: age1abc
  - path_regex: clusters/.*/clusterenv\.yaml$
    age: age1abc
  - age: age1abc
`;

  test.each([
    [
      'covered data',
      'clusters/main/kubernetes/a.secret.yaml',
      'kind: ConfigMap\ndata:\n  A: b\n',
      undefined,
      { key: 'A', line: 3 },
    ],
    [
      'a key word',
      'clusters/main/kubernetes/a.secret.yaml',
      'x:\n  adminPassword: b\n',
      undefined,
      { key: 'adminPassword', line: 2 },
    ],
    ['nothing covered', 'clusters/main/kubernetes/a.secret.yaml', 'kind: Namespace\n', undefined, undefined],
    [
      'encrypted or empty',
      'clusters/main/kubernetes/a.secret.yaml',
      `data:\n  A: ${ENC}\n  B: ""\n  C:\n`,
      undefined,
      undefined,
    ],
    [
      'plain before too',
      'clusters/main/kubernetes/a.secret.yaml',
      'data:\n  A: c\n',
      'data:\n  A: b\n',
      undefined,
    ],
    ['a whole file', 'clusters/main/clusterenv.yaml', 'A: b\n', 'A: c\n', { key: 'A', line: 1 }],
    ['no rule with a path', 'docs/a.md', '# A\n', undefined, undefined],
    ['another path', 'clusters/main/kubernetes/a.yaml', 'data:\n  A: b\n', undefined, undefined],
  ])('%s', (_, path, text, before, expected) => {
    expect(coveredLeaf(RULES, path, text, before)).toEqual(expected);
  });

  test.each([
    [
      'unencrypted_regex',
      'unencrypted_regex: ^(kind|metadata)$',
      'kind: A\nspec:\n  a: 1\n',
      { key: 'a', line: 3 },
    ],
    ['encrypted_suffix', 'encrypted_suffix: _secret', 'a: 1\nb_secret: 2\n', { key: 'b_secret', line: 2 }],
    ['the default suffix', 'age: x', 'a_unencrypted: 1\n', undefined],
    ['one that could run for ever', String.raw`encrypted_regex: ^(a+)+$`, 'b: 1\n', { key: 'b', line: 1 }],
  ])('%s', (_, rule, text, expected) => {
    expect(
      coveredLeaf(`creation_rules:\n  - path_regex: .*\n    ${rule}\n`, 'a.yaml', text, undefined),
    ).toEqual(expected);
  });
});
