import { join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';

import { buildRepository } from '../../scripts/homelab/repository.ts';
import { type ControlPlane, startControlPlane } from '../cluster/control-plane.ts';
import { fluxCrds, permissiveCrd } from '../cluster/crds.ts';
import { describeCluster } from '../cluster/describe-cluster.ts';
import type { Manifest } from '../cluster/manifest.ts';
import { helmRelease } from '../cluster/seed-flux.ts';
import { deploymentTree, gitRepository, kustomization, namespace, node } from '../cluster/seed.ts';
import { newFolder } from '../support/daytwo.ts';
import { openInProcess } from '../support/in-process.ts';
import { openSession, type Session } from '../support/session.ts';
import { grantPrinted } from '../support/viewer.ts';

type Asking = Pick<Session, 'call' | 'close'>;

interface Told {
  state: string;
  summary: string[];
  cause?: { ref: string; git?: { file: string; line: number } };
  chain: { rows: string[][] };
  next: { tool: string; arguments: Record<string, unknown> }[];
}

async function explain(session: Asking, kind: string, name: string, space?: string) {
  const input = { kind, name, ...(space !== undefined && { namespace: space }) };
  const { data, text, failed } = await session.call('explain_resource', input);
  if (failed || data === undefined) throw new Error(text);
  return { ...(data as unknown as Told), bytes: Buffer.byteLength(text) };
}

const ago = (minutes: number): Date => new Date(Date.now() - minutes * 60_000);

function core(kind: string, name: string, spec: Record<string, unknown>): Manifest {
  return { apiVersion: 'v1', kind, metadata: { name, namespace: 'apps' }, spec };
}

/** A kind that is read and that no rule judges. */
const PEER = {
  group: 'metallb.io',
  version: 'v1beta2',
  kind: 'BGPPeer',
  plural: 'bgppeers',
  namespaced: true,
};

const CHARTS: Manifest = {
  apiVersion: 'source.toolkit.fluxcd.io/v1',
  kind: 'HelmRepository',
  metadata: { name: 'charts', namespace: 'flux-system' },
  spec: { type: 'oci', url: 'oci://registry.example.test/charts' },
};

const BROKEN: readonly Manifest[] = [
  namespace('flux-system'),
  namespace('apps'),
  node('worker-1'),
  gitRepository('cluster'),
  CHARTS,
  kustomization('base', { state: 'failed', since: ago(30) }),
  kustomization('apps', { state: 'blocked', dependsOn: ['base'], since: ago(30) }),
  helmRelease('db', { state: 'failed', since: ago(30) }),
  helmRelease('app', { state: 'blocked', dependsOn: ['db'], since: ago(30) }),
  ...deploymentTree('web', 'apps', {
    service: true,
    since: ago(30),
    pods: [{ state: 'crash-looping' }],
  }),
  core('Service', 'typo', {
    selector: { 'app.kubernetes.io/name': 'web', tier: 'front' },
    ports: [{ port: 80, targetPort: 8080 }],
  }),
  {
    apiVersion: 'networking.k8s.io/v1',
    kind: 'Ingress',
    metadata: { name: 'site', namespace: 'apps' },
    spec: {
      defaultBackend: { service: { name: 'web', port: { number: 81 } } },
    },
  },
  core('PersistentVolumeClaim', 'lost', {
    accessModes: ['ReadWriteOnce'],
    storageClassName: 'nowhere',
    resources: { requests: { storage: '1Gi' } },
  }),
  {
    apiVersion: 'metallb.io/v1beta2',
    kind: 'BGPPeer',
    metadata: { name: 'one', namespace: 'apps' },
    spec: {},
  },
];

describeCluster('one object on a real API server, with the role that is printed', () => {
  let own: ControlPlane;
  let session: Asking;

  beforeAll(async () => {
    own = await startControlPlane();
    await own.admin.installCrds([...(await fluxCrds()), permissiveCrd(PEER)]);
    await own.admin.createAll(BROKEN);
    await grantPrinted(own.admin, 'viewer');
    session = openInProcess(own.kubeconfigWithClientCert('viewer'));
  });

  afterAll(async () => {
    await session?.close();
    await own?.stop();
  });

  test.for([
    ['Service', 'web', 'apps', 'Deployment/apps/web'],
    ['Deployment', 'web', 'apps', 'Deployment/apps/web'],
    ['Kustomization', 'apps', 'flux-system', 'Kustomization/flux-system/base'],
    ['HelmRelease', 'app', 'flux-system', 'HelmRelease/flux-system/db'],
  ] as const)('%s %s leads to its cause', async ([kind, name, space, cause]) => {
    const answer = await explain(session, kind, name, space);

    expect(answer.cause?.ref).toBe(cause);
    expect(answer.bytes).toBeLessThan(6_500);
  });

  test('a Service that selects nothing tells which label differs', async () => {
    const { summary } = await explain(session, 'svc', 'typo', 'apps');

    expect(summary.join('\n')).toMatch(/Deployment\/apps\/web lacks tier/);
  });

  test('an Ingress tells the port that its Service lacks', async () => {
    const { summary } = await explain(session, 'ingress', 'site', 'apps');

    expect(summary.join('\n')).toContain('81');
  });

  test('a claim tells the class that is missing', async () => {
    const { chain } = await explain(session, 'pvc', 'lost', 'apps');

    expect(chain.rows).toContainEqual(['down', 'of class', 'StorageClass/nowhere', 'missing', null]);
  });

  test('a node tells the pods it runs', async () => {
    const { chain } = await explain(session, 'node', 'worker-1');

    expect(chain.rows.some(([, how, ref]) => how === 'runs' && ref?.startsWith('Pod/apps/web-'))).toBe(true);
  });

  test('a custom resource without rules is there', async () => {
    const { state } = await explain(session, 'bgppeer', 'one', 'apps');

    expect(state).toBe('exists');
  });

  test('what does not exist has near names', async () => {
    const { text, failed } = await session.call('explain_resource', {
      kind: 'svc',
      namespace: 'apps',
      name: 'wob',
    });

    expect(failed).toBe(true);
    expect(text).toMatch(/^not_found: [^]*Near it: apps\/web\./);
  });
});

const SNAPSHOT = join(import.meta.dirname, '../../examples/homelab/cluster.json');
const FILE = 'clusters/main/kubernetes/apps/wiki/app/helm-release.yaml';

describe('the example', () => {
  let session: Session;

  beforeAll(async () => {
    const folder = newFolder();
    const { directory } = await buildRepository(join(folder, 'work'), { at: 'broken' });
    const args = ['--snapshot', SNAPSHOT, '--repo', directory, '--audit-dir', join(folder, 'audit')];
    session = await openSession({ args, env: { HOME: folder } });
    const placed = async () => (await explain(session, 'deploy', 'wiki', 'wiki')).cause?.git;
    await vi.waitUntil(placed, { timeout: 60_000, interval: 500 });
  });

  afterAll(() => session?.close());

  test.for([
    ['Deployment', 'wiki', 'wiki'],
    ['HelmRelease', 'wiki', 'wiki'],
    ['Service', 'wiki', 'wiki'],
    ['Kustomization', 'wiki-search', 'flux-system'],
  ] as const)(
    '%s %s leads to the commit, and the call that takes it back works',
    async ([kind, name, space]) => {
      const { cause, next, bytes } = await explain(session, kind, name, space);
      const [back] = next;

      expect(cause).toMatchObject({ ref: 'Deployment/wiki/wiki', git: { file: FILE, line: 30 } });
      expect(bytes).toBeLessThan(6_500);
      expect(back?.tool).toBe('propose_change');
      const { data, text } = await session.call('propose_change', back?.arguments ?? {});
      expect(text).toContain('-      tag: 3.3.0\\n+      tag: 3.2.0\\n');
      expect(data).toMatchObject({ paths: [FILE] });
    },
  );
});
