import { describe, expect, test } from 'vitest';

import { isKeyMaterial, isKeyPath, keyMaterialIn } from '#domain/repository/key-material.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const BODY = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASC';
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('key material by path', () => {
  test.each([
    'age.agekey',
    'clusters/main/age.agekey',
    'home/keys.txt',
    'tls/server.pem',
    'tls/SERVER.KEY',
    'ssh/id_ed25519',
    'clusters/main/deploykey',
    'kubeconfig',
    'clusters/main/kubeconfig.yaml',
    'a/home.kubeconfig',
    '.kube/config',
    'talos/talosconfig',
    'talos/talsecret.yaml',
    'talos/talsecret.sops.yaml',
    'clusters/main/talos/generated/main-cp-1.yaml',
    'talos/clusterconfig/home-cp-1.yaml',
    '.env',
    'apps/.env.local',
    'apps/secrets.env',
    '.envrc',
    '.git-credentials',
    '.docker/config.json',
    'gcp/service-account-backup.json',
    'vpn/home.ovpn',
    'infra/terraform.tfstate.backup',
  ])('%s', (path) => {
    expect([isKeyPath(path), isKeyMaterial(path, bytes('a: 1'))]).toEqual([true, true]);
  });

  test.each([
    'clusters/main/kubernetes/apps/wiki/app/helm-release.yaml',
    'clusters/main/kubernetes/flux-system/flux/deploykey.secret.yaml',
    'clusters/main/talos/talconfig.yaml',
    'ssh/id_ed25519.pub',
    'apps/.env.example',
    'docs/environment.md',
    'docs/kubernetes-keys.md',
    'apps/keycloak/helm-release.yaml',
    'config.json',
  ])('not %s', (path) => {
    expect(isKeyPath(path)).toBe(false);
  });
});

describe('key material by content', () => {
  test.each([
    ['an age key', `# public key: age1abc\nAGE-SECRET-KEY-1${'Q'.repeat(58)}\n`],
    ['a post-quantum age key', `AGE-SECRET-KEY-PQ-1${'q'.repeat(58)}`],
    ['a PEM key', `-----BEGIN PRIVATE KEY-----\n${BODY}\n-----END PRIVATE KEY-----\n`],
    ['an RSA key in YAML', `key: |\n    -----BEGIN RSA PRIVATE KEY-----\n    ${BODY}\n`],
    [
      'an encrypted key',
      `-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\nDEK-Info: AES-128-CBC,AB\n\n${BODY}\n`,
    ],
    ['an SSH key', `-----BEGIN OPENSSH PRIVATE KEY-----\r\n${BODY}\r\n`],
    ['a PGP key', `-----BEGIN PGP PRIVATE KEY BLOCK-----\n\n${BODY}\n`],
    ['a key in a JSON string', `{"k": "-----BEGIN PRIVATE KEY-----\\n${BODY}\\n"}`],
    ['a key in base64', `tls.key: ${base64(`-----BEGIN EC PRIVATE KEY-----\n${BODY}`)}\n`],
    ['a Talos key in base64', `key: ${base64(`-----BEGIN ED25519 PRIVATE KEY-----\n${BODY}`)}\n`],
    ['a PuTTY key', 'PuTTY-User-Key-File-3: ssh-ed25519\n'],
    [
      'a kubeconfig with a certificate',
      `kind: Config\nusers:\n- name: a\n  user:\n    client-key-data: ${BODY}\n`,
    ],
    [
      'a kubeconfig with a token',
      'apiVersion: v1\nkind: Config\nusers:\n- name: a\n  user:\n    token: abc\n',
    ],
    [
      'a talosconfig',
      `context: home\ncontexts:\n  home:\n    ca: x\n    crt: y\n    key: ${'k'.repeat(60)}\n`,
    ],
    ['a talsecret', 'cluster:\n  id: x\nsecrets:\n  bootstraptoken: abcdef.0123456789abcdef\n'],
    ['a machine configuration', 'machine:\n  type: worker\n  token: abcdef.0123456789abcdef\n'],
    ['a service account', '{"type": "service_account", "private_key": "-----BEGIN PRIVATE KEY-----\\nx"}'],
    ['WireGuard', `[Interface]\nPrivateKey = ${'A'.repeat(43)}=\n`],
    ['a registry login', '{"auths": {"ghcr.io": {"auth": "dXNlcjpwYXNzd29yZA=="}}}'],
  ])('%s', (_, text) => {
    expect(keyMaterialIn('apps/file', bytes(text))).toEqual(expect.any(String));
  });

  test.each([
    ['a certificate', `-----BEGIN CERTIFICATE-----\n${BODY}\n-----END CERTIFICATE-----\n`],
    ['a certificate in base64', `ca.crt: ${base64(`-----BEGIN CERTIFICATE-----\n${BODY}`)}`],
    ['a public key', `-----BEGIN PUBLIC KEY-----\n${BODY}\n`],
    [
      'words about keys',
      'Paste the key between -----BEGIN PRIVATE KEY----- and the end, as in AGE-SECRET-KEY-1...\n',
    ],
    ['an encrypted key', 'tls.key: ENC[AES256_GCM,data:LS0tLS1CRUdJTiBQUklWQVRFIEtFWS0tLS0t,iv:x,tag:y]\n'],
    [
      'a Talos patch',
      'machine:\n  type: controlplane\n  kubelet:\n    nodeIP:\n      validSubnets: [10.0.0.0/24]\n',
    ],
    ['a talconfig', 'clusterName: home\nnodes:\n  - hostname: cp-1\n    controlPlane: true\n'],
    ['a Talos template', 'machine:\n  type: worker\n  token: op://vault/talos/MACHINE_TOKEN\n'],
    ['a Deployment', 'kind: Deployment\nspec:\n  template: {}\n'],
  ])('not %s', (_, text) => {
    expect(keyMaterialIn('apps/file', bytes(text))).toBeUndefined();
  });

  test('is looked for in linear time', () => {
    const probes = [
      '\n',
      ' \n',
      'key:\n',
      '-----BEGIN ',
      '-----BEGIN PRIVATE KEY-----\n',
      'LS0tLS1CRUdJTi',
      'key: ',
      '"auths":{',
      'PrivateKey = A',
      ' '.repeat(64),
      'contexts:\n ca:',
    ];
    const started = performance.now();

    for (const probe of probes) keyMaterialIn('a', bytes(probe.repeat(Math.ceil(500_000 / probe.length))));

    expect(performance.now() - started).toBeLessThan(4_000);
  });
});
