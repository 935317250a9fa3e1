import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';

import { Agent, request } from 'undici';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';

import type { Endpoint } from './access.ts';
import type { ApiError } from './api.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { permissiveCrd } from './crds.ts';
import { describeCluster } from './describe-cluster.ts';
import type { Manifest, OwnerReference } from './manifest.ts';
import { grant } from './rbac.ts';

const run = promisify(execFile);

function configMap(name: string, namespace = 'default'): Manifest {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { key: 'value' } };
}

function ownedBy(name: string): OwnerReference[] {
  return [{ apiVersion: 'v1', kind: 'ConfigMap', name, uid: '', controller: true, blockOwnerDeletion: true }];
}

interface Kubeconfig {
  clusters: [{ cluster: { server: string; 'certificate-authority-data': string } }];
  users: [{ user: { token?: string; 'client-certificate-data'?: string; 'client-key-data'?: string } }];
}

function decode(text: string | undefined): Buffer | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'base64');
}

/** GET as a kubeconfig says, checking the server's certificate against its CA; answers the HTTP status. */
async function getAs(kubeconfig: string, path: string): Promise<number> {
  const { clusters, users } = parse(readFileSync(kubeconfig, 'utf8')) as Kubeconfig;
  const [{ cluster }, { user }] = [clusters[0], users[0]];
  const dispatcher = new Agent({
    connect: {
      timeout: 1000,
      ca: decode(cluster['certificate-authority-data']),
      cert: decode(user['client-certificate-data']),
      key: decode(user['client-key-data']),
    },
  });
  const headers = user.token === undefined ? {} : { authorization: `Bearer ${user.token}` };
  try {
    const response = await request(cluster.server + path, { dispatcher, headers, headersTimeout: 1000 });
    await response.body.dump();
    return response.statusCode;
  } finally {
    await dispatcher.destroy();
  }
}

