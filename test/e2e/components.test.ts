import { afterAll, beforeAll, expect, test } from 'vitest';

import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import {
  certManagerCrds,
  rawCertificate,
  rawChallenge,
  rawClusterIssuer,
  rawOrder,
  rawRequest,
} from '../cluster/crds/cert-manager.ts';
import { ciliumCrds, rawCiliumEndpoint, rawCiliumPolicy } from '../cluster/crds/cilium.ts';
import {
  gatewayCondition,
  gatewayCrds,
  rawGateway,
  rawGatewayClass,
  rawRoute,
} from '../cluster/crds/gateway.ts';
import {
  metallbCrds,
  rawAddressPool,
  rawAdvertisement,
  rawConfigurationState,
} from '../cluster/crds/metallb.ts';
import { prometheusCrds, rawProbe, rawServer } from '../cluster/crds/prometheus.ts';
import { describeCluster } from '../cluster/describe-cluster.ts';
import type { Manifest } from '../cluster/manifest.ts';
import { namespace } from '../cluster/seed.ts';
import { openInProcess } from '../support/in-process.ts';
import { grantPrinted } from '../support/viewer.ts';

const ago = (minutes: number): string =>
  new Date(Date.now() - minutes * 60_000).toISOString().replace(/\.\d+Z$/, 'Z');

/** A Service whose endpoints come from elsewhere. */
function bareService(name: string, space: string, spec: Record<string, unknown> = {}): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace: space },
    spec: { ports: [{ name: 'web', port: 80 }], ...spec },
  };
}

const told = (type: string, status: string, reason: string, message = ''): object =>
  gatewayCondition(type, status, reason, ago(30), message);

const GOOD = [told('Accepted', 'True', 'Accepted'), told('Programmed', 'True', 'Programmed')];

/** One fault of each component, as its controller writes it. */
const BROKEN: readonly Manifest[] = [
  ...['apps', 'metallb-system', 'monitoring', 'network'].map((name) => namespace(name)),
  rawCiliumPolicy('bad', {}, { valid: 'False', message: 'Invalid CiliumNetworkPolicy spec' }),
  rawCiliumEndpoint('lost', 'invalid'),
  rawAddressPool('lan', { assigned: 20, available: 0 }),
  rawAdvertisement(),
  rawConfigurationState('Invalid', 'pool "lan" overlaps'),
  bareService('waiting', 'apps', { type: 'LoadBalancer' }),
  rawClusterIssuer(['True', 'ACMEAccountRegistered', 'registered', ago(900)]),
  rawCertificate({ name: 'shop', ready: ['False', 'DoesNotExist', 'Secret does not exist', ago(60)] }),
  rawRequest('shop-1', { Ready: ['False', 'Pending', 'waiting for the order', ago(60)] }, 'shop'),
  rawOrder('shop-1-22', 'shop-1', { state: 'pending' }),
  rawChallenge('shop-1-22-33', 'shop-1-22', { state: 'invalid', reason: 'acme: 403 unauthorized' }),
  rawGatewayClass([told('Accepted', 'True', 'Accepted')]),
  rawGateway({ conditions: GOOD, listener: GOOD }),
  rawGateway({
    name: 'internal',
    conditions: [GOOD[0] ?? {}, told('Programmed', 'False', 'AddressNotAssigned', 'no address')],
  }),
  bareService('wiki', 'apps'),
  rawRoute({ told: { external: [told('ResolvedRefs', 'False', 'RefNotPermitted', 'no ReferenceGrant')] } }),
  rawServer('Prometheus', { available: ['False', 'NoPodReady', 'pod main-0 crashes', ago(20)] }),
  rawProbe({ ingress: { selector: { matchLabels: { probe: 'edge' } }, namespaceSelector: { any: true } } }),
  bareService('blackbox-exporter', 'monitoring'),
];

const FOUND = [
  'CiliumEndpoint/apps/lost EndpointInvalid',
  'CiliumNetworkPolicy/apps/bad PolicyInvalid',
  'Challenge/apps/shop-1-22-33 AcmeRefused',
  'ConfigurationState/metallb-system/speaker-worker-1 ConfigurationInvalid',
  'Gateway/network/internal AddressNotAssigned',
  'HTTPRoute/apps/wiki RefNotPermitted',
  'IPAddressPool/metallb-system/lan PoolExhausted',
  'Prometheus/monitoring/main MonitoringUnavailable',
  'Probe/monitoring/edge ProbeWithoutTargets',
];

