import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { afterAll, beforeAll, expect, test } from 'vitest';

import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { fluxCrds } from '../cluster/crds.ts';
import { describeCluster } from '../cluster/describe-cluster.ts';
import { type FaultProxy, startFaultProxy } from '../cluster/faults.ts';
import type { Manifest } from '../cluster/manifest.ts';
import {
  condition,
  deploymentTree,
  gitRepository,
  helmRelease,
  kustomization,
  namespace,
  node,
  pod,
  warning,
} from '../cluster/seed.ts';
import { newFolder, serveDaytwo } from '../support/daytwo.ts';
import { driveEverything } from '../support/every-call.ts';
import type { Seen } from '../support/leaks.ts';
import type { Session } from '../support/session.ts';

/** The one namespace that may be seen. */
const OPEN = 'open';
/** Those that may not: one whose name is a word, one that is called like a component, one that can be nothing else. */
const HIDDEN = ['vault', 'network', 'sealed-9'] as const;
/** In every name of an object that may not be seen, and in every text of one. */
const MARK = 'zq';
const SINCE = '2026-01-01T00:00:00Z';

/** What texts of the open namespace say, as upstream projects word it; each names what is hidden. */
const SAYINGS: readonly string[] = [
  'Deployment/vault/zq-server is not ready',
  'dial tcp: lookup zq-api.vault.svc.cluster.local on 10.96.0.10:53: no such host',
  'Get "http://zq-api.vault.svc:8080/ready": context deadline exceeded',
  'Get "http://zq-0.zq-api.vault.svc:8080/ready": EOF',
  'lookup zq-api.vault: no such host',
  'postgres://app@zq-db.vault:5432/app: connection refused',
  'pods "zq-server" is forbidden: User "system:serviceaccount:vault:zq-agent" cannot get resource "pods" in API group "" in the namespace "vault"',
  'configmap "zq-settings" not found in namespace "vault"',
  'restarting failed container=main pod=zq-server_vault(123e4567-e89b-12d3-a456-426614174000)',
  'klog: "Evicted" pod="vault/zq-server" by "vault"/"zq-other"',
  'failed calling webhook "zq-hook.vault.svc": Post "https://zq-hook.vault.svc:443/validate?timeout=10s": EOF',
  'Helm upgrade failed for release vault/zq-web.v2 with chart web@1.2.3',
  "HelmChart 'vault/vault-zq-web' is not ready",
  'GET https://10.96.0.1/api/v1/namespaces/vault/pods/zq-server: 404',
  'inventory: vault_zq-server_apps_Deployment',
  'host "x.test" and path "/" is already defined in ingress vault/zq-ingress',
  '{"level":"error","Kustomization":{"name":"zq-base","namespace":"vault"}}',
  'level=error namespace=vault name=zq-base',
  "can't access 'GitRepository/sealed-9/zq-source', cross-namespace references have been blocked",
  'persistentvolumeclaim "zq-data" in namespace sealed-9 is in use',
  'zq-server.network.svc is down',
];

