import { expect, it } from 'vitest';

import { projected } from '../health/upgrade-objects.ts';
import { binding, clusterRole, networkPolicy, talosAccount } from './objects.ts';

it('a NetworkPolicy with whom it selects and lets in', () => {
  const from = [
    { podSelector: { matchLabels: { app: 'proxy' } } },
    { namespaceSelector: { matchExpressions: [{ key: 'tier', operator: 'In', values: ['edge'] }] } },
    { ipBlock: { cidr: '192.0.2.0/24', except: ['192.0.2.1/32'] } },
  ];

  expect(networkPolicy([{ from, ports: [{ port: 80 }] }, {}])).toMatchObject({
    selector: [{ key: 'app', operator: 'In', values: ['mcp-grafana'] }],
    limitsIngress: true,
    ingress: [
      [
        { pods: [{ key: 'app', operator: 'In', values: ['proxy'] }] },
        { namespaces: [{ key: 'tier', operator: 'In', values: ['edge'] }] },
        { cidr: '192.0.2.0/24' },
      ],
      [],
    ],
  });
});

it.each<[string, Record<string, unknown>, boolean]>([
  ['without types', { policyTypes: undefined }, true],
  ['of egress', { policyTypes: ['Egress'] }, false],
  ['of both', { policyTypes: ['Ingress', 'Egress'] }, true],
])('a NetworkPolicy %s', (_what, spec, limitsIngress) => {
  expect(networkPolicy([], spec)).toMatchObject({ limitsIngress, ingress: [] });
});

it('roles and bindings', () => {
  const role = clusterRole('r', {
    apiGroups: [''],
    resources: ['pods'],
    verbs: ['get'],
    resourceNames: ['a'],
  });

  expect(role.rules).toEqual([{ groups: [''], resources: ['pods'], verbs: ['get'], names: ['a'], urls: [] }]);
  expect(binding('r', undefined, 'apps')).toMatchObject({
    kind: 'RoleBinding',
    namespace: 'apps',
    role: { kind: 'ClusterRole', name: 'r' },
    subjects: [{ kind: 'ServiceAccount', name: 'mcp', namespace: 'tools' }],
  });
});

it('accounts of both groups, which share their name', () => {
  const account = projected({
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: { name: 'mcp', namespace: 'tools' },
    automountServiceAccountToken: false,
    secrets: [{ name: 'mcp-token-hunter2' }],
  });

  expect(account).toMatchObject({ kind: 'ServiceAccount', automount: false });
  expect(JSON.stringify(account)).not.toContain('hunter2');
  expect(talosAccount('backup', ['os:etcd:backup'])).toMatchObject({ roles: ['os:etcd:backup'] });
});

it('guards of an Ingress by their keys, never their values', () => {
  const read = projected({
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: {
      name: 'mcp',
      namespace: 'tools',
      annotations: {
        'nginx.ingress.kubernetes.io/auth-url': 'https://auth.example.test/?token=hunter2',
        'nginx.ingress.kubernetes.io/proxy-body-size': '8m',
        'nginx.ingress.kubernetes.io/whitelist-source-range': '192.0.2.0/24, 0.0.0.0/0',
        'nginx.ingress.kubernetes.io/allowlist-source-range': '10.0.0.0/8',
        'traefik.ingress.kubernetes.io/router.middlewares': 'network-authelia@kubernetescrd',
      },
    },
    spec: {},
  });

  expect(read).toMatchObject({
    guards: [
      'nginx.ingress.kubernetes.io/auth-url',
      'nginx.ingress.kubernetes.io/allowlist-source-range',
      'traefik.ingress.kubernetes.io/router.middlewares',
    ],
  });
  expect(JSON.stringify(read)).not.toContain('hunter2');
});

const stored = (spec: object) =>
  projected({
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name: 'p', namespace: 'tools' },
    spec: { ...spec },
  });

it('how a pod reaches past its own bounds, and nothing of one that does not', () => {
  expect(stored({ containers: [{ name: 'a', securityContext: { privileged: false } }] })).toHaveProperty(
    'reach',
    undefined,
  );
  expect(
    stored({
      hostPID: true,
      volumes: [{ name: 'root', hostPath: { path: '/var' } }],
      initContainers: [{ name: 'i', securityContext: { privileged: true } }],
      containers: [
        {
          name: 'a',
          ports: [{ containerPort: 80, hostPort: 8080 }],
          securityContext: { capabilities: { add: ['NET_ADMIN'] } },
        },
      ],
    }),
  ).toMatchObject({
    reach: {
      privileged: true,
      hostPid: true,
      hostPaths: ['/var'],
      hostPorts: [8080],
      capabilities: ['NET_ADMIN'],
    },
  });
});

it('of a ConfigMap where a tunnel leads and which versions Flux fills in, and no other value', () => {
  const config = projected({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'cloudflared', namespace: 'network' },
    data: {
      'config.yaml': `tunnel: hunter2-id
credentials-file: /etc/hunter2.json
ingress:
  - hostname: "*.example.test"
    service: https://user:hunter2@Envoy-External.network.svc.cluster.local:443/hunter2
  - hostname: mcp.example.test
    service: tcp://mcp.tools:9000
    originRequest: {access: {required: true, teamName: hunter2}}
  - service: http_status:404
`,
      'broken.yaml': 'ingress: [hunter2',
      TALOS_VERSION: 'v1.13.9',
      KUBERNETES_VERSION: 'hunter2',
      TALOS_INSTALLER_IMAGE_NVIDIA: 'factory.example.test/installer/613e1592:v1.13.8',
      TALOS_TOKEN: 'v1.2.3-hunter2',
    },
  });

  expect(config).toMatchObject({
    keys: [
      'KUBERNETES_VERSION',
      'TALOS_INSTALLER_IMAGE_NVIDIA',
      'TALOS_TOKEN',
      'TALOS_VERSION',
      'broken.yaml',
      'config.yaml',
    ],
    versions: { TALOS_VERSION: 'v1.13.9', TALOS_INSTALLER_IMAGE_NVIDIA: 'v1.13.8' },
    tunnelRoutes: [
      { host: '*.example.test', to: 'envoy-external.network.svc.cluster.local', guarded: false },
      { host: 'mcp.example.test', to: 'mcp.tools', guarded: true },
    ],
  });
  expect(JSON.stringify(config)).not.toContain('hunter2');
});
