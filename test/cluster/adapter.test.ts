import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, createServer } from 'node:http';
import { type AddressInfo, type Socket, connect } from 'node:net';

import { afterEach, expect, it, vi } from 'vitest';

import { clusterRole } from '../../src/domain/access.ts';
import type { ServedKind } from '../../src/domain/cluster.ts';
import { KNOWN_GROUPS, knownKindOf } from '../../src/domain/kinds.ts';
import type { KnownKind } from '../../src/domain/objects/index.ts';
import { openSnapshot, recordSnapshot } from '../../src/adapters/snapshot.ts';
import { type Opened, configMap, namesIn, openReader } from './adapter-fixture.ts';
import { permissiveCrd } from './crds.ts';
import { cnpgCrds, rawPostgresBackup } from './crds/cnpg.ts';
import { longhornCrds, rawLonghornBackup, rawLonghornNode } from './crds/longhorn.ts';
import { describeCluster } from './describe-cluster.ts';
import type { Manifest } from './manifest.ts';
import { grant } from './rbac.ts';

const signal = AbortSignal.timeout(600_000);
const KINDS = Object.keys(KNOWN_GROUPS) as KnownKind[];
const POD: ServedKind = {
  kind: 'Pod',
  group: '',
  version: 'v1',
  plural: 'pods',
  namespaced: true,
  listable: true,
};

const FLUX_KINDS = [
  'Alert',
  'Bucket',
  'ExternalArtifact',
  'GitRepository',
  'HelmChart',
  'HelmRelease',
  'HelmRepository',
  'ImagePolicy',
  'ImageRepository',
  'ImageUpdateAutomation',
  'Kustomization',
  'OCIRepository',
  'Provider',
  'Receiver',
];

const opened: Opened[] = [];
function open(...args: Parameters<typeof openReader>): Opened {
  const one = openReader(...args);
  opened.push(one);
  return one;
}
function namespaceNamed(name: string): Manifest {
  return { apiVersion: 'v1', kind: 'Namespace', metadata: { name } };
}

function event(name: string, type: string, pod: string): Manifest {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name, namespace: 'default' },
    type,
    reason: 'R',
    message: 'with hunter2',
    involvedObject: { apiVersion: 'v1', kind: 'Pod', name: pod, namespace: 'default' },
    lastTimestamp: new Date().toISOString().replace(/\.\d+/, ''),
  };
}

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