describeCluster('a policy that allows one namespace', () => {
  let plane: ControlPlane;
  let proxy: FaultProxy;
  let session: Session;
  let seen: Seen[];

  beforeAll(async () => {
    plane = await startControlPlane();
    await plane.admin.installCrds(await fluxCrds());
    await plane.admin.createAll([...HIDDEN.flatMap(hiddenObjects), ...clusterScoped(), ...openObjects()]);
    proxy = await startFaultProxy(plane);
    proxy.fail(/\/log(\?|$)/, { kind: 'text', text: SAYINGS.map((text) => `said ${text}`).join('\n') });
    session = await scopedTo(OPEN);
    seen = await driveEverything(session, { strangers: [] });
  }, 300_000);
  afterAll(async () => {
    await session.close();
    await proxy.close();
    await plane.stop();
  });

  function scopedTo(space: string): Promise<Session> {
    const policy = join(newFolder(), 'policy.yaml');
    writeFileSync(policy, policyFor(space));
    return serveDaytwo(proxy.kubeconfig('admin'), { args: ['--policy', policy] });
  }

  test('says much of that namespace', () => {
    const answers = seen.filter(({ what }) => what.startsWith('answer of '));
    const text = answers.map((answer) => answer.text).join('\n');

    expect(answers.length).toBeGreaterThan(150);
    for (const [index] of SAYINGS.entries()) expect(text).toContain(`saying ${index}:`);
    for (const name of ['Kustomization/open/blocked', 'HelmRelease/open/web', 'Pod/open/web-0'])
      expect(text).toContain(name);
  });

  test('never names an object of another, nor repeats its text', () => {
    expect(seen.filter(({ text }) => text.includes(MARK)).map(extract(MARK))).toEqual([]);
  });

  test.each(HIDDEN.filter((name) => name !== 'network'))('never names the namespace %s', (space) => {
    expect(seen.filter(({ text }) => text.includes(space)).map(extract(space))).toEqual([]);
  });

  test('shows a cause that lies in another as hidden', async () => {
    const { data: status } = await session.call('reconciliation_status', {
      name: 'blocked',
      state: 'blocked',
    });
    const { data: health } = await session.call('health_summary', { component: 'flux' });

    const { columns, rows } = (status?.['problems'] ?? {}) as { columns: string[]; rows: unknown[][] };
    const told = rows.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));
    expect(told).toEqual([
      expect.objectContaining({
        ref: 'Kustomization/open/blocked',
        reason: 'DependencyNotReady',
        message: "dependency '[hidden by policy]' is not ready",
      }),
    ]);
    expect(String(told[0]?.['causedBy'])).toContain('hidden');
    expect(JSON.stringify(health)).toContain('[hidden by policy]');
  });

  test('counts what it keeps back, cluster-scoped objects too', async () => {
    const [health, nodes, pods] = await Promise.all([
      session.call('health_summary'),
      session.call('resource_list', { kind: 'Node' }),
      session.call('resource_list', { kind: 'Pod' }),
    ]);

    expect(health.data?.['hidden']).toMatchObject({
      Deployment: HIDDEN.length,
      Node: 1,
      PersistentVolume: 1,
      ValidatingWebhookConfiguration: 1,
    });
    expect(pods.data?.['hidden']).toEqual({ Pod: 2 * HIDDEN.length });
    expect(nodes.text).toMatch(/^denied: denied by builtin:default-deny/);
  });

  test('does not tell by an answer whether something hidden exists', async () => {
    for (const [tool, input] of QUESTIONS) {
      const real = await session.call(tool, input('vault', 'zq-server'));
      const invented = await session.call(tool, input('nowhere', 'no-server'));

      expect(real.text.replaceAll('zq-server', 'no-server').replaceAll('vault', 'nowhere')).toBe(
        invented.text,
      );
      expect(real.failed).toBe(true);
    }
  });

  test('audits nothing that is hidden, whatever is named', async () => {
    const real = await session.call('access_audit', { namespace: 'vault' });
    const invented = await session.call('access_audit', { namespace: 'nowhere' });

    expect(untimed(real)).toBe(untimed(invented));
  });

  test('keeps events about cluster-scoped objects back in the namespace where they lie', async () => {
    const own = await scopedTo('default');

    const events = await own.call('event_list', {});
    const health = await own.call('health_summary', {});

    await own.close();
    expect(events.data?.['hidden']).toMatchObject({ Event: expect.any(Number) as number });
    expect(`${events.text}${health.text}`).not.toContain(MARK);
  });
});

function untimed({ text }: { text: string }): string {
  return text.replace(/"asOf":"[^"]*"/, '');
}

/** The sentences around a word, to see how it slipped through. */
function extract(word: string): (seen: Seen) => string {
  return ({ what, text }) => {
    const at = text.indexOf(word);
    return `${what.slice(0, 80)}: …${text.slice(Math.max(0, at - 80), at + 80)}…`;
  };
}

