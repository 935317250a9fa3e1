import { writeFileSync, readFileSync } from 'node:fs';

import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';

import { type Opened, configMap, namesIn, openReader } from './adapter-fixture.ts';
import { pause } from './api.ts';
import { type ControlPlane, startControlPlane } from './control-plane.ts';
import { describeCluster } from './describe-cluster.ts';
import { type Fault, type FaultProxy, startFaultProxy } from './faults.ts';

const signal = AbortSignal.timeout(600_000);
const NAMESPACE = 'adapter-faults';
const LIST = /^\/api\/v1\/configmaps\?(?!.*watch=true)/;
const WATCH = /^\/api\/v1\/configmaps\?.*watch=true/;

const opened: Opened[] = [];
function open(...args: Parameters<typeof openReader>): Opened {
  const one = openReader(...args);
  opened.push(one);
  return one;
}
function listed({ reader }: Opened) {
  return reader.list('ConfigMap', signal);
}

async function names(one: Opened) {
  return namesIn(NAMESPACE, (await listed(one)).items);
}

afterEach(async () => {
  for (const one of opened.splice(0)) await one.close();
});

describeCluster('an API server that misbehaves', (cluster) => {
  const { admin } = cluster;
  let proxy: FaultProxy;
  beforeAll(async () => {
    proxy = await startFaultProxy(cluster);
    await admin.create({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } });
  });
  afterEach(() => proxy.heal());
  afterAll(() => proxy.close());

  let number = 0;
  const newObject = () => configMap(`object-${(number += 1)}`, NAMESPACE);

  async function following(): Promise<Opened> {
    const one = open(proxy.kubeconfig('admin'));
    await listed(one);
    await one.quiet();
    return one;
  }

  it.each<[string, () => unknown]>([
    ['watches that break', () => proxy.dropWatches()],
    ['watches that expire', () => proxy.expireWatches()],
  ])('%s are opened again, with all that happened meanwhile', async (_, breakWatches) => {
    const one = await following();
    const [kept, removed, added] = [newObject(), newObject(), newObject()];
    await admin.create(kept);
    await admin.create(removed);
    await expect
      .poll(() => names(one))
      .toEqual(expect.arrayContaining([kept.metadata.name, removed.metadata.name]));
    const healWatches = proxy.fail(WATCH, { kind: 'drop' });
    breakWatches();
    await admin.remove(removed);
    await admin.create(added);
    healWatches();

    await expect.poll(() => names(one), { timeout: 10_000 }).toContain(added.metadata.name);

    const found = await listed(one);
    expect(found.state).toBe('current');
    expect(namesIn(NAMESPACE, found.items)).toContain(kept.metadata.name);
    expect(namesIn(NAMESPACE, found.items)).not.toContain(removed.metadata.name);
  });

  it.each<[string, Fault]>([
    ['410 when it is opened', { kind: 'status', code: 410 }],
    ['410 inside the stream', { kind: 'expired' }],
    ['500', { kind: 'status', code: 500 }],
    ['garbage', { kind: 'garbage' }],
  ])('a watch that answers %s for a while does no harm, and no storm', async (_, fault) => {
    const one = open(proxy.kubeconfig('admin'));
    const object = newObject();
    const heal = proxy.fail(WATCH, fault);
    await listed(one);
    const before = one.sent.length;
    await pause(3_000);
    const tries = one.sent.length - before;
    heal();
    await admin.create(object);

    await expect.poll(() => names(one), { timeout: 20_000 }).toContain(object.metadata.name);

    // At once, then after half a second, doubled each time; with the lists between them, of this kind and the two that
    // say what is served, no more than two dozen.
    expect(tries).toBeLessThanOrEqual(24);
  });

  it.each<[string, Fault, RegExp]>([
    ['403', { kind: 'status', code: 403 }, /not permitted/],
    ['500', { kind: 'status', code: 500 }, /answered 500/],
    ['429', { kind: 'status', code: 429, retryAfter: 60 }, /overloaded/],
    ['garbage', { kind: 'garbage' }, /not one of an API server/],
    ['half an answer', { kind: 'truncated' }, /cannot be reached/],
    ['nothing, the connection breaks', { kind: 'drop' }, /cannot be reached/],
  ])('a list that answers %s is unknown, alone, and recovers', async (_, fault, why) => {
    const one = open(proxy.kubeconfig('admin'));
    const heal = proxy.fail(LIST, fault);

    const [broken, whole] = await Promise.all([listed(one), one.reader.list('Namespace', signal)]);
    heal();
    one.forward(11_000);
    const recovered = await listed(one);

    expect(broken).toMatchObject({
      kind: 'ConfigMap',
      state: 'unknown',
      items: [],
      why: expect.stringMatching(why),
    });
    expect(whole.state).toBe('current');
    expect(recovered.state).toBe('current');
  });

  it.each([
    ['403', { kind: 'status', code: 403 } as const, 1],
    ['500', { kind: 'status', code: 500 } as const, 5],
  ])('a list that answered %s is asked again as often as it makes sense', async (_, fault, expected) => {
    const one = open(proxy.kubeconfig('admin'));
    proxy.fail(LIST, fault);

    for (let call = 0; call < 5; call++) await listed(one);

    expect(one.sent.filter((line) => line === 'GET /api/v1/configmaps')).toHaveLength(expected);
  });

  it('a list that is throttled for a moment is waited for', async () => {
    const one = open(proxy.kubeconfig('admin'));
    const heal = proxy.fail(LIST, { kind: 'status', code: 429, retryAfter: 1 });
    setTimeout(heal, 500);

    expect((await listed(one)).state).toBe('current');
  });

  it('a list that hangs is unknown after 10 s, and at once when asked again', async () => {
    const one = open(proxy.kubeconfig('admin'));
    proxy.fail(LIST, { kind: 'hang' });
    const started = Date.now();

    const first = await listed(one);
    const between = Date.now();
    const second = await listed(one);

    expect([first.state, second.state]).toEqual(['unknown', 'unknown']);
    expect(first.why).toMatch(/did not answer in time/);
    expect(between - started).toBeGreaterThan(9_000);
    expect(between - started).toBeLessThan(12_000);
    expect(Date.now() - between).toBeLessThan(200);
  });

  it('a slow list is waited for', async () => {
    const one = open(proxy.kubeconfig('admin'));
    proxy.fail(LIST, { kind: 'slow', ms: 1_500 });

    expect((await listed(one)).state).toBe('current');
  });

  it('an API server that is away leaves the last copy, stale, and is found again at the next call', async () => {
    const one = await following();
    const before = await listed(one);
    await proxy.refuse();
    const lost = Date.now();
    await expect.poll(async () => (await listed(one)).state, { timeout: 8_000 }).toBe('stale');
    const stale = await listed(one);
    const object = newObject();
    await admin.create(object);

    await proxy.heal();
    const again = await listed(one);

    expect(stale.items.length).toBe(before.items.length);
    expect(stale.why).toMatch(/cannot be reached \(connection refused\)/);
    expect(stale.asOf).toBeLessThanOrEqual(lost + 500);
    expect(again.state).toBe('current');
    expect(namesIn(NAMESPACE, again.items)).toContain(object.metadata.name);
    expect(again.asOf).toBeGreaterThan(stale.asOf);
  });

  it('an API server that was away from the start is found at the first call after it is back', async () => {
    const one = open(proxy.kubeconfig('admin'));
    await proxy.refuse();

    const away = await listed(one);
    const flux = await one.reader.listFlux(signal);
    await proxy.heal();
    await pause(600);
    const back = await listed(one);

    expect(away).toMatchObject({ state: 'unknown', why: expect.stringContaining('connection refused') });
    expect(flux.map(({ kind }) => kind)).toContain('Kustomization');
    expect(new Set(flux.map(({ state }) => state))).toEqual(new Set(['unknown']));
    expect(back.state).toBe('current');
  });

  it('an expired token is replaced by the one the kubeconfig has now', async () => {
    const kubeconfig = proxy.kubeconfig('admin');
    const valid = readFileSync(kubeconfig, 'utf8');
    writeFileSync(kubeconfig, valid.replace('token-of-admin', 'expired-token'));
    const one = open(kubeconfig);
    writeFileSync(kubeconfig, valid);

    expect((await listed(one)).state).toBe('current');
  });

  it('a watch whose login is refused is opened with a new login', async () => {
    const one = await following();
    const object = newObject();
    const heal = proxy.fail(WATCH, { kind: 'status', code: 401 });
    proxy.dropWatches(WATCH);
    await pause(300);
    heal();
    await admin.create(object);

    await expect.poll(() => names(one), { timeout: 10_000 }).toContain(object.metadata.name);
  });

  it('a machine that was asleep opens its watches again', async () => {
    const one = await following();
    const watches = () => one.sent.filter((line) => line === 'GET /api/v1/configmaps watch').length;
    const before = watches();

    one.forward(8 * 3_600_000);
    const { state } = await listed(one);

    expect(state).toBe('current');
    expect(watches()).toBe(before + 1);
  });

  it('losing the right to read hides what was read', async () => {
    const one = await following();
    proxy.fail(LIST, { kind: 'status', code: 403 });
    proxy.fail(WATCH, { kind: 'status', code: 403 });
    proxy.dropWatches(WATCH);

    await expect.poll(async () => (await listed(one)).state, { timeout: 10_000 }).toBe('unknown');

    expect(await names(one)).toEqual([]);
  });

  it('closing ends every watch and asks for nothing more', async () => {
    const one = await following();

    await one.close();
    const before = one.sent.length;
    await pause(1_500);

    expect(one.sent.length).toBe(before);
    expect(proxy.dropWatches()).toBe(0);
  });
});

