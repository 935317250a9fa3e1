import { once } from 'node:events';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, type ServerResponse, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Agent, fetch, request } from 'undici';
import { stringify } from 'yaml';

import { createClient } from '../../src/adapters/kubernetes/client.ts';
import { type SessionOptions, openSession } from '../../src/adapters/kubernetes/session.ts';
import { guarded } from '../../src/adapters/kubernetes/transport.ts';

type Answerer = (request: IncomingMessage, response: ServerResponse) => void;

let dir: string;
let url: string;
let answer: Answerer;
let seen: string[];
const cleanups: (() => unknown)[] = [];

beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'daytwo-session-'));
  seen = [];
  answer = (_, response) => response.end('{}');
  const server = createServer((incoming, response) => {
    seen.push(`${incoming.method} ${incoming.url} ${incoming.headers.authorization ?? '-'}`);
    answer(incoming, response);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  cleanups.push(
    () => server.closeAllConnections(),
    () => server.close(),
    () => rmSync(dir, { recursive: true }),
  );
});
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

function writeKubeconfig(user: object, server = url): string {
  const file = join(dir, 'config');
  const entry = { cluster: 'c', user: 'u' };
  const clusters = [{ name: 'c', cluster: { server } }];
  const content = { 'current-context': 'x', contexts: [{ name: 'x', context: entry }], clusters };
  writeFileSync(file, stringify({ ...content, users: [{ name: 'u', user }] }));
  return file;
}

function open(user: object, { server, ...options }: Partial<SessionOptions> & { server?: string } = {}) {
  const session = openSession({
    kubeconfig: writeKubeconfig(user, server),
    environment: {},
    logs: false,
    extraGroups: [],
    redact: (text) => text.replaceAll('hunter2', '[secret]'),
    ...options,
  });
  cleanups.push(() => session.close());
  return { session, client: createClient(session, { deadline: 500 }) };
}

/** A login plugin that gives the content of a file as token. */
function plugin(script: string): object {
  const command = join(dir, 'login.sh');
  writeFileSync(command, `#!/bin/sh\n${script}\n`);
  chmodSync(command, 0o755);
  return {
    exec: {
      apiVersion: 'client.authentication.k8s.io/v1',
      command,
      args: [],
      installHint: 'Install the login plugin.',
    },
  };
}

const what = 'list pods';
const PODS = '/api/v1/pods';

describe('who daytwo is', () => {
  test.each([
    ['a token', { token: 'secret-token' }, 'Bearer secret-token'],
    [
      'a user and a password',
      { username: 'sam', password: 'secret-word' },
      `Basic ${btoa('sam:secret-word')}`,
    ],
    ['nobody', {}, '-'],
  ])('%s', async (_, user, authorization) => {
    const { client } = open(user);

    await client.getJson(PODS, { what });

    expect(seen).toEqual([`GET ${PODS} ${authorization}`]);
  });

  test('a token file, without the line break at its end', async () => {
    writeFileSync(join(dir, 'token'), 'from-file\n');
    const { client } = open({ tokenFile: 'token' });

    await client.getJson(PODS, { what });

    expect(seen).toEqual([`GET ${PODS} Bearer from-file`]);
  });

  test('a login plugin, run once for many requests and told what it needs', async () => {
    const status = '{\\"token\\":\\"plugin-token\\"}';
    const script = `echo run >> ${dir}/runs; echo "$KUBERNETES_EXEC_INFO" > ${dir}/told; echo "{\\"status\\":${status}}"`;
    const { client } = open(plugin(script));

    await Promise.all(Array.from({ length: 5 }, () => client.getJson(PODS, { what })));

    expect(new Set(seen)).toEqual(new Set([`GET ${PODS} Bearer plugin-token`]));
    expect(readFileSync(join(dir, 'runs'), 'utf8')).toBe('run\n');
    expect(JSON.parse(readFileSync(join(dir, 'told'), 'utf8'))).toMatchObject({
      kind: 'ExecCredential',
      apiVersion: 'client.authentication.k8s.io/v1',
    });
  });

  test('own credentials are told, so that they can be masked', async () => {
    const told = new Set<string>();
    const onCredentials = (secrets: readonly string[]) => secrets.forEach((secret) => told.add(secret));
    const { client } = open({ token: 'secret-token' }, { onCredentials });

    await client.getJson(PODS, { what });

    expect([...told]).toEqual(['secret-token']);
  });
});