describeCluster('a cluster as it is', (cluster) => {
  const { admin } = cluster;
  const namespace = 'adapter';

  it('knows its version, its kinds and who it is', async () => {
    const { reader } = open(cluster.kubeconfig('admin'));

    const version = await reader.version(signal);
    const { kinds, unavailable } = await reader.discover(signal);

    expect(version).toBe('v1.36.2');
    expect(reader.identity).toEqual({ context: 'daytwo-test', server: cluster.endpoint.server });
    expect(unavailable).toEqual([]);
    expect(kinds).toContainEqual(POD);
    expect(kinds.filter(({ kind }) => kind === 'HorizontalPodAutoscaler')).toMatchObject([{ version: 'v2' }]);
    expect(kinds.filter(({ kind }) => kind === 'Kustomization')).toMatchObject([
      { group: 'kustomize.toolkit.fluxcd.io', version: 'v1', plural: 'kustomizations', namespaced: true },
    ]);
  });

  it('lists every known kind and every Flux kind, and asks for nothing when asked again', async () => {
    const { reader, sent, quiet } = open(cluster.kubeconfig('admin'));
    const ask = async () => [
      ...(await Promise.all(KINDS.map((kind) => reader.list(kind, signal)))),
      ...(await reader.listFlux(signal)),
      await reader.discover(signal),
    ];
    const asksFor = async () => {
      const before = sent.length;
      await ask();
      return sent.slice(before);
    };
    const first = await ask();

    await quiet();
    // Right after the CRDs are made, discovery is read once more.
    await expect.poll(asksFor, { timeout: 8_000 }).toEqual([]);
    const second = await ask();

    const { kinds } = await reader.discover(signal);
    const served = new Set(kinds.map(({ kind, group }) => knownKindOf(kind, group)));
    expect([...served].filter((kind) => kind === 'Pod' || kind === 'Node.longhorn.io')).toEqual(['Pod']);
    for (const listings of [first, second]) {
      expect(listings.slice(0, -1).map((listing) => 'state' in listing && listing.state)).toEqual([
        ...KINDS.map((kind) => (served.has(kind) ? 'current' : 'absent')),
        ...FLUX_KINDS.map(() => 'current'),
      ]);
    }
    expect((await reader.listFlux(signal)).map(({ kind }) => kind)).toEqual(FLUX_KINDS);
  });

  it('sees what is created, changed and removed within 2 s, without asking', async () => {
    const { reader, sent, quiet } = open(cluster.kubeconfig('admin'));
    const object = configMap('watched', 'default');
    const found = async () =>
      (await reader.list('ConfigMap', signal)).items.find(({ name }) => name === 'watched');
    await reader.list('ConfigMap', signal);
    await quiet();
    const asked = sent.length;

    await admin.create(object);
    await expect.poll(found, { timeout: 2_000 }).toMatchObject({ keys: ['key'] });
    await admin.patch(object, { data: { more: 'x' } });
    await expect.poll(found, { timeout: 2_000 }).toMatchObject({ keys: ['key', 'more'] });
    await admin.remove(object);
    await expect.poll(found, { timeout: 2_000 }).toBeUndefined();

    expect(sent.length).toBe(asked);
  });

  it('reads a long list in pages', async () => {
    const { reader, sent } = open(cluster.kubeconfig('admin'));
    const objects = Array.from({ length: 1_100 }, (_, index) => configMap(`page-${index}`, 'pages'));
    await admin.createAll([namespaceNamed('pages'), ...objects]);

    const { items } = await reader.list('ConfigMap', signal);

    expect(namesIn('pages', items)).toHaveLength(1_100);
    expect(sent.filter((line) => line === 'GET /api/v1/configmaps').length).toBeGreaterThanOrEqual(3);
  });

  it('gets one object, from the copy where there is one', async () => {
    const { reader, sent, quiet } = open(cluster.kubeconfig('admin'));
    const node = { apiVersion: 'v1', kind: 'Node', metadata: { name: 'adapter-node' } };
    await admin.create(node);
    const { kinds } = await reader.discover(signal);
    const kind = kinds.find((candidate) => candidate.kind === 'Node' && candidate.group === '') ?? POD;

    const direct = await reader.get(kind, undefined, 'adapter-node', signal);
    await reader.list('Node', signal);
    await quiet();
    const before = sent.length;
    const copied = await reader.get(kind, undefined, 'adapter-node', signal);

    expect(direct).toMatchObject({ kind: 'Node', name: 'adapter-node', unschedulable: false });
    expect(copied).toEqual(direct);
    expect(sent.length).toBe(before);
    await expect(reader.get(kind, undefined, 'no-such-node', signal)).rejects.toMatchObject({
      code: 'not_found',
    });
    await expect(reader.get(POD, undefined, 'x', signal)).rejects.toMatchObject({ code: 'invalid_input' });
    await admin.remove(node);
  });

  it('answers for events: Warnings from its copy, all others by asking', async () => {
    const { reader } = open(cluster.kubeconfig('admin'));
    await admin.create(event('adapter-a', 'Warning', 'adapter-pod'));
    await admin.create(event('adapter-b', 'Normal', 'adapter-pod'));
    await admin.create(event('adapter-c', 'Warning', 'other-pod'));
    const query = { namespace: 'default', kind: 'Pod', name: 'adapter-pod' };

    const warnings = await reader.events({ ...query, type: 'Warning' }, signal);
    const all = await reader.events(query, signal);
    const known = await reader.list('Event', signal);

    expect(warnings.items).toMatchObject([{ name: 'adapter-a', message: 'with [secret]' }]);
    expect(namesIn('default', all.items)).toEqual(['adapter-a', 'adapter-b']);
    expect(namesIn('default', known.items)).toEqual(expect.arrayContaining(['adapter-a', 'adapter-c']));
    expect(known.items.filter(({ type }) => type !== 'Warning')).toEqual([]);
  });

  it('forgets Warnings after an hour', async () => {
    const { reader, forward } = open(cluster.kubeconfig('admin'));
    await reader.list('Event', signal);

    forward(3_700_000);

    expect((await reader.list('Event', signal)).items).toEqual([]);
  });

  it('never reads Secrets, and says so', async () => {
    const { reader, sent } = open(cluster.kubeconfig('admin'));
    const { kinds } = await reader.discover(signal);
    const secret = kinds.find(({ kind }) => kind === 'Secret') ?? POD;

    const listing = await reader.listAny(secret, undefined, signal);

    expect(secret.plural).toBe('secrets');
    expect(listing).toMatchObject({
      state: 'unknown',
      why: 'daytwo does not read secrets: secrets are never read',
    });
    await expect(reader.get(secret, 'default', 'x', signal)).rejects.toMatchObject({ code: 'denied' });
    expect(sent.filter((line) => line.includes('secrets'))).toEqual([]);
  });

  it('follows kinds that come and go', async () => {
    const { reader } = open(cluster.kubeconfig('admin'));
    const crd = permissiveCrd({
      group: 'fluxcd.controlplane.io',
      version: 'v1',
      kind: 'FluxInstance',
      plural: 'fluxinstances',
      namespaced: true,
    });
    const instance = {
      apiVersion: 'fluxcd.controlplane.io/v1',
      kind: 'FluxInstance',
      metadata: { name: 'flux', namespace: 'default' },
    };
    const listed = async () => (await reader.listFlux(signal)).find(({ kind }) => kind === 'FluxInstance');
    const before = await listed();
    await expect
      .poll(async () => (await reader.list('CustomResourceDefinition', signal)).state)
      .toBe('current');

    await admin.installCrds([crd]);
    await admin.create(instance);
    await expect
      .poll(listed, { timeout: 10_000 })
      .toMatchObject({ state: 'current', items: [{ name: 'flux' }] });
    await admin.remove(crd);
    await admin.waitFor(crd, (object) => object === undefined);

    expect(before).toBeUndefined();
    await expect.poll(listed, { timeout: 10_000 }).toBeUndefined();
  });

  it('reads kinds that share a name apart', async () => {
    const crds = [...longhornCrds(), ...cnpgCrds()];
    const at = new Date().toISOString();
    await admin.installCrds(crds);
    const own = [
      rawLonghornNode('stored', at),
      rawLonghornBackup('backup-1', 'pvc-1', at),
      rawPostgresBackup('db-1', at),
    ].map((one) => ({ ...one, metadata: { ...one.metadata, namespace: 'namesakes' } }));
    await admin.createAll([namespaceNamed('namesakes'), ...own]);
    const { reader } = open(cluster.kubeconfig('admin'));

    const nodes = await reader.list('Node', signal);
    const stored = await reader.list('Node.longhorn.io', signal);
    const backups = await reader.list('Backup.longhorn.io', signal);
    const dumps = await reader.list('Backup.postgresql.cnpg.io', signal);

    expect(nodes.items.map(({ name }) => name)).not.toContain('stored');
    expect(stored).toMatchObject({
      kind: 'Node.longhorn.io',
      items: [{ name: 'stored', disks: [{ maximum: 1e11 }] }],
    });
    expect(backups.items).toMatchObject([{ name: 'backup-1', state: 'Completed' }]);
    expect(dumps.items).toMatchObject([{ name: 'db-1', cluster: 'db', phase: 'completed' }]);
    await Promise.all(crds.map((crd) => admin.remove(crd)));
    await Promise.all(crds.map((crd) => admin.waitFor(crd, (found) => found === undefined)));
  });

  it('works with exactly its role, and does nothing else with an administrator', async () => {
    const rules = clusterRole({ logs: true }).rules;
    await grant(admin, 'daytwo', rules);
    const { reader } = open(cluster.kubeconfig('daytwo'));
    const since = new Date().toISOString();

    const listings = await Promise.all(KINDS.map((kind) => reader.list(kind, signal)));
    const flux = await reader.listFlux(signal);
    await reader.events({}, signal);
    const log = { namespace: 'default', pod: 'none', previous: false, tailLines: 5, limitBytes: 500 };
    await expect(reader.log(log, signal)).rejects.toMatchObject({ code: 'not_found' });
    const reviews = await reader.reviewAccess(
      [
        { verb: 'list', group: '', resource: 'pods' },
        { verb: 'list', group: '', resource: 'secrets' },
        { verb: 'get', group: '', resource: 'pods', subresource: 'exec' },
      ],
      signal,
    );
    await recordSnapshot(reader, signal);

    const unread = [...listings, ...flux].filter(({ state }) => state !== 'current' && state !== 'absent');
    expect(unread).toEqual([]);
    expect(reviews.map(({ allowed }) => allowed)).toEqual([true, false, false]);
    const entriesNow = async () => (await cluster.auditEntries('daytwo')).filter(({ at }) => at >= since);
    const watches = async () => (await entriesNow()).some(({ verb }) => verb === 'watch');
    await vi.waitUntil(watches, { timeout: 5_000, interval: 100 });
    const entries = await entriesNow();
    const verbs = new Set(
      entries.map(({ verb, resource }) => (verb === 'create' ? `create ${resource}` : verb)),
    );
    expect(verbs).toEqual(new Set(['get', 'list', 'watch', 'create selfsubjectaccessreviews']));
    expect(entries.filter(({ code }) => code === 403)).toEqual([]);
  });

  it('says what it may not read, and reads the namespace it may', async () => {
    await admin.create(namespaceNamed(namespace));
    await admin.create(configMap('visible', namespace));
    await grant(
      admin,
      'limited',
      [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get', 'list'] }],
      namespace,
    );
    const { reader, sent, forward } = open(cluster.kubeconfig('limited'));
    const { kinds } = await reader.discover(signal);
    const kind = kinds.find((candidate) => candidate.kind === 'ConfigMap') ?? POD;

    const everywhere = await reader.list('ConfigMap', signal);
    const here = await reader.listAny(kind, namespace, signal);
    const asked = sent.filter((line) => line === 'GET /api/v1/configmaps').length;
    await reader.list('ConfigMap', signal);
    const askedAgain = sent.filter((line) => line === 'GET /api/v1/configmaps').length;
    await grant(admin, 'limited', [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }]);
    forward(11_000);
    const later = await reader.list('ConfigMap', signal);

    expect(everywhere).toMatchObject({
      state: 'unknown',
      items: [],
      why: expect.stringContaining('not permitted'),
    });
    expect(namesIn(namespace, here.items)).toContain('visible');
    expect([asked, askedAgain]).toEqual([1, 1]);
    expect(later.state).toBe('current');
    await grant(admin, 'limited', []);
  });

  it('lists again where it may not watch, at most every 20 s', async () => {
    const user = 'adapter-no-watch';
    await grant(admin, user, [{ apiGroups: [''], resources: ['configmaps'], verbs: ['list'] }]);
    const { reader, sent, forward, quiet } = open(cluster.kubeconfigWithClientCert(user));
    const lists = () => sent.filter((line) => line === 'GET /api/v1/configmaps').length;
    await reader.list('ConfigMap', signal);
    await quiet();
    const first = lists();

    forward(19_000);
    const cached = await reader.list('ConfigMap', signal);
    const unchanged = lists();
    forward(2_000);
    const anew = await reader.list('ConfigMap', signal);

    expect([cached.state, anew.state]).toEqual(['current', 'current']);
    expect(unchanged).toBe(first);
    expect(lists()).toBeGreaterThan(first);
    expect(anew.asOf).toBeGreaterThan(cached.asOf);
    expect(sent.filter((line) => line.endsWith(' watch'))).toHaveLength(1);
  });

  it('goes through the proxy of its kubeconfig, and only there', async () => {
    const hosts: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request: IncomingMessage, socket: Socket) => {
      hosts.push(request.url ?? '');
      const [host = '', port] = (request.url ?? '').split(':');
      const upstream = connect(Number(port), host, () => {
        socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
        upstream.pipe(socket).pipe(upstream);
      });
      for (const end of [upstream, socket]) end.on('error', () => end.destroy());
    });
    await once(proxy.listen(0, '127.0.0.1'), 'listening');
    const { port } = proxy.address() as AddressInfo;
    const kubeconfig = cluster.kubeconfig('admin');
    const text = readFileSync(kubeconfig, 'utf8');
    writeFileSync(
      kubeconfig,
      text.replace(/( +)server:/, `$1proxy-url: http://127.0.0.1:${port}\n$1server:`),
    );
    const { reader, quiet } = open(kubeconfig);

    const { state } = await reader.list('Namespace', signal);
    await quiet();
    await reader.close();
    proxy.close();

    expect(state).toBe('current');
    expect(hosts.length).toBeGreaterThan(1);
    expect(new Set(hosts)).toEqual(new Set([new URL(cluster.endpoint.server).host]));
  });

  it('records what it shows, and the recording shows the same', async () => {
    const { reader } = open(cluster.kubeconfig('admin'));
    await admin.create(configMap('recorded', 'default'));

    const text = await recordSnapshot(reader, signal);
    const copy = openSnapshot(text, { file: 'copy.json', now: Date.now });

    expect(text).not.toContain('hunter2');
    for (const kind of KINDS) {
      const names = (await reader.list(kind, signal)).items.map(({ uid }) => uid).toSorted();
      expect((await copy.list(kind, signal)).items.map(({ uid }) => uid).toSorted()).toEqual(names);
    }
    expect((await copy.listFlux(signal)).length).toBe((await reader.listFlux(signal)).length);
    await admin.remove(configMap('recorded', 'default'));
  });
});
