import type { Remote } from './remote-url.ts';

/** How the operator lets daytwo in; all of it is optional, none of it is guessed. */
export interface Credentials {
  /** Used instead of the ssh command built from the three below. */
  sshCommand?: string;
  /** File of a private key. */
  sshKey?: string;
  sshAgentSocket?: string;
  knownHosts?: string;
  /** CA bundle for https. */
  caFile?: string;
  /** As in Git's `credential.helper`. */
  credentialHelper?: string;
  /** Name of the environment variable that holds a token for https. */
  tokenVariable?: string;
}

/** The environment of the server, from which a few names are taken. */
export type Surroundings = Readonly<Record<string, string | undefined>>;

/** What a command inside the machine gets: no credentials, no configuration but the repository's own. */
export function localEnvironment(surroundings: Surroundings): Record<string, string> {
  return {
    ...taken(surroundings, ['PATH', 'TMPDIR', 'SYSTEMROOT']),
    LC_ALL: 'C.UTF-8',
    GIT_ALLOW_PROTOCOL: 'https:ssh',
    GIT_ATTR_NOSYSTEM: '1',
    GIT_CONFIG_GLOBAL: '/dev/null',
    GIT_CONFIG_NOSYSTEM: '1',
    GIT_LITERAL_PATHSPECS: '1',
    GIT_NO_LAZY_FETCH: '1',
    GIT_NO_REPLACE_OBJECTS: '1',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
  };
}

/** What a command that talks to a remote gets on top; secrets travel here, never in arguments. */
export function remoteEnvironment(
  remote: Remote,
  credentials: Credentials,
  surroundings: Surroundings,
): Record<string, string> {
  if (remote.protocol === 'file') return { GIT_ALLOW_PROTOCOL: 'file' };
  if (remote.protocol === 'ssh') return sshEnvironment(credentials);
  return {
    ...taken(surroundings, PROXIES),
    ...(credentials.credentialHelper !== undefined && taken(surroundings, HELPERS_NEED)),
    ...configEnvironment(httpsConfig(remote, credentials, surroundings)),
  };
}

/** Configuration as variables: arguments can be read by every user of the machine, these by its owner alone. */
export function configEnvironment(entries: readonly (readonly [string, string])[]): Record<string, string> {
  const numbered = entries.flatMap(([key, value], index) => [
    [`GIT_CONFIG_KEY_${index}`, key],
    [`GIT_CONFIG_VALUE_${index}`, value],
  ]);
  return { GIT_CONFIG_COUNT: String(entries.length), ...Object.fromEntries(numbered) };
}

const PROXIES = ['https_proxy', 'HTTPS_PROXY', 'no_proxy', 'NO_PROXY', 'all_proxy', 'ALL_PROXY'];
const HELPERS_NEED = ['HOME', 'USER', 'XDG_CONFIG_HOME', 'XDG_RUNTIME_DIR', 'DBUS_SESSION_BUS_ADDRESS'];

/** GitHub, GitLab, Gitea and Forgejo take a token from any user that is not empty. */
const TOKEN_USER = 'x-access-token';

function httpsConfig(
  remote: Remote,
  credentials: Credentials,
  surroundings: Surroundings,
): (readonly [string, string])[] {
  const { caFile, credentialHelper, tokenVariable } = credentials;
  const token = tokenVariable === undefined ? undefined : surroundings[tokenVariable];
  const login = token ? { user: remote.login?.user || TOKEN_USER, password: token } : remote.login;
  const isHelped = !token && credentialHelper !== undefined && !remote.login?.password;
  return [
    ['http.lowSpeedLimit', '1000'],
    ['http.lowSpeedTime', '30'],
    ...(caFile === undefined ? [] : [['http.sslCAInfo', caFile] as const]),
    ...(isHelped ? helped(credentialHelper, remote) : []),
    ...(login && !isHelped ? [[`http.${originOf(remote)}/.extraHeader`, basic(login)] as const] : []),
  ];
}

function helped(helper: string, { login }: Remote): (readonly [string, string])[] {
  const user = login === undefined ? [] : [['credential.username', login.user] as const];
  return [['credential.helper', ''], ['credential.helper', helper], ...user];
}

function basic({ user, password }: { user: string; password: string }): string {
  return `Authorization: Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`;
}

function originOf({ url }: Remote): string {
  return new URL(url).origin;
}

function sshEnvironment({
  sshCommand,
  sshKey,
  sshAgentSocket,
  knownHosts,
}: Credentials): Record<string, string> {
  const command = [
    'ssh -o BatchMode=yes -o ConnectTimeout=10 -o StrictHostKeyChecking=yes -o ControlMaster=no',
    ...(sshKey === undefined ? [] : [`-o IdentitiesOnly=yes -i ${quoted(sshKey)}`]),
    ...(knownHosts === undefined ? [] : [`-o UserKnownHostsFile=${quoted(knownHosts)}`]),
  ].join(' ');
  return {
    GIT_SSH_COMMAND: sshCommand ?? command,
    ...(sshAgentSocket !== undefined && { SSH_AUTH_SOCK: sshAgentSocket }),
  };
}

/** One word for the shell that Git hands its ssh command to. */
function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}

function taken(surroundings: Surroundings, names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => {
      const value = surroundings[name];
      return value ? [[name, value]] : [];
    }),
  );
}