describe('a login that fails', () => {
  test('says what the plugin said, redacted, and how to install it', async () => {
    const { client } = open(plugin('echo "no ticket for hunter2" >&2; exit 3'));

    const asked = client.getJson(PODS, { what });

    await expect(asked).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringMatching(/login\.sh of user "u" failed: no ticket for \[secret\]/),
      hint: 'Install the login plugin.',
    });
    expect(seen).toEqual([]);
  });

  test('a plugin that is not installed', async () => {
    const { client } = open({ exec: { command: '/nowhere/login' } });

    await expect(client.getJson(PODS, { what })).rejects.toMatchObject({
      code: 'unavailable',
      message: expect.stringContaining('/nowhere/login'),
    });
  });

  test('an expired token is replaced from the kubeconfig, once', async () => {
    const { client } = open({ token: 'old-token' });
    answer = (incoming, response) => {
      const known = incoming.headers.authorization === 'Bearer new-token';
      response.writeHead(known ? 200 : 401).end('{}');
    };
    writeKubeconfig({ token: 'new-token' });

    await client.getJson(PODS, { what });

    expect(seen).toEqual([`GET ${PODS} Bearer old-token`, `GET ${PODS} Bearer new-token`]);
  });

  test('a kubeconfig that meanwhile points elsewhere is not followed', async () => {
    const { client } = open({ token: 'old-token' });
    answer = (_, response) => response.writeHead(401).end('{}');
    writeKubeconfig({ token: 'new-token' }, 'http://127.0.0.1:1');

    await expect(client.getJson(PODS, { what })).rejects.toMatchObject({
      code: 'unavailable',
      hint: expect.stringContaining('Log in again'),
    });

    expect(seen).toEqual([`GET ${PODS} Bearer old-token`, `GET ${PODS} Bearer old-token`]);
  });
});

function statusText(code: number, message: string): string {
  return JSON.stringify({ kind: 'Status', code, message });
}

describe('answers that are no success', () => {
  test.each([
    [403, statusText(403, 'pods is forbidden'), 'denied', 'list pods: not permitted: pods is forbidden'],
    [404, statusText(404, 'no such thing'), 'not_found', 'no such thing'],
    [410, statusText(410, 'too old'), 'unavailable', 'changed too much'],
    [429, '', 'unavailable', '429'],
    [500, '<html>', 'unavailable', '500'],
    [503, '', 'unavailable', '503'],
    [200, '<html>hello', 'unavailable', 'not one of an API server'],
    [302, '', 'unavailable', 'redirect'],
  ])('%s %s', async (code, body, expectedCode, expectedMessage) => {
    const { client } = open({});
    answer = (_, response) => response.writeHead(code, { location: '/version' }).end(body);

    await expect(client.getJson(PODS, { what })).rejects.toMatchObject({
      code: expectedCode,
      message: expect.stringContaining(expectedMessage),
    });
    expect(seen.filter((line) => !line.includes(PODS))).toEqual([]);
  });

  test('nobody there', async () => {
    const { client } = open({}, { server: 'http://127.0.0.1:1' });

    await expect(client.getJson(PODS, { what })).rejects.toMatchObject({
      code: 'unavailable',
      message: 'list pods: the API server cannot be reached (connection refused)',
    });
  });

  test('a connection that breaks', async () => {
    const { client } = open({});
    answer = (_, response) => response.destroy();

    await expect(client.getJson(PODS, { what })).rejects.toMatchObject({ code: 'unavailable' });
  });

  test.each([429, 503])('%s with a short wait is tried again after it', async (code) => {
    const { client } = open({});
    answer = (_, response) => {
      if (seen.length === 1) response.writeHead(code, { 'retry-after': '1' }).end();
      else response.end('{"good":true}');
    };
    const started = Date.now();

    const body = await client.getJson(PODS, { what });

    expect(body).toEqual({ good: true });
    expect(Date.now() - started).toBeGreaterThanOrEqual(990);
  });

  test('a long wait is not waited for', async () => {
    const { client } = open({});
    answer = (_, response) => response.writeHead(429, { 'retry-after': '30' }).end();

    await expect(client.getJson(PODS, { what })).rejects.toMatchObject({ code: 'unavailable' });

    expect(seen).toHaveLength(1);
  });
});

