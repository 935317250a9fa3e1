import { describe, expect, test } from 'vitest';

import { judgeFile, judgeOld } from '#domain/hygiene/rules.ts';

/** Drawn once, and joined here so that no scanner takes this file for a leak. */
const j = (...parts: string[]): string => parts.join('');
const R = 'h8Kq2Zz9wQ4vT7bN1mX5';
const HEX = '9f86d081884c7d659a2feaa0c55ad015a3bf4f1b';
const LONG = j(R, 'cD3fG6jL0pS8', R, 'aE4rY');
const AGE = j('AGE-SECRET-', 'KEY-1', 'QPZRY9X8GF2TVDW0S3JN54KHCE6MUA7LQPZRY9X8GF2TVDW0S3JN54KHC');
const PEM = j('-----BEGIN RSA PRIVATE', ' KEY-----\n', LONG, '\n-----END RSA PRIVATE', ' KEY-----\n');
const b64 = (text: string): string => Buffer.from(text).toString('base64');
const secret = (body: string): string => `apiVersion: v1\nkind: Secret\nmetadata: {name: db}\n${body}`;

const PLANTED: readonly [what: string, path: string, text: string][] = [
  ['stringData', 'apps/a.yaml', secret(`stringData:\n  password: ${R}\n`)],
  ['data in base64', 'apps/a.yaml', secret(`data:\n  password: ${b64(R)}\n`)],
  ['a weak password', 'apps/a.yaml', secret('stringData:\n  password: hunter2\n')],
  ['a Secret in JSON', 'apps/a.json', JSON.stringify({ kind: 'Secret', stringData: { token: R } })],
  ['the second document', 'apps/a.yaml', `kind: ConfigMap\n---\n${secret(`stringData:\n  token: ${R}\n`)}`],
  ['a List', 'apps/a.yaml', `kind: List\nitems:\n  - kind: Secret\n    stringData:\n      key: ${R}\n`],
  [
    'a patch',
    'apps/kustomization.yaml',
    `patches:\n  - patch: |\n      kind: Secret\n      stringData:\n        password: ${R}\n`,
  ],
  ['a login in a URL', 'apps/a.yaml', secret(`stringData:\n  DSN: postgres://app:${R}@db:5432/app\n`)],
  [
    'a file within a Secret',
    'apps/a.yaml',
    secret(`stringData:\n  config.yaml: |\n    user: app\n    password: ${R}\n`),
  ],
  ['a Secret under any other name', 'docs/notes.yml', secret(`stringData:\n  api_key: ${R}\n`)],
  ['a default of a variable beside it', 'apps/a.yaml', secret(`stringData:\n  password: "\${A}${R}"\n`)],
  [
    'a literal of a generator',
    'apps/kustomization.yaml',
    `secretGenerator:\n  - name: db\n    literals:\n      - PASSWORD=${R}\n`,
  ],
  [
    'a value of a chart',
    'apps/hr.yaml',
    `kind: HelmRelease\nspec:\n  values:\n    auth:\n      adminPassword: ${R}\n`,
  ],
  ['a values file', 'apps/values.yaml', `postgresql:\n  password: "${R}"\n`],
  ['a ConfigMap', 'apps/cm.yaml', `kind: ConfigMap\ndata:\n  DB_PASSWORD: ${R}\n`],
  ['a file within a ConfigMap', 'apps/cm.yaml', `kind: ConfigMap\ndata:\n  app.ini: |\n    token = ${R}\n`],
  ['an environment', 'apps/deploy.yaml', `kind: Deployment\nenv:\n  - name: API_TOKEN\n    value: ${R}\n`],
  ['an .env file', 'apps/.env', `USER=app\nDB_PASSWORD=${R}\n`],
  ['terraform variables', 'tf/x.tfvars', `db_password = "${R}"\n`],
  ['an age key by name', 'age.agekey', AGE],
  ['an age key within text', 'docs/howto.txt', `run with ${AGE}\n`],
  ['a PEM key', 'certs/tls.key', PEM],
  [
    'a PEM key within YAML',
    'apps/cm.yaml',
    `kind: ConfigMap\ndata:\n  x: |\n    ${PEM.replaceAll('\n', '\n    ')}\n`,
  ],
  ['a PEM key in base64', 'apps/x.yaml', `x:\n  y: ${b64(PEM)}\n`],
  ['a kubeconfig', 'x/admin.conf', `kind: Config\nusers:\n- user:\n    client-key-data: ${b64(PEM)}\n`],
  ['a kubeconfig with a token', 'x/k.yaml', `kind: Config\nusers:\n- name: a\n  user:\n    token: ${R}\n`],
  [
    'a talosconfig',
    'talos/talosconfig',
    `contexts:\n  a:\n    ca: ${LONG}\n    crt: ${LONG}\n    key: ${LONG}\n`,
  ],
  [
    'Talos secrets',
    'talos/t.yaml',
    `secrets:\n  bootstraptoken: abc123.${HEX.slice(0, 16)}\n  secretboxencryptionsecret: ${LONG}\n`,
  ],
  [
    'a Talos machine configuration',
    'talos/m.yaml',
    `machine:\n  type: worker\n  token: abc123.${HEX.slice(0, 16)}\n  ca: {}\n`,
  ],
  ['a GitHub token', 'scripts/x.sh', j('export T=gh', 'p_', LONG.slice(0, 36))],
  ['a fine-grained GitHub token', 'x.txt', j('github_', 'pat_', LONG)],
  ['a GitLab token', 'x.yaml', j('a: gl', 'pat-', R)],
  ['an AWS key', 'x.yaml', j('a: AK', 'IAQ4Z7TXW2RM9KDL5P')],
  ['a Google key', 'x.yaml', j('a: AI', 'za', LONG.slice(0, 35))],
  ['a Slack token', 'x.yaml', j('a: xo', 'xb-123456789012-', R)],
  ['a Slack webhook', 'x.yaml', j('a: https://hooks.slack', '.com/services/T12345678/B12345678/', R)],
  ['a Discord webhook', 'x.yaml', j('a: https://discord', '.com/api/webhooks/123456789012345678/', LONG)],
  ['a JWT', 'x.yaml', j('a: eyJhbG', 'ciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.', R)],
  ['a tunnel token', 'x.yaml', j('a: eyJh', 'Ijoi', LONG, LONG)],
  ['a Tailscale key', 'x.yaml', j('a: tskey', '-auth-kq2Zz9wQ4v-', R)],
  ['a Vault token', 'x.yaml', j('a: hv', 's.', LONG)],
  ['an npm login', '.npmrc', `//registry.test/:_authToken=${R}\n`],
  ['a registry login', 'x/pull.json', JSON.stringify({ auths: { 'r.test': { auth: b64(`bot:${R}`) } } })],
  ['a WireGuard key', 'x/wg.txt', `[Interface]\nPrivateKey = ${LONG.slice(0, 42)}A=\n`],
];

