import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { stringify } from 'yaml';

import { type AccessOptions, loadKubeconfig } from '../../src/adapters/kubernetes/kubeconfig.ts';
import { ToolError } from '../../src/errors.ts';

interface Entry {
  context: string;
  server?: string;
  cluster?: object;
  user?: object;
}

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'daytwo-kubeconfig-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

function write(name: string, content: object | string): string {
  const file = join(dir, name);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, typeof content === 'string' ? content : stringify(content));
  return file;
}

function kubeconfig(entries: readonly Entry[], current?: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': current,
    clusters: entries.map(({ context, server = `https://${context}.test`, cluster }) => ({
      name: context,
      cluster: { server, ...cluster },
    })),
    users: entries.map(({ context, user = {} }) => ({ name: context, user })),
    contexts: entries.map(({ context }) => ({ name: context, context: { cluster: context, user: context } })),
  };
}

function problemOf(options: AccessOptions): ToolError {
  try {
    loadKubeconfig(options);
  } catch (error) {
    if (error instanceof ToolError) return error;
    throw error;
  }
  throw new Error('it loaded');
}

describe('where a kubeconfig comes from', () => {
  test('the file that is named wins over everything else', () => {
    const named = write('named', kubeconfig([{ context: 'named' }], 'named'));
    const other = write('other', kubeconfig([{ context: 'other' }], 'other'));

    const loaded = loadKubeconfig({ kubeconfig: named, environment: { KUBECONFIG: other, HOME: dir } });

    expect(loaded).toMatchObject({ context: 'named', server: 'https://named.test' });
  });

  test('KUBECONFIG wins over the home directory', () => {
    write('home/.kube/config', kubeconfig([{ context: 'home' }], 'home'));
    const file = write('listed', kubeconfig([{ context: 'listed' }], 'listed'));
    const HOME = join(dir, 'home');

    const contexts = [{ KUBECONFIG: file, HOME }, { HOME }, { KUBECONFIG: '', HOME }].map(
      (environment) => loadKubeconfig({ environment }).context,
    );

    expect(contexts).toEqual(['listed', 'home', 'home']);
  });

  test('without any, the answer says where to put one', () => {
    const problem = problemOf({ environment: { HOME: join(dir, 'nobody') } });

    expect(problem).toMatchObject({ code: 'not_found', hint: expect.stringContaining('--kubeconfig') });
  });
});

function environmentOf(...files: string[]): AccessOptions {
  return { environment: { KUBECONFIG: files.join(':') } };
}

describe('several files in KUBECONFIG', () => {
  test('of entries with one name the first counts, as it does for kubectl', () => {
    const first = write('a', kubeconfig([{ context: 'shared', server: 'https://first.test' }], 'shared'));
    const second = write(
      'b',
      kubeconfig([{ context: 'shared', server: 'https://second.test' }, { context: 'own' }], 'own'),
    );

    const loaded = loadKubeconfig(environmentOf(first, second));

    expect(loaded).toMatchObject({ context: 'shared', server: 'https://first.test' });
    expect(loaded.config.contexts.map(({ name }) => name)).toEqual(['shared', 'own']);
  });

  test('a file without a current context leaves the choice to the next', () => {
    const first = write('a', kubeconfig([{ context: 'one' }]));
    const second = write('b', kubeconfig([{ context: 'two' }], 'two'));

    expect(loadKubeconfig(environmentOf(first, second)).context).toBe('two');
  });

  test('a context may name a cluster and a user of other files', () => {
    const context = { name: 'split', context: { cluster: 'c', user: 'u' } };
    const files = [
      write('a', { 'current-context': 'split', contexts: [context] }),
      write('b', { clusters: [{ name: 'c', cluster: { server: 'https://c.test/' } }] }),
      write('c', { users: [{ name: 'u', user: { token: 't' } }] }),
    ];

    const { config, server } = loadKubeconfig(environmentOf(...files));

    expect(server).toBe('https://c.test');
    expect(config.getCurrentUser()).toMatchObject({ token: 't' });
  });

  test('a file that is not there is passed over', () => {
    const file = write('a', kubeconfig([{ context: 'one' }], 'one'));

    expect(loadKubeconfig(environmentOf(join(dir, 'missing'), file)).context).toBe('one');
  });
});

describe('what is wrong is named', () => {
  const environment = {};

  test('a context that is not there, with those that are', () => {
    const file = write('a', kubeconfig([{ context: 'staging' }, { context: 'home' }], 'home'));

    const problem = problemOf({ kubeconfig: file, context: 'hom', environment });

    expect(problem.code).toBe('invalid_input');
    expect(problem.message).toContain(`${file} has no context "hom"`);
    expect(problem.hint).toContain('home, staging');
  });

  const context = { name: 'x', context: { cluster: 'c', user: 'u' } };

  test.each([
    ['no current context', kubeconfig([{ context: 'x' }]), 'names no current context'],
    ['no cluster', { 'current-context': 'x', contexts: [context] }, 'lacks the cluster of its context "x"'],
    [
      'no user',
      {
        'current-context': 'x',
        contexts: [context],
        clusters: [{ name: 'c', cluster: { server: 'https://c.test' } }],
      },
      'lacks the user "u"',
    ],
    [
      'a server that is no URL',
      kubeconfig([{ context: 'x', server: 'c.test:6443' }], 'x'),
      'no valid server',
    ],
    [
      'a cluster without server',
      { clusters: [{ name: 'c', cluster: {} }] },
      'clusters[0].cluster.server is missing',
    ],
    ['something else', '- just\n- a list\n', 'not a kubeconfig'],
    ['broken YAML', 'users: [\n  {token: hunter2', 'cannot be read'],
  ])('%s', (_, content, expected) => {
    const file = write('broken', content);

    const problem = problemOf({ kubeconfig: file, environment });

    expect(problem.message).toContain(file);
    expect(problem.message).toContain(expected);
    expect(problem.message).not.toContain('hunter2');
  });

  test('a file that does not exist', () => {
    const problem = problemOf({ kubeconfig: join(dir, 'nowhere'), environment });

    expect(problem).toMatchObject({ code: 'not_found', message: expect.stringContaining('nowhere') });
  });
});

describe('paths in a kubeconfig are relative to it', () => {
  test('certificates, token files and login plugins', () => {
    const exec = { apiVersion: 'client.authentication.k8s.io/v1', command: './bin/login' };
    const entry = {
      context: 'x',
      cluster: { 'certificate-authority': 'ca.crt' },
      user: { 'client-certificate': 'me.crt', 'client-key': '/keys/me.key', tokenFile: 'token', exec },
    };
    const file = write('sub/config', kubeconfig([entry], 'x'));

    const { config } = loadKubeconfig({ kubeconfig: file, environment: {} });

    expect(config.getCurrentCluster()).toMatchObject({ caFile: join(dir, 'sub/ca.crt') });
    expect(config.getCurrentUser()).toMatchObject({
      certFile: join(dir, 'sub/me.crt'),
      keyFile: '/keys/me.key',
      authProvider: { config: { tokenFile: join(dir, 'sub/token') } },
      exec: { command: join(dir, 'sub/bin/login') },
    });
  });

  test('a plugin without a slash is looked up in PATH', () => {
    const entry = { context: 'x', user: { exec: { command: 'kubelogin' } } };
    const file = write('config', kubeconfig([entry], 'x'));

    const { config } = loadKubeconfig({ kubeconfig: file, environment: {} });

    expect(config.getCurrentUser()?.exec).toMatchObject({ command: 'kubelogin' });
  });
});