describe('time and load', () => {
  test('a server that hangs costs one deadline, however many requests wait for it', async () => {
    const { client } = open({});
    answer = () => {};
    const started = Date.now();

    const asked = await Promise.allSettled(Array.from({ length: 30 }, () => client.getJson(PODS, { what })));

    expect(asked.map((result) => result.status === 'rejected' && result.reason.code)).toEqual(
      Array(30).fill('timeout'),
    );
    expect(Date.now() - started).toBeLessThan(1_000);
    expect(seen).toHaveLength(6);
  });

  test('at most 6 requests are under way', async () => {
    const { client } = open({});
    let underWay = 0;
    let most = 0;
    answer = (_, response) => {
      underWay += 1;
      most = Math.max(most, underWay);
      setTimeout(() => {
        underWay -= 1;
        response.end('{}');
      }, 20);
    };

    await Promise.all(Array.from({ length: 30 }, () => client.getJson(PODS, { what })));

    expect(most).toBe(6);
  });

  test('a caller that gives up gets its own reason', async () => {
    const { client } = open({});
    answer = () => {};
    const reason = new Error('enough');
    const controller = new AbortController();
    const asked = client.getJson(PODS, { what, signal: controller.signal });

    controller.abort(reason);

    await expect(asked).rejects.toBe(reason);
  });
});

describe('what the guard refuses never leaves', () => {
  test.each([
    ['/api/v1/secrets'],
    ['/api/v1/namespaces/a/pods/b/exec?command=id'],
    ['/api/v1/namespaces/../secrets'],
    ['/api/v1/namespaces/a/pods/../../../secrets'],
    ['/api/v1/pods/%2e%2e/secrets'],
    ['@evil.test/api/v1/pods'],
    ['.evil.test/api/v1/pods'],
    ['//evil.test/api/v1/pods'],
  ])('%s', async (path) => {
    const { session } = open({ token: 'secret-token' });
    const signal = AbortSignal.timeout(1_000);
    const listener = { onEvent: () => {}, onEnd: () => {} };

    const asked = [
      session.send({ method: 'GET', path, accept: '*/*', signal }),
      session.watch(path, {}, listener),
    ];

    for (const answered of asked) await expect(answered).rejects.toMatchObject({ code: 'denied' });
    expect(seen).toEqual([]);
  });

  test('nor does anything that was put together past the first look', async () => {
    const base = new Agent();
    cleanups.push(() => base.close());
    const observed: boolean[] = [];
    const dispatcher = guarded(base, { server: url, logs: false, extraGroups: [] }, ({ allowed }) => {
      observed.push(allowed);
    });

    const asked = [
      request(`${url}/api/v1/namespaces/../secrets`, { dispatcher }),
      request(`${url}/api/v1/pods`, { dispatcher, query: { a: 'b' } }),
      request(`${url}/api/v1/pods`, { dispatcher, method: 'DELETE' }),
      fetch(`${url}/api/v1/secrets`, { dispatcher }),
    ];

    const results = await Promise.allSettled(asked);
    expect(results.map(({ status }) => status)).toEqual(Array(4).fill('rejected'));
    expect(observed).toEqual([false, false, false, false]);
    expect(seen).toEqual([]);
  });
});