describeCluster('shared control plane', (cluster) => {
  const { admin } = cluster;

  it.each([
    ['source.toolkit.fluxcd.io/v1', 'GitRepository', 'gitrepositories'],
    ['kustomize.toolkit.fluxcd.io/v1', 'Kustomization', 'kustomizations'],
    ['helm.toolkit.fluxcd.io/v2', 'HelmRelease', 'helmreleases'],
    ['notification.toolkit.fluxcd.io/v1beta3', 'Alert', 'alerts'],
    ['image.toolkit.fluxcd.io/v1', 'ImagePolicy', 'imagepolicies'],
  ])('serves %s %s', async (apiVersion, kind, plural) => {
    const resource = await admin.resourceOf({ apiVersion, kind });

    expect(resource).toMatchObject({ plural, namespaced: true });
  });

  it('checks objects of Flux against their released schema', async () => {
    const apiVersion = 'kustomize.toolkit.fluxcd.io/v1';
    const nonsense = {
      apiVersion,
      kind: 'Kustomization',
      metadata: { name: 'x', namespace: 'default' },
      spec: {},
    };

    await expect(admin.create(nonsense)).rejects.toMatchObject({
      code: 422,
      message: expect.stringContaining('spec.sourceRef'),
    });
  });

  it('knows its users by token, and lets them do nothing until told', async () => {
    const path = '/api/v1/namespaces/default/configmaps';

    const statuses = await Promise.all(
      ['admin', 'limited'].map((user) => getAs(cluster.kubeconfig(user), path)),
    );
    const stranger = await getAs(cluster.kubeconfig('limited', { token: 'of-nobody' }), path);

    expect(statuses).toEqual([200, 403]);
    expect(stranger).toBe(401);
  });

  it('gives a user powers, in one namespace or in all, and takes them away', async () => {
    const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }];
    const user = 'granted-in-control-plane-test';
    const kubeconfig = cluster.kubeconfigWithClientCert(user);
    const here = () => getAs(kubeconfig, '/api/v1/namespaces/default/configmaps');
    const everywhere = () => getAs(kubeconfig, '/api/v1/configmaps');

    await grant(admin, user, rules, 'default');
    const inOne = [await here(), await everywhere()];
    await grant(admin, user, rules);
    const inAll = [await here(), await everywhere()];
    await grant(admin, user, []);
    const onlyInOneAgain = [await here(), await everywhere()];

    expect({ inOne, inAll, onlyInOneAgain }).toEqual({
      inOne: [200, 403],
      inAll: [200, 200],
      onlyInOneAgain: [200, 403],
    });
  });

  it('knows users and groups by client certificate', async () => {
    const path = '/api/v1/namespaces/default/configmaps';

    const master = await getAs(cluster.kubeconfigWithClientCert('anyone', ['system:masters']), path);
    const nobody = await getAs(cluster.kubeconfigWithClientCert('anyone'), path);

    expect([master, nobody]).toEqual([200, 403]);
  });

  it('writes down who asked for what', async () => {
    const kubeconfig = cluster.kubeconfigWithClientCert('audited-in-control-plane-test');
    await getAs(kubeconfig, '/api/v1/namespaces/default/pods/p/log');
    await getAs(kubeconfig, '/api/v1/pods?limit=5');

    const entries = await cluster.auditEntries('audited-in-control-plane-test');

    expect(entries).toMatchObject([
      { verb: 'get', resource: 'pods', subresource: 'log', namespace: 'default', name: 'p', code: 403 },
      { verb: 'list', resource: 'pods', uri: '/api/v1/pods?limit=5', code: 403 },
    ]);
  });

  it('creates, applies, patches, lists and removes', async () => {
    const object = configMap('round-trip');

    await admin.create(object);
    await admin.apply({ ...object, data: { applied: 'yes' } }, 'someone-else');
    await admin.patch(object, { data: { patched: 'yes' } });
    const listed = await admin.list('v1', 'ConfigMap', 'default');
    await admin.remove(object);
    await admin.remove(object);

    expect(listed.find(({ metadata }) => metadata.name === 'round-trip')?.['data']).toEqual({
      key: 'value',
      applied: 'yes',
      patched: 'yes',
    });
    await expect(admin.get(object)).rejects.toMatchObject({ code: 404 });
  });

  it('creates owners first, whatever the order, and writes statuses', async () => {
    const namespace = 'owners-first';
    const grandchild = configMap('grandchild', namespace);
    const child = configMap('child', namespace);
    grandchild.metadata.ownerReferences = ownedBy('child');
    child.metadata.ownerReferences = ownedBy('parent');
    const claim = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'with-status', namespace },
      spec: { containers: [{ name: 'main', image: 'example.test/main:1' }] },
      status: { phase: 'Failed', reason: 'Evicted' },
    };

    const made = await admin.createAll([
      grandchild,
      claim,
      child,
      configMap('parent', namespace),
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    ]);

    const byName = new Map(made.map((object) => [object.metadata.name, object]));
    expect(byName.get('grandchild')?.metadata.ownerReferences?.[0]?.uid).toBe(
      byName.get('child')?.metadata.uid,
    );
    expect(byName.get('child')?.metadata.ownerReferences?.[0]?.uid).toBe(byName.get('parent')?.metadata.uid);
    expect((await admin.get(claim)).status).toMatchObject({ phase: 'Failed', reason: 'Evicted' });
  });

  it('creates 800 objects well within 20 s', async () => {
    const objects = Array.from({ length: 800 }, (_, index) => configMap(`bulk-${index}`, 'bulk'));
    const started = Date.now();

    await admin.createAll([{ apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'bulk' } }, ...objects]);

    expect(await admin.list('v1', 'ConfigMap', 'bulk')).toHaveLength(800);
    expect(Date.now() - started).toBeLessThan(10_000);
  });

  it('defines a kind of another operator and removes it again', async () => {
    const group = 'operator.test';
    const crd = permissiveCrd({ group, version: 'v1', kind: 'Gadget', plural: 'gadgets', namespaced: false });
    const gadget = {
      apiVersion: `${group}/v1`,
      kind: 'Gadget',
      metadata: { name: 'one' },
      spec: { any: { thing: 1 } },
    };

    await admin.installCrds([crd]);
    await admin.create(gadget);
    await admin.patchStatus(gadget, { phase: 'Ready' });
    const stored = await admin.get(gadget);
    await admin.remove(crd);
    await admin.waitFor(crd, (object) => object === undefined);

    expect(stored).toMatchObject({ spec: { any: { thing: 1 } }, status: { phase: 'Ready' } });
  });

  it.each([
    configMap('old-built-in'),
    { apiVersion: 'v1', kind: 'Node', metadata: { name: 'old-node' } },
    {
      apiVersion: 'notification.toolkit.fluxcd.io/v1',
      kind: 'Receiver',
      metadata: { name: 'old-custom', namespace: 'default' },
    },
  ])('makes $metadata.name older than it is', async (object) => {
    await admin.create(object);

    await cluster.backdate(object, new Date('2026-01-02T03:04:05Z'));

    const created = async () => (await admin.get(object)).metadata.creationTimestamp;
    await expect.poll(created).toBe('2026-01-02T03:04:05Z');
    await admin.remove(object);
  });
});