describeCluster('an API server that stops', () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane();
  });
  afterAll(() => plane.stop());

  it('is stale while it is gone and current after its restart, with all that changed', async () => {
    const one = open(plane.kubeconfig('admin'));
    await plane.admin.create(configMap('before', 'default'));
    await one.reader.list('ConfigMap', signal);
    await one.quiet();

    await plane.stopApiServer();
    await expect
      .poll(async () => (await one.reader.list('ConfigMap', signal)).state, { timeout: 10_000 })
      .toBe('stale');
    await plane.startApiServer();
    await plane.admin.create(configMap('after', 'default'));

    await expect
      .poll(async () => namesIn('default', (await one.reader.list('ConfigMap', signal)).items), {
        timeout: 20_000,
      })
      .toEqual(expect.arrayContaining(['before', 'after']));
  });

  it('is stale when it freezes, as soon as a watch has been silent for too long', async () => {
    const one = open(plane.kubeconfig('admin'), { silence: 2_000 });
    await one.reader.list('ConfigMap', signal);
    await one.quiet();
    const frozen = Date.now();
    plane.pause();

    await expect
      .poll(async () => (await one.reader.list('ConfigMap', signal)).state, { timeout: 12_000 })
      .toBe('stale');
    const { asOf } = await one.reader.list('ConfigMap', signal);
    plane.resume();
    await expect
      .poll(async () => (await one.reader.list('ConfigMap', signal)).state, { timeout: 20_000 })
      .toBe('current');

    expect(asOf).toBeLessThan(frozen + 3_000);
  });

  it('is unknown within 12 s when it is frozen, for many kinds at once', async () => {
    const one = open(plane.kubeconfig('admin'));
    await one.reader.discover(signal);
    plane.pause();
    const started = Date.now();
    const kinds = [
      'Pod',
      'Node',
      'Service',
      'Deployment',
      'Job',
      'Ingress',
      'CronJob',
      'StatefulSet',
      'DaemonSet',
    ] as const;

    const listings = await Promise.all(kinds.map((kind) => one.reader.list(kind, signal)));
    const took = Date.now() - started;
    plane.resume();
    one.forward(11_000);
    await expect
      .poll(async () => (await one.reader.list('Pod', signal)).state, { timeout: 15_000 })
      .toBe('current');

    expect(listings.map(({ state }) => state)).toEqual(Array(kinds.length).fill('unknown'));
    expect(took).toBeLessThan(12_000);
  });
});
