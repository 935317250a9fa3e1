import { readFileSync } from 'node:fs';

import { Agent, type Dispatcher, request } from 'undici';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { parse } from 'yaml';

import { describeCluster } from './describe-cluster.ts';
import { type FaultProxy, startFaultProxy } from './faults.ts';

const CONFIG_MAPS = '/api/v1/namespaces/default/configmaps';

describeCluster('fault proxy', (cluster) => {
  const dispatcher = new Agent({ connect: { ca: cluster.endpoint.authority.certificate } });
  let proxy: FaultProxy;

  beforeAll(async () => {
    proxy = await startFaultProxy(cluster);
  });
  afterEach(async () => {
    await proxy.heal();
    proxy.requests.length = 0;
  });
  afterAll(async () => {
    await dispatcher.destroy();
    await proxy.close();
  });

  function ask(path: string): Promise<Dispatcher.ResponseData> {
    const headers = {
      authorization: `Bearer ${cluster.endpoint.tokens['admin']}`,
      'user-agent': 'faults-test',
    };
    return request(proxy.url + path, { dispatcher, headers, headersTimeout: 2000, bodyTimeout: 10_000 });
  }

  it('passes requests and records them', async () => {
    const response = await ask(`${CONFIG_MAPS}?limit=1`);
    const body = await response.body.json();

    expect(body).toMatchObject({ kind: 'ConfigMapList' });
    expect(proxy.requests).toMatchObject([
      { method: 'GET', path: `${CONFIG_MAPS}?limit=1`, userAgent: 'faults-test' },
    ]);
  });

  it('passes the answers of the API server through, errors too', async () => {
    const response = await ask(`${CONFIG_MAPS}/absent`);
    await response.body.dump();

    expect(response.statusCode).toBe(404);
  });

  it('writes a kubeconfig that leads to itself', () => {
    const kubeconfig = parse(readFileSync(proxy.kubeconfig('admin'), 'utf8')) as {
      clusters: [{ cluster: { server: string } }];
    };

    expect(kubeconfig.clusters[0].cluster.server).toBe(proxy.url);
  });

  it.each([403, 410, 429, 500])('answers %i with a Status', async (code) => {
    proxy.fail(/configmaps/, { kind: 'status', code, retryAfter: 7 });

    const response = await ask(CONFIG_MAPS);
    const body = await response.body.json();

    expect(response.statusCode).toBe(code);
    expect(response.headers['retry-after']).toBe('7');
    expect(body).toMatchObject({ kind: 'Status', code });
  });

  it('fails only what matches, and only until it is healed', async () => {
    const heal = proxy.fail(({ path }) => path.includes('configmaps'), { kind: 'status', code: 500 });

    const failing = await ask(CONFIG_MAPS);
    const other = await ask('/version');
    heal();
    const healed = await ask(CONFIG_MAPS);
    await Promise.all([failing, other, healed].map(({ body }) => body.dump()));

    expect([failing, other, healed].map(({ statusCode }) => statusCode)).toEqual([500, 200, 200]);
  });

  it('sends garbage', async () => {
    proxy.fail(/configmaps/, { kind: 'garbage' });

    const response = await ask(CONFIG_MAPS);

    expect(response.statusCode).toBe(200);
    await expect(response.body.json()).rejects.toThrow('JSON');
  });

  it('breaks off in the middle of a body', async () => {
    proxy.fail(/configmaps/, { kind: 'truncated' });

    const response = await ask(CONFIG_MAPS);

    expect(response.statusCode).toBe(200);
    await expect(response.body.text()).rejects.toThrow(/other side closed|terminated|aborted/);
  });

  it('answers late', async () => {
    proxy.fail(/configmaps/, { kind: 'slow', ms: 300 });
    const started = Date.now();

    const response = await ask(CONFIG_MAPS);
    await response.body.dump();

    expect(Date.now() - started).toBeGreaterThanOrEqual(295);
    expect(response.statusCode).toBe(200);
  });

  it('never answers', async () => {
    proxy.fail(/configmaps/, { kind: 'hang' });

    await expect(ask(CONFIG_MAPS)).rejects.toThrow('Headers Timeout Error');
  });

  it('drops a connection', async () => {
    proxy.fail(/configmaps/, { kind: 'drop' });

    await expect(ask(CONFIG_MAPS)).rejects.toThrow('other side closed');
  });

  it('refuses connections, then takes them again at the same address', async () => {
    await proxy.refuse();

    await expect(ask('/version')).rejects.toThrow('ECONNREFUSED');

    await proxy.heal();
    const response = await ask('/version');
    await response.body.dump();
    expect(response.statusCode).toBe(200);
  });

  it('streams a watch as it happens, and cuts it', async () => {
    const events = (await ask(`${CONFIG_MAPS}?watch=true`)).body[Symbol.asyncIterator]();
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'streamed', namespace: 'default' },
    };
    await cluster.admin.create(object);

    const seen = await untilNamed(events, 'streamed');
    const cut = proxy.dropWatches();

    expect(seen).toContain('"ADDED"');
    expect(cut).toBe(1);
    await expect(events.next()).rejects.toThrow(/other side closed|terminated|aborted/);
    await cluster.admin.remove(object);
  });

  it('cuts only the watches that match', async () => {
    const response = await ask(`${CONFIG_MAPS}?watch=true`);
    response.body.on('error', () => undefined);

    const cut = proxy.dropWatches(/secrets/);

    expect(cut).toBe(0);
    response.body.destroy();
  });

  it('ends a watch under way with 410 inside the stream', async () => {
    const response = await ask(`${CONFIG_MAPS}?watch=true`);

    const ended = proxy.expireWatches(/configmaps/);
    const lines = (await response.body.text()).trim().split('\n');

    expect(ended).toBe(1);
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({
      type: 'ERROR',
      object: { code: 410, reason: 'Expired' },
    });
  });

  it('starts a watch that says 410 at once', async () => {
    proxy.fail(/watch=true/, { kind: 'expired' });

    const response = await ask(`${CONFIG_MAPS}?watch=true`);
    const event = await response.body.json();

    expect(response.statusCode).toBe(200);
    expect(event).toMatchObject({ type: 'ERROR', object: { code: 410 } });
  });
});

/** What a stream has brought by the time it speaks of a name. */
async function untilNamed(events: AsyncIterator<Buffer>, name: string): Promise<string> {
  let text = '';
  while (!text.includes(name)) text += String((await events.next()).value);
  return text;
}