describeCluster('control plane of one file', () => {
  let own: ControlPlane;

  beforeAll(async () => {
    own = await startControlPlane();
  });
  afterAll(() => own.stop());

  it('loses its API server and gets it back at the same address with the same data', async () => {
    await own.admin.create(configMap('kept'));
    const kubeconfig = own.kubeconfig('admin');

    await own.stopApiServer();
    const refused = getAs(kubeconfig, '/version');
    await expect(refused).rejects.toThrow('ECONNREFUSED');

    await own.startApiServer();
    const status = await getAs(kubeconfig, '/api/v1/namespaces/default/configmaps/kept');
    expect(status).toBe(200);
  });

  it('pauses its API server and lets it go on', async () => {
    const kubeconfig = own.kubeconfig('admin');

    own.pause();
    const hanging = getAs(kubeconfig, '/version');
    await expect(hanging).rejects.toThrow('Timeout');

    own.resume();
    const status = await getAs(kubeconfig, '/version');
    expect(status).toBe(200);
  });

  it('knows its version', async () => {
    const version = await own.admin.request('GET', '/version');

    expect(version).toMatchObject({ major: '1', minor: '36', gitVersion: 'v1.36.2' });
  });

  it('says so when it has no audit log', async () => {
    await expect(own.auditEntries()).rejects.toThrow('without an audit log');
  });
});

describeCluster('control plane with controllers', () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await startControlPlane({ controllerManager: true, kwok: true });
  }, 600_000);
  afterAll(() => plane.stop());

  it('runs a Deployment to the end, without a kubelet', async () => {
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'worker' } };
    const template = {
      metadata: { labels: { app: 'web' } },
      spec: { nodeName: 'worker', containers: [{ name: 'main', image: 'example.test/web:1' }] },
    };
    const deployment = {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'default' },
      spec: { replicas: 2, selector: { matchLabels: { app: 'web' } }, template },
    };

    await plane.admin.createAll([node, deployment]);

    const ready = async () => (await plane.admin.get(deployment)).status?.['readyReplicas'];
    await expect.poll(ready, { timeout: 30_000 }).toBe(2);
  });

  it('ends a namespace with all that is in it', async () => {
    const namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'short-lived' } };
    const content = configMap('content', 'short-lived');
    await plane.admin.createAll([namespace, content]);

    await plane.admin.remove(namespace);

    const gone = () => plane.admin.get(namespace).catch((error: ApiError) => error.code);
    await expect.poll(gone, { timeout: 30_000 }).toBe(404);
  });
});

describeCluster('what a control plane leaves behind', () => {
  const script = `
    import { startControlPlane } from '${import.meta.dirname}/control-plane.ts';
    const plane = await startControlPlane();
    process.stdout.write(JSON.stringify(plane.endpoint) + '\\n');
    setInterval(() => undefined, 1000);
  `;

  it('is nothing, even when its process is killed', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(createInterface(child.stdout), 'line')) as [string];
    const { dir, server } = JSON.parse(line) as Endpoint;

    child.kill('SIGKILL');
    await once(child, 'exit');

    await expect.poll(() => existsSync(dir), { timeout: 5000 }).toBe(false);
    await expect.poll(() => isListening(server), { timeout: 5000 }).toBe(false);
  });
});

async function isListening(url: string): Promise<boolean> {
  const socket = connect(Number(new URL(url).port), '127.0.0.1');
  return once(socket, 'connect').then(
    () => {
      socket.destroy();
      return true;
    },
    () => false,
  );
}

describeCluster('build', () => {
  it('survives two runs at once and builds once for later ones', { timeout: 300_000 }, async () => {
    const cache = await mkdtemp(join(tmpdir(), 'daytwo-build-'));
    const script = `
      import { ensurePrograms } from '${import.meta.dirname}/build.ts';
      process.stdout.write((await ensurePrograms(['etcd'])).etcd);
    `;
    const goCache = (await run('go', ['env', 'GOCACHE'])).stdout.trim();
    const build = () =>
      run(process.execPath, ['--input-type=module', '-e', script], {
        env: { ...process.env, XDG_CACHE_HOME: cache, GOCACHE: goCache },
      });

    const both = await Promise.all([build(), build()]);
    const later = await build();

    const paths = new Set([...both, later].map(({ stdout }) => stdout));
    expect(paths.size).toBe(1);
    expect(both[0].stderr).toContain('building etcd');
    expect(later.stderr).toBe('');
    expect((await run([...paths][0] ?? '', ['--version'])).stdout).toContain('etcd Version: 3.6.6');
    await rm(cache, { recursive: true });
  });
});