describeCluster('components around the network', () => {
  let own: ControlPlane;
  let session: ReturnType<typeof openInProcess>;

  const answer = async (
    tool: string,
    input: Record<string, unknown> = {},
  ): Promise<Record<string, unknown>> => {
    const { data, text, failed } = await session.call(tool, input);
    if (failed || data === undefined) throw new Error(text);
    return data;
  };

  /** Roots with their reasons, those in brief included. */
  const roots = async (): Promise<string[]> => {
    const { findings, more } = await answer('health_summary', { limit: 50 });
    const full = (findings as { ref: string; reason: string }[]).map(({ ref, reason }) => `${ref} ${reason}`);
    const brief = (more as { rows: string[][] } | undefined)?.rows ?? [];
    return [...full, ...brief.map(([, , ref, reason]) => `${ref} ${reason}`)].toSorted((a, b) =>
      a < b ? -1 : 1,
    );
  };

  /** What is looked at, with verdict and rights. */
  const targets = async (): Promise<unknown[]> => {
    const { targets: table } = await answer('access_audit');
    return (table as { rows: unknown[][] }).rows.map(([ref, verdict, , may]) => [ref, verdict, may]);
  };

  beforeAll(async () => {
    own = await startControlPlane();
    await own.admin.installCrds([
      ...ciliumCrds(),
      ...metallbCrds(),
      ...certManagerCrds(),
      ...gatewayCrds(),
      ...prometheusCrds(),
    ]);
    await own.admin.createAll(BROKEN);
    await grantPrinted(own.admin, 'viewer');
    session = openInProcess(own.kubeconfigWithClientCert('viewer'));
  });

  afterAll(async () => {
    await session?.close();
    await own?.stop();
  });

  test('each fault is told by its root, read as it is stored', async () => {
    await expect.poll(roots, { timeout: 20_000 }).toEqual(FOUND.toSorted((a, b) => (a < b ? -1 : 1)));

    const { findings, unchecked } = await answer('health_summary', { component: 'certificate' });
    expect(findings).toMatchObject([{ ref: 'Challenge/apps/shop-1-22-33', consequences: 3 }]);
    expect((unchecked as { what: string }[]).map(({ what }) => what)).toContain('probe results');
  });

  test('an MCP server behind a LoadBalancer is exposed until a policy is around it and something holds it', async () => {
    const labels = { app: 'mcp-grafana' };
    await own.admin.createAll([
      {
        apiVersion: 'apps/v1',
        kind: 'Deployment',
        metadata: { name: 'mcp-grafana', namespace: 'apps' },
        spec: {
          selector: { matchLabels: labels },
          template: {
            metadata: { labels },
            spec: {
              serviceAccountName: 'mcp',
              containers: [{ name: 'mcp', image: 'registry.example.test/mcp:1' }],
            },
          },
        },
      },
      bareService('mcp-grafana', 'apps', { type: 'LoadBalancer', selector: labels }),
      {
        apiVersion: 'rbac.authorization.k8s.io/v1',
        kind: 'ClusterRoleBinding',
        metadata: { name: 'mcp' },
        roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
        subjects: [{ kind: 'ServiceAccount', name: 'mcp', namespace: 'apps' }],
      },
    ]);
    const may = 'mcp: cluster-admin (ClusterRoleBinding/mcp)';

    await expect
      .poll(targets, { timeout: 20_000 })
      .toEqual([['Deployment/apps/mcp-grafana', 'exposed', may]]);

    await own.admin.createAll([
      {
        apiVersion: 'networking.k8s.io/v1',
        kind: 'NetworkPolicy',
        metadata: { name: 'mcp', namespace: 'apps' },
        spec: { podSelector: { matchLabels: labels }, policyTypes: ['Ingress'], ingress: [] },
      },
    ]);

    await expect
      .poll(targets, { timeout: 20_000 })
      .toEqual([['Deployment/apps/mcp-grafana', 'unknown', may]]);

    await own.admin.createAll([
      {
        apiVersion: 'v1',
        kind: 'Pod',
        metadata: { name: 'cilium-agent', namespace: 'kube-system' },
        spec: {
          containers: [{ name: 'cilium-agent', image: 'registry.example.test/cilium/cilium:v1.18.2' }],
        },
        status: { phase: 'Running' },
      },
    ]);

    await expect
      .poll(targets, { timeout: 20_000 })
      .toEqual([['Deployment/apps/mcp-grafana', 'guarded', may]]);
  });

  test('the printed role is what this server needs, and nothing more', async () => {
    expect((await answer('access_audit'))['own']).toMatchObject({ verdict: 'exact' });
  });
});
