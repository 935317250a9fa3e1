import { describe, expect, test } from 'vitest';

import { createEgress, mapText } from '../../src/gate/egress.ts';
import { createRedactor } from '../../src/gate/redaction/redact.ts';

const known = new Set(['vault', 'flux-system', 'db']);
const egress = createEgress(createRedactor(), {
  known,
  hides: (namespace) => known.has(namespace) || namespace === 'unmet',
});
const HIDDEN = '[hidden by policy]';

describe('text that names a hidden namespace', () => {
  test.each([
    ["dependency 'flux-system/vault-config' is not ready", `dependency '${HIDDEN}' is not ready`],
    ['Kustomization/flux-system/apps', `Kustomization/${HIDDEN}`],
    [
      "timeout waiting for: [Deployment/vault/vault status: 'InProgress']",
      `timeout waiting for: [Deployment/${HIDDEN} status: 'InProgress']`,
    ],
    ['dial tcp: lookup vault.vault.svc.cluster.local', `dial tcp: lookup ${HIDDEN}`],
    ['http://vault-0.vault.svc:8200/v1', `http://${HIDDEN}:8200/v1`],
    ['namespaces "vault" not found', `namespaces "${HIDDEN}" not found`],
    ['in namespace vault', `in namespace ${HIDDEN}`],
    ['vault', HIDDEN],
    [
      'Helm upgrade failed for release vault/vault.v2 with chart x@1',
      `Helm upgrade failed for release ${HIDDEN} with chart x@1`,
    ],
    ["HelmRepository 'vault/charts' not found", `HelmRepository '${HIDDEN}' not found`],
    ['klog: "vault"/"vault-0" evicted', `klog: "${HIDDEN}" evicted`],
    ['vault_vault-config__ConfigMap, vault_vault_apps_Deployment', `${HIDDEN}, ${HIDDEN}`],
    [
      'restarting failed container=main pod=vault-0_vault(123e4567)',
      `restarting failed container=main pod=${HIDDEN}(123e4567)`,
    ],
    ['failed container main in pod vault-0_vault', `failed container main in pod ${HIDDEN}`],
    ['lookup vault-0.vault-internal.vault.svc.cluster.local: no such host', `lookup ${HIDDEN}: no such host`],
    ['postgres://app@pg-rw.db:5432/app', `postgres://app@${HIDDEN}:5432/app`],
    [
      'failed calling webhook "inject.vault.svc": Post "https://inject.vault.svc:443/mutate"',
      `failed calling webhook "${HIDDEN}": Post "https://${HIDDEN}:443/mutate"`,
    ],
    [
      'User "system:serviceaccount:vault:vault-agent" cannot list',
      `User "system:serviceaccount:${HIDDEN}" cannot list`,
    ],
    [
      'GET https://10.96.0.1/api/v1/namespaces/vault/pods/vault-0/log',
      `GET https://10.96.0.1/api/v1/namespaces/${HIDDEN}`,
    ],
    ['deployments.apps "vault-agent" not found in namespace "vault"', `deployments.apps ${HIDDEN}`],
    [
      'pods "vault-0" is forbidden: User "x" cannot get resource "pods" in API group "" in the namespace "vault"',
      `pods ${HIDDEN}`,
    ],
    ['vault-0 in namespace vault', HIDDEN],
    ['{"name":"vault-0","namespace":"vault"}', `{"name":${HIDDEN}}`],
    ['{"namespace":"vault","name":"vault-0","x":1}', `{"namespace":${HIDDEN},"x":1}`],
    ['level=error namespace=vault name=vault-0', `level=error namespace=${HIDDEN}`],
    ['stuck behind flux-system', `stuck behind ${HIDDEN}`],
  ])('%s', (text, expected) => {
    expect(egress.text(text)).toBe(expected);
  });

  test.each([
    ["dependency 'unmet/x' is not ready", `dependency '${HIDDEN}' is not ready`],
    ['Kustomization/unmet/x', `Kustomization/${HIDDEN}`],
    ['lookup x.unmet.svc', `lookup ${HIDDEN}`],
    ['in the namespace "unmet"', `in the namespace "${HIDDEN}"`],
  ])('even one that was never met: %s', (text, expected) => {
    expect(egress.text(text)).toBe(expected);
  });

  test.each([
    'the db is down and the vault is sealed',
    'GET /metrics/db HTTP/1.1',
    'open /etc/apps/web: no such file',
    'Deployment/apps/vault-ui is not ready',
    'image registry.example.test/tools/vault-agent:1.2',
    'configmap "db-settings" not found',
    'apps/web',
    'path ./clusters/main/kubernetes/apps/vault-ui',
  ])('%s stays', (text) => {
    expect(egress.text(text)).toBe(text);
  });

  test('a second pass changes nothing', () => {
    const once = egress.text('flux-system/a vault "vault" x.vault.svc');

    expect(egress.text(once)).toBe(once);
  });
});

describe('references into a hidden namespace', () => {
  test.each([
    [
      'lose their name',
      { kind: 'Pod', namespace: 'vault', name: 'vault-0' },
      { kind: 'Pod', namespace: HIDDEN, name: HIDDEN },
    ],
    [
      'in lists too',
      { dependsOn: [{ namespace: 'vault', name: 'a' }] },
      { dependsOn: [{ namespace: HIDDEN, name: HIDDEN }] },
    ],
    [
      'as pairs of labels',
      { 'helm.toolkit.fluxcd.io/name': 'agent', 'helm.toolkit.fluxcd.io/namespace': 'vault', app: 'web' },
      { 'helm.toolkit.fluxcd.io/name': HIDDEN, 'helm.toolkit.fluxcd.io/namespace': HIDDEN, app: 'web' },
    ],
    [
      'as the annotations of Helm',
      { 'meta.helm.sh/release-name': 'a', 'meta.helm.sh/release-namespace': 'vault' },
      { 'meta.helm.sh/release-name': HIDDEN, 'meta.helm.sh/release-namespace': HIDDEN },
    ],
    ['as a target', { targetNamespace: 'vault', name: 'x' }, { targetNamespace: HIDDEN, name: 'x' }],
  ])('%s', (_name, value, expected) => {
    expect(egress.value(value)).toEqual(expected);
  });

  test('leave others, and keys that are called like a namespace', () => {
    const value = { db: 1, vault: { namespace: 'apps', name: 'web' }, component: 'network' };

    expect(
      createEgress(createRedactor(), { known: new Set(['network', 'vault']), hides: () => false }).value(
        value,
      ),
    ).toEqual(value);
  });
});

describe('everything that leaves', () => {
  test('is redacted before what is invisible is shown, keys included', () => {
    const smuggled = `AGE-SECRET-KEY-1\u200B${'Q'.repeat(58)}`;

    const out = JSON.stringify(egress.value({ [smuggled]: [smuggled], note: 'a\u202Eb' }));

    expect(out).not.toContain('QQQQ');
    expect(out).toContain('a[U+202E]b');
  });

  test('keeps its shape and its other values', () => {
    const value = { a: [1, true, null, { b: 'x' }], c: undefined };

    expect(mapText(value, (text) => text.toUpperCase())).toEqual({
      A: [1, true, null, { B: 'X' }],
      C: undefined,
    });
  });
});