describe('what is planted is found', () => {
  test.each(PLANTED)('%s', (_what, path, text) => {
    const found = judgeFile({ path, text, content: new TextEncoder().encode(text), configs: [] });
    const old = judgeOld(path, new TextEncoder().encode(text));

    expect(found.filter(({ state }) => state === 'failed')).not.toEqual([]);
    expect(old).toEqual(found);
    for (const value of [R, LONG, HEX, AGE, 'hunter2', b64(R)])
      expect(JSON.stringify(found)).not.toContain(value);
  });
});

const ENC = 'ENC[AES256_GCM,data:aB3dE5,iv:xY7zK9q2,tag:mN4pQ6r8,type:str]';
const helm = (values: string): string => `kind: HelmRelease\nspec:\n  values:\n    ${values}\n`;

const LOOKALIKES: readonly [what: string, path: string, text: string][] = [
  ['variables', 'a.yaml', secret('stringData:\n  password: ${DB_PASSWORD}\n')],
  ['a variable in a path', 'a.yaml', secret('stringData:\n  RESTIC_REPOSITORY: "${REPO}/minecraft2"\n')],
  ['a variable with a word by default', 'a.yaml', secret('stringData:\n  authkey: "${KEY:=authkey}"\n')],
  ['a variable in base64', 'a.yaml', secret(`data:\n  a: ${b64('${X}')}\n`)],
  ['an empty Secret', 'a.yaml', secret('stringData: {}\n')],
  ['an empty value', 'a.yaml', secret('stringData:\n  password: ""\n')],
  ['a host', 'a.yaml', secret('stringData:\n  HOST: pg-default-rw.pg.svc.cluster.local.\n')],
  [
    'a file of variables',
    'a.yaml',
    secret('stringData:\n  config.yaml: |\n    port: 8080\n    token: "${TOKEN}"\n'),
  ],
  [
    'a file without secrets',
    'a.yaml',
    secret(
      'stringData:\n  config.js: |\n    module.exports = {\n      public: false,\n      port: 9000 };\n',
    ),
  ],
  [
    'JSON without secrets',
    'a.yaml',
    secret('stringData:\n  ice: |-\n    [{"urls": ["stun:stun.example.test:19302"]}]\n'),
  ],
  [
    'a template of a policy',
    'a.yaml',
    'kind: ClusterPolicy\nspec:\n  stringData:\n    uri: "{{ base64_decode(request.object.data.uri) }}?sslmode=disable"\n',
  ],
  ['an account', 'a.yaml', 'kind: ServiceAccount\nsecrets:\n  - name: token-abc12\n'],
  [
    'ExternalSecret',
    'a.yaml',
    'kind: ExternalSecret\nspec:\n  data:\n    - secretKey: password\n      remoteRef: {key: db1, property: pass1word}\n',
  ],
  ['SealedSecret', 'a.yaml', `kind: SealedSecret\nspec:\n  encryptedData:\n    password: AgB${LONG}\n`],
  ['existingSecret', 'a.yaml', helm('auth: {existingSecret: wiki-db1-secret}')],
  ['the name of a key', 'a.yaml', helm('secretPasswordKey: admin-password1')],
  ['a reference to a Secret', 'a.yaml', helm('adminPassword: ${ADMIN_PASSWORD_2}')],
  ['a vault reference', 'a.yaml', helm('password: op://vault/item1/password')],
  ['a placeholder', 'a.yaml', helm('password: changeme123')],
  ['asterisks', 'a.yaml', helm('password: "********"')],
  ['a placeholder in brackets', 'a.yaml', helm('token: <your token 1>')],
  ['a switch', 'a.yaml', helm('automountServiceAccountToken: false')],
  ['a template', 'a.yaml', helm('password: "{{ .Values.password1 }}"')],
  ['a path to a token', 'a.yaml', helm('token: /var/run/secrets/token1')],
  ['a digest', 'a.yaml', helm(`image: x@sha256:${HEX}${HEX.slice(0, 24)}`)],
  ['a commit', 'a.yaml', `ref:\n  commit: ${HEX}\n`],
  ['a UUID', 'a.yaml', 'id: 123e4567-e89b-12d3-a456-426614174000\n'],
  ['a public age key', 'a.yaml', 'age: age1qyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqszqgpqyqs3290gq\n'],
  ['a certificate', 'ca.pem', j('-----BEGIN CERTIFICATE-----\n', LONG, '\n-----END CERTIFICATE-----\n')],
  ['a public SSH key', 'id_ed25519.pub', 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5 sam'],
  ['a list of what Git ignores', 'talos/clusterconfig/.gitignore', '*.yaml\ntalosconfig\n'],
  ['versions', 'config/versions.env', 'FLUX_VERSION=v2.9.0\nTALOS=1.13.1\n'],
  [
    'an environment of references',
    'talos/talhelper-secrets.env',
    'cluster_secret="op://vault/talos/secret1"\n',
  ],
  [
    'an environment of paths',
    '.envrc',
    'export KUBECONFIG=$(expand_path ./kubeconfig)\nexport SOPS_AGE_KEY_FILE=./age.key\n',
  ],
  ['a form to fill in', '.env.example', 'DB_PASSWORD=\n'],
  [
    'Talos secrets of variables',
    'talos/talsecret.yaml',
    'secrets:\n  bootstraptoken: ${BOOTSTRAPTOKEN}\n  secretboxencryptionsecret: ${BOX}\ntrustdinfo:\n  token: ${TOKEN}\n',
  ],
  [
    'a talosconfig without keys',
    'talos/talosconfig.j2',
    'context: main\ncontexts:\n  main:\n    endpoints: [k8s-1]\n',
  ],
  ['an npm configuration', '.npmrc', 'engine-strict=true\nregistry=https://registry.test/\n'],
  ['an npm login by variable', '.npmrc', '//registry.test/:_authToken=${NPM_TOKEN}\n'],
  ['a script about kubeconfigs', 'scripts/kubeconfig.sh', 'talosctl kubeconfig --force\n'],
  [
    'what SOPS encrypted',
    'a.yaml',
    `kind: Secret\nstringData:\n  password: ${ENC}\nsops:\n  mac: ${ENC}\n  encrypted_regex: ^(data|stringData)$\n`,
  ],
  ['an alert', 'a.yaml', 'kind: PrometheusRule\nexpr: token: rate1\n'],
  ['a key of AWS from its documents', 'a.yaml', j('a: AK', 'IAIOSFODNN7EXAMPLE\n')],
];

test.each(LOOKALIKES)('a look-alike is none: %s', (_what, path, text) => {
  const found = judgeFile({ path, text, content: new TextEncoder().encode(text), configs: [] });

  expect(found).toEqual([]);
});