const QUESTIONS: readonly [tool: string, input: (space: string, name: string) => Record<string, string>][] = [
  ['resource_get', (space, name) => ({ kind: 'Deployment', namespace: space, name })],
  ['resource_get', (space, name) => ({ kind: 'Secret', namespace: space, name })],
  ['resource_get', (space) => ({ kind: 'Namespace', name: space })],
  ['explain_resource', (space, name) => ({ kind: 'Deployment', namespace: space, name })],
  ['recent_changes', (space) => ({ namespace: space })],
  ['backup_status', (space) => ({ namespace: space })],
  ['resource_list', (space) => ({ kind: 'Pod', namespace: space })],
  ['event_list', (space, name) => ({ namespace: space, name })],
  ['log_tail', (space, name) => ({ namespace: space, pod: name })],
  ['health_summary', (space) => ({ namespace: space })],
  ['reconciliation_status', (space, name) => ({ namespace: space, name })],
];

function policyFor(space: string): string {
  return `
apiVersion: daytwo/v1alpha1
kind: AccessPolicy
metadata: {name: one-namespace, version: 1}
principals: [{id: local, match: {transport: stdio}}]
roles: {operator: {members: [local]}}
rules: [{id: one, effect: allow, namespaces: [${space}], reason: a test of what the others give away}]
`;
}

/** Everything that can be wrong in a namespace, with names and texts that may not be seen. */
function hiddenObjects(space: string): Manifest[] {
  const crash = { state: 'crash-looping', message: `panic: ${MARK} text of ${space}` } as const;
  const message = `${MARK} message of ${space}`;
  const [deployment, ...rest] = deploymentTree(`${MARK}-server`, space, { service: true, pods: [crash] });
  return [
    namespace(space),
    ...(deployment ? [deployment] : []),
    ...rest,
    pod(`${MARK}-alone`, space, { state: 'image-pull', message }),
    gitRepository(`${MARK}-source`, {
      namespace: space,
      state: 'failed',
      message,
      url: `https://${MARK}.test/x.git`,
    }),
    kustomization(`${MARK}-base`, { namespace: space, state: 'failed', message, source: `${MARK}-source` }),
    helmRelease(`${MARK}-web`, { namespace: space, state: 'failed', message }),
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: `${MARK}-settings`, namespace: space },
      data: { [`${MARK}-key`]: 'x' },
    },
    warning(
      { apiVersion: 'v1', kind: 'Pod', metadata: { name: `${MARK}-alone`, namespace: space } },
      'Failed',
      message,
    ),
  ];
}

function clusterScoped(): Manifest[] {
  const failing = node(`${MARK}-node`, { state: 'not-ready' });
  const service = { namespace: 'vault', name: `${MARK}-hook`, path: '/x' };
  const rules = [
    { apiGroups: ['nowhere.test'], apiVersions: ['v1'], resources: ['nothings'], operations: ['CREATE'] },
  ];
  const webhook = {
    name: `${MARK}.example.test`,
    clientConfig: { service },
    rules,
    sideEffects: 'None',
    admissionReviewVersions: ['v1'],
  };
  return [
    failing,
    {
      apiVersion: 'v1',
      kind: 'PersistentVolume',
      metadata: { name: `${MARK}-volume` },
      spec: {
        accessModes: ['ReadWriteOnce'],
        capacity: { storage: '1Gi' },
        hostPath: { path: '/x' },
        claimRef: { namespace: 'vault', name: `${MARK}-data` },
      },
      status: { phase: 'Failed', message: `${MARK} cannot be recycled` },
    },
    {
      apiVersion: 'admissionregistration.k8s.io/v1',
      kind: 'ValidatingWebhookConfiguration',
      metadata: { name: `${MARK}-hook` },
      webhooks: [webhook],
    },
    warning(failing, 'NodeNotReady', `Node ${MARK}-node is not ready`),
  ];
}

