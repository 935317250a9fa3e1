import { describe, expect, test } from 'vitest';

import { type Credentials, remoteEnvironment } from '../../../src/adapters/git/environment.ts';
import { folderOf, isRemoteUrl, parseRemote, withoutUsers } from '../../../src/adapters/git/remote-url.ts';

describe('a remote', () => {
  test.each<[string, string, string, string]>([
    [
      'https://github.com/sam/home.git',
      'https',
      'https://github.com/sam/home.git',
      'https://github.com/sam/home.git',
    ],
    [
      'https://sam:pw@git.test:3000/sam/home',
      'https',
      'https://git.test:3000/sam/home',
      'https://git.test:3000/sam/home',
    ],
    ['https://token@git.test/home', 'https', 'https://git.test/home', 'https://git.test/home'],
    ['https://git.test/home?token=x#y', 'https', 'https://git.test/home', 'https://git.test/home'],
    [
      'ssh://git@git.test:2222/sam/home.git',
      'ssh',
      'ssh://git@git.test:2222/sam/home.git',
      'ssh://git.test:2222/sam/home.git',
    ],
    ['ssh://git:pw@git.test/home', 'ssh', 'ssh://git@git.test/home', 'ssh://git.test/home'],
    ['git@github.com:sam/home.git', 'ssh', 'git@github.com:sam/home.git', 'ssh://github.com/sam/home.git'],
    ['git.test:home.git', 'ssh', 'git.test:home.git', 'ssh://git.test/home.git'],
    ['/srv/git/home.git', 'file', '/srv/git/home.git', 'file:///srv/git/home.git'],
    ['file:///srv/my%20git/home.git', 'file', '/srv/my git/home.git', 'file:///srv/my git/home.git'],
    ['../home.git', 'file', '/srv/home.git', 'file:///srv/home.git'],
  ])('%s', (text, protocol, url, shown) => {
    const remote = parseRemote(text, '/srv/clone');

    expect([remote.protocol, remote.url, remote.shown]).toEqual([protocol, url, shown]);
  });

  test.each([
    'http://git.test/home',
    'git://git.test/home',
    'ftp://git.test/home',
    'ssh://-oProxyCommand=x/home',
    'ssh://-l@git.test/home',
    '-oProxyCommand:home',
    'file://other-host/home',
    'https://git.test/a b',
    'https://',
  ])('%s is not spoken', (text) => {
    expect(() => parseRemote(text, '/work')).toThrow(/^the repository is configured as/);
  });

  test.each([
    ['/srv/home', false],
    ['home', false],
    ['./a:b', false],
    ['git@host:home', true],
    ['https://host/home', true],
  ])('%s is a URL: %s', (text, isUrl) => {
    expect(isRemoteUrl(text)).toBe(isUrl);
  });

  test('has a folder of its own, the same with and without user', () => {
    const folders = [
      'https://a.test/home.git',
      'https://sam:pw@a.test/home.git',
      'https://b.test/home.git',
    ].map((text) => folderOf(parseRemote(text, '/')));

    expect(folders[0]).toMatch(/^home-[0-9a-f]{16}$/);
    expect(folders[1]).toBe(folders[0]);
    expect(folders[2]).not.toBe(folders[0]);
  });

  test('users go from any text', () => {
    const text = withoutUsers(
      "unable to access 'https://sam:pw@git.test/home/': x, ssh://git@git.test/home a@b.c",
    );

    expect(text).toBe("unable to access 'https://git.test/home/': x, ssh://git.test/home a@b.c");
  });
});

describe('what Git is told of credentials', () => {
  test.each<[string, string, Credentials, string[]]>([
    ['nothing', 'https://git.test/home', {}, []],
    ['the login of the URL', 'https://sam:pw@git.test/home', {}, [basic('sam:pw')]],
    ['a token', 'https://git.test/home', { tokenVariable: 'T' }, [basic('x-access-token:secret')]],
    [
      'a token before the password of the URL',
      'https://sam:pw@git.test/home',
      { tokenVariable: 'T' },
      [basic('sam:secret')],
    ],
    ['no token where the variable is empty', 'https://git.test/home', { tokenVariable: 'EMPTY' }, []],
    [
      'a helper, and no other',
      'https://sam@git.test/home',
      { credentialHelper: 'store' },
      ['credential.helper=', 'credential.helper=store', 'credential.username=sam'],
    ],
    ['a CA', 'https://git.test/home', { caFile: '/etc/ca.pem' }, ['http.sslCAInfo=/etc/ca.pem']],
  ])('%s', (_, url, credentials, expected) => {
    const variables = environment(url, credentials, { T: 'secret', EMPTY: '' });

    expect(configOf(variables).filter((entry) => !entry.startsWith('http.lowSpeed'))).toEqual(expected);
  });

  test('a helper finds the home of the operator, nobody else does', () => {
    const surroundings = { HOME: '/home/sam', https_proxy: 'http://proxy.test', SECRET: 'x' };

    const helped = environment('https://git.test/home', { credentialHelper: 'store' }, surroundings);
    const alone = environment('https://git.test/home', {}, surroundings);

    expect([helped['HOME'], alone['HOME'], alone['https_proxy']]).toEqual([
      '/home/sam',
      undefined,
      'http://proxy.test',
    ]);
    expect(helped['SECRET']).toBeUndefined();
  });

  test('ssh never asks, trusts known hosts only, and gets the agent that was named', () => {
    const plain = environment('git@git.test:home', {}, { SSH_AUTH_SOCK: '/tmp/agent' });
    const full = environment('git@git.test:home', {
      sshKey: "/home/sam/it's",
      knownHosts: '/etc/known hosts',
      sshAgentSocket: '/run/agent',
    });
    const own = environment('git@git.test:home', { sshCommand: 'ssh -F /etc/ssh' });

    expect(plain).toEqual({
      GIT_SSH_COMMAND:
        'ssh -o BatchMode=yes -o ConnectTimeout=10 -o StrictHostKeyChecking=yes -o ControlMaster=no',
    });
    expect(full['GIT_SSH_COMMAND']).toContain(
      String.raw` -o IdentitiesOnly=yes -i '/home/sam/it'\''s' -o UserKnownHostsFile='/etc/known hosts'`,
    );
    expect(full['SSH_AUTH_SOCK']).toBe('/run/agent');
    expect(own).toEqual({ GIT_SSH_COMMAND: 'ssh -F /etc/ssh' });
  });

  test('a path needs none, and file is allowed for it alone', () => {
    const local = environment('/srv/home', { tokenVariable: 'T', sshKey: '/k' }, { T: 'secret' });

    expect(local).toEqual({ GIT_ALLOW_PROTOCOL: 'file' });
  });
});

function environment(url: string, credentials: Credentials, surroundings = {}): Record<string, string> {
  return remoteEnvironment(parseRemote(url, '/'), credentials, surroundings);
}

function configOf(variables: Record<string, string>): string[] {
  return Array.from(
    { length: Number(variables['GIT_CONFIG_COUNT'] ?? 0) },
    (_, at) => `${variables[`GIT_CONFIG_KEY_${at}`]}=${variables[`GIT_CONFIG_VALUE_${at}`]}`,
  );
}

function basic(login: string): string {
  return `http.https://git.test/.extraHeader=Authorization: Basic ${Buffer.from(login).toString('base64')}`;
}
