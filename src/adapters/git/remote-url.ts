import { createHash } from 'node:crypto';
import { isAbsolute, resolve } from 'node:path';

import { ToolError } from '../../errors.ts';

/** A place Git fetches from and pushes to. */
export interface Remote {
  protocol: 'https' | 'ssh' | 'file';
  /** What Git is given: no password, and over https no user. */
  url: string;
  /** What answers show: no user information at all. */
  shown: string;
  /** Over https: user and password of the URL that was configured; a secret. */
  login?: { user: string; password: string };
}

/** `user@host:path`; a path that starts with a slash would be a URL's or a directory's. */
const SCP = /^(?:(?<user>[\w.-]+)@)?(?<host>[\w.-]+|\[[\da-fA-F:]+\]):(?<path>[^:\s]+)$/;

/** True for what can only be a URL, `user@host:path` included; everything else is a path. */
export function isRemoteUrl(text: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(text) || (!isAbsolute(text) && SCP.test(text));
}

/** Reads a remote as Git does; a path is taken from `directory`. Rejects what daytwo does not speak: `invalid_input`. */
export function parseRemote(text: string, directory: string): Remote {
  if (!isRemoteUrl(text)) return fileRemote(resolve(directory, text));
  const scp = text.includes('://') ? undefined : SCP.exec(text)?.groups;
  if (scp) return scpRemote(text, scp);
  return urlRemote(URL.canParse(text) && !/[\0-\x20\x7F]/.test(text) ? new URL(text) : undefined);
}

/** A directory name for what belongs to a remote: readable, and its own for each URL. */
export function folderOf({ shown }: Remote): string {
  const name = shown.replace(/\/+$|\.git\/*$/g, '').replace(/^.*[/:]/, '');
  const slug = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .slice(0, 40);
  return `${slug || 'repository'}-${createHash('sha256').update(shown).digest('hex').slice(0, 16)}`;
}

/** Text without the user information of any URL in it. */
export function withoutUsers(text: string): string {
  return text.replaceAll(/([a-z][a-z0-9+.-]*:\/\/)[^\s/@'"]+@/gi, '$1');
}

function urlRemote(url: URL | undefined): Remote {
  if (url === undefined) throw notSpoken('a malformed URL');
  if (url.protocol === 'https:') return httpsRemote(url);
  if (url.protocol === 'ssh:' || url.protocol === 'git+ssh:') return sshRemote(url);
  if (url.protocol === 'file:' && url.host === '') return fileRemote(decodeURIComponent(url.pathname));
  throw notSpoken(`a remote over ${url.protocol.slice(0, -1)}`);
}

function fileRemote(path: string): Remote {
  return { protocol: 'file', url: path, shown: `file://${path}` };
}

function scpRemote(text: string, parts: Record<string, string>): Remote {
  const { user, host = '', path = '' } = parts;
  if (startsAsOption(host) || startsAsOption(user)) throw notSpoken('a host that looks like an option');
  return { protocol: 'ssh', url: text, shown: `ssh://${host}/${path.replace(/^\//, '')}` };
}

function sshRemote(url: URL): Remote {
  if (startsAsOption(url.hostname) || startsAsOption(decodeURIComponent(url.username))) {
    throw notSpoken('a host that looks like an option');
  }
  const user = url.username === '' ? '' : `${url.username}@`;
  const rest = `${url.host}${url.pathname}`;
  return { protocol: 'ssh', url: `ssh://${user}${rest}`, shown: `ssh://${rest}` };
}

function httpsRemote(url: URL): Remote {
  const plain = `https://${url.host}${url.pathname}`;
  const login = { user: decodeURIComponent(url.username), password: decodeURIComponent(url.password) };
  return { protocol: 'https', url: plain, shown: plain, ...(url.username !== '' && { login }) };
}

function startsAsOption(text: string | undefined): boolean {
  return text?.startsWith('-') === true;
}

function notSpoken(what: string): ToolError {
  return new ToolError(
    'invalid_input',
    `the repository is configured as ${what}`,
    'The operator has to configure a path, or a URL over https or ssh.',
  );
}