/** What may be seen, and names in every way what may not. */
function openObjects(): Manifest[] {
  const flux = { namespace: OPEN };
  const hiddenServer = {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: `${MARK}-server`, namespace: 'vault' },
  };
  const check =
    "health check failed after 5m0s: timeout waiting for: [Deployment/vault/zq-server status: 'InProgress']";
  const blocked = kustomization('blocked', { ...flux, state: 'blocked' });
  const dependsOn = [{ name: `${MARK}-base`, namespace: 'vault' }];
  const foreign = kustomization('foreign', {
    ...flux,
    state: 'stalled',
    message: "can't access 'GitRepository/vault/zq-source', cross-namespace references have been blocked",
  });
  const release = helmRelease('web', {
    ...flux,
    state: 'failed',
    message: 'timed out waiting for Deployment/vault/zq-server',
    inventory: [hiddenServer],
  });
  const waits = [
    condition('Ready', 'False', 'DependencyNotReady', "dependency 'vault/zq-base' is not ready", SINCE),
  ].map((entry) => ({ ...entry, observedGeneration: 1 }));
  return [
    namespace(OPEN),
    gitRepository('cluster', flux),
    kustomization('fine', flux),
    { ...blocked, spec: { ...blocked.spec, dependsOn }, status: { ...blocked.status, conditions: waits } },
    kustomization('checked', {
      ...flux,
      state: 'failed',
      reason: 'HealthCheckFailed',
      message: check,
      inventory: [hiddenServer],
    }),
    {
      ...foreign,
      spec: {
        ...foreign.spec,
        sourceRef: { kind: 'GitRepository', namespace: 'vault', name: `${MARK}-source` },
      },
    },
    {
      ...release,
      spec: {
        ...release.spec,
        targetNamespace: 'vault',
        dependsOn,
        chart: {
          spec: {
            chart: 'web',
            version: '1.2.3',
            sourceRef: { kind: 'HelmRepository', name: `${MARK}-charts`, namespace: 'sealed-9' },
          },
        },
      },
    },
    ...openWorkloads(),
    ...SAYINGS.map((text, index) =>
      warning(
        { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'web-0', namespace: OPEN } },
        `Said${index}`,
        `saying ${index}: ${text}`,
      ),
    ),
  ];
}

function openWorkloads(): Manifest[] {
  const labels = {
    'kustomize.toolkit.fluxcd.io/name': `${MARK}-base`,
    'kustomize.toolkit.fluxcd.io/namespace': 'vault',
    'helm.toolkit.fluxcd.io/name': `${MARK}-web`,
    'helm.toolkit.fluxcd.io/namespace': 'sealed-9',
  };
  const annotations = {
    'meta.helm.sh/release-name': `${MARK}-web`,
    'meta.helm.sh/release-namespace': 'vault',
  };
  const slice = {
    addresses: ['10.0.0.9'],
    targetRef: { kind: 'Pod', namespace: 'vault', name: `${MARK}-server-0` },
  };
  return [
    ...deploymentTree('api', OPEN, {
      labels,
      annotations,
      stuck: true,
      pods: [{ state: 'crash-looping', message: 'panic: lookup zq-api.vault.svc: no such host' }],
    }),
    pod('web-0', OPEN, {
      state: 'image-pull',
      message: 'pull failed: registry zq-registry.vault.svc:5000 refused',
    }),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'alias', namespace: OPEN },
      spec: { type: 'ExternalName', externalName: `${MARK}-api.vault.svc.cluster.local` },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'manual', namespace: OPEN },
      spec: { ports: [{ port: 80 }] },
    },
    {
      apiVersion: 'discovery.k8s.io/v1',
      kind: 'EndpointSlice',
      metadata: { name: 'manual-1', namespace: OPEN, labels: { 'kubernetes.io/service-name': 'manual' } },
      addressType: 'IPv4',
      endpoints: [slice],
      ports: [],
    },
    {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'RoleBinding',
      metadata: { name: 'guests', namespace: OPEN },
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' },
      subjects: [{ kind: 'ServiceAccount', namespace: 'vault', name: `${MARK}-agent` }],
    },
  ];
}
