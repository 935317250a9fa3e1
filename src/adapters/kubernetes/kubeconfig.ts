import { existsSync, readFileSync } from 'node:fs';
import { delimiter, dirname, isAbsolute, join, resolve } from 'node:path';

import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { parse } from 'yaml';

import { isRecord } from '#domain/record.ts';

import { ToolError } from '../../errors.ts';

/** Where to look for access to a cluster; without `kubeconfig` in the places and the order kubectl looks. */
export interface AccessOptions {
  /** Path of the one file to read. */
  kubeconfig?: string;
  /** Context to use in place of the file's current one. */
  context?: string;
  environment: Readonly<Record<string, string | undefined>>;
}

/** A kubeconfig whose current context is complete. */
export interface LoadedConfig {
  config: KubeConfig;
  context: string;
  /** URL of the API server, without a slash at its end. */
  server: string;
}

const TOKEN_FILE = '/var/run/secrets/kubernetes.io/serviceaccount/token';

/** Reads and merges the files. Throws a ToolError that names the file or the context that is wrong. */
export function loadKubeconfig(options: AccessOptions): LoadedConfig {
  const files = filesOf(options);
  const config = files.length > 0 ? merged(files.map(readFile)) : inCluster(options);
  if (options.context !== undefined) config.setCurrentContext(options.context);
  return complete(config, files);
}

function filesOf({ kubeconfig, environment }: AccessOptions): string[] {
  if (kubeconfig !== undefined) return [kubeconfig];
  const listed = (environment['KUBECONFIG'] ?? '').split(delimiter).filter((file) => file !== '');
  const home = environment['HOME'] ?? environment['USERPROFILE'];
  const candidates = listed.length > 0 ? listed : home === undefined ? [] : [join(home, '.kube/config')];
  // As kubectl does: a file of the list that is not there is no error.
  return candidates.filter((file) => existsSync(file));
}

function readFile(file: string): KubeConfig {
  const config = new KubeConfig();
  try {
    const folder = dirname(resolve(file));
    const content = withUsersCompleted(parse(readFileSync(file, 'utf8')), folder);
    config.loadFromString(JSON.stringify(content));
    config.makePathsAbsolute(folder);
    return config;
  } catch (error) {
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): ToolError {
  const missing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
  const what = missing ? 'does not exist' : `cannot be read: ${reasonOf(error)}`;
  return new ToolError(
    missing ? 'not_found' : 'invalid_input',
    `the kubeconfig ${file} ${what}`,
    'Give the path of a kubeconfig with --kubeconfig or in KUBECONFIG.',
    { cause: error },
  );
}

/** The first line only, since a YAML error quotes the lines around it, credentials included. */
function reasonOf(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0]?.slice(0, 200) ?? '';
}

type Loose = Record<string, unknown>;

/** What kubectl knows of a user and the client library does not: `tokenFile`, and what a plugin is told. */
function withUsersCompleted(content: unknown, folder: string): Loose {
  if (!isRecord(content)) throw new Error('it is not a kubeconfig');
  const { users } = content;
  return { ...content, users: Array.isArray(users) ? users.map((user) => completed(user, folder)) : [] };
}

function completed(entry: unknown, folder: string): unknown {
  if (!isRecord(entry) || !isRecord(entry['user'])) return entry;
  const user = { ...entry['user'] };
  if (typeof user['tokenFile'] === 'string' && user['token'] === undefined) {
    user['auth-provider'] = {
      name: 'tokenFile',
      config: { tokenFile: resolve(folder, user['tokenFile']) },
    };
  }
  if (isRecord(user['exec'])) user['exec'] = completedExec(user['exec'], folder);
  return { ...entry, user };
}

function completedExec(exec: Loose, folder: string): Loose {
  const { apiVersion, command, env } = exec;
  const spec = { interactive: false };
  const told = { apiVersion, kind: 'ExecCredential', spec };
  return {
    ...exec,
    command: typeof command === 'string' ? commandPath(command, folder) : command,
    env: [{ name: 'KUBERNETES_EXEC_INFO', value: JSON.stringify(told) }, ...(Array.isArray(env) ? env : [])],
  };
}

/** A command with a slash is relative to the file that names it, any other one is looked up in PATH. */
function commandPath(command: string, folder: string): string {
  return command.includes('/') && !isAbsolute(command) ? resolve(folder, command) : command;
}

/** As kubectl merges: of several entries with a name the first counts, and the first current context. */
function merged(configs: readonly KubeConfig[]): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: firstByName(configs.flatMap(({ clusters }) => clusters)),
    users: firstByName(configs.flatMap(({ users }) => users)),
    contexts: firstByName(configs.flatMap(({ contexts }) => contexts)),
    currentContext: configs.map(({ currentContext }) => currentContext).find(Boolean),
  });
  return config;
}

function firstByName<T extends { name: string }>(entries: readonly T[]): T[] {
  return [...new Map(entries.toReversed().map((entry) => [entry.name, entry])).values()].toReversed();
}

function inCluster({ environment }: AccessOptions): KubeConfig {
  const config = new KubeConfig();
  if (environment['KUBERNETES_SERVICE_HOST'] === undefined || !existsSync(TOKEN_FILE)) {
    throw new ToolError(
      'not_found',
      'there is no kubeconfig, and this is no pod of a cluster',
      'Give one with --kubeconfig, in KUBECONFIG, or at ~/.kube/config.',
    );
  }
  config.loadFromCluster();
  return config;
}

function complete(config: KubeConfig, files: readonly string[]): LoadedConfig {
  const context = config.getCurrentContext();
  const cluster = config.getCurrentCluster();
  const user = config.getContextObject(context)?.user;
  if (!context) throw incomplete('names no current context', config, files);
  if (!config.getContextObject(context)) throw incomplete(`has no context "${context}"`, config, files);
  if (!cluster) throw incomplete(`lacks the cluster of its context "${context}"`, config, files);
  if (user && !config.getUser(user)) {
    throw incomplete(`lacks the user "${user}" of its context "${context}"`, config, files);
  }
  if (!/^https?:\/\//.test(cluster.server) || !URL.canParse(cluster.server)) {
    throw incomplete(`gives no valid server for its context "${context}"`, config, files);
  }
  return { config: usable(config), context, server: cluster.server };
}

/** The client library refuses plain HTTP unless it is told not to verify a certificate, which there is none of. */
function usable(config: KubeConfig): KubeConfig {
  const clusters = config.clusters.map((cluster) =>
    cluster.server.startsWith('http:') ? { ...cluster, skipTLSVerify: true } : cluster,
  );
  // Credentials of a context without a user are none.
  const users = config.getCurrentUser() ? config.users : [...config.users, { name: '' }];
  config.loadFromOptions({
    clusters,
    users,
    contexts: config.contexts,
    currentContext: config.currentContext,
  });
  return config;
}

function incomplete(problem: string, config: KubeConfig, files: readonly string[]): ToolError {
  const names = config.contexts.map(({ name }) => name).toSorted();
  const where = files.length > 0 ? `the kubeconfig ${files.join(', ')}` : 'the configuration of this pod';
  return new ToolError(
    'invalid_input',
    `${where} ${problem}`,
    names.length > 0
      ? `Choose one of its contexts with --context: ${names.join(', ')}.`
      : 'It has no contexts.',
  );
}
