import { describe, expect, test } from 'vitest';

import { createEgress, mapText } from '../../src/gate/egress.ts';
import { createRedactor } from '../../src/gate/redact.ts';

const egress = createEgress(createRedactor(), new Set(['vault', 'flux-system', 'db']));
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
  ])('%s', (text, expected) => {
    expect(egress.text(text)).toBe(expected);
  });

  test.each([
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
