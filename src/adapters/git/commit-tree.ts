import type { PreparedChange } from '#domain/repository/port.ts';

import { ToolError } from '../../errors.ts';
import { type Credentials, type Surroundings, configEnvironment } from './environment.ts';
import type { Git } from './git.ts';

/** Who makes the commits of proposals, and how they are signed, as the operator configured it. */
export interface Authorship {
  author?: { name: string; email: string };
  signing?: { format: 'openpgp' | 'ssh' | 'x509'; key: string };
  credentials: Credentials;
  environment: Surroundings;
  now: () => number;
}

/** Writes the commit of a prepared change into the mirror and returns its id; nothing refers to it yet. */
export async function commitTree(
  git: Git,
  { tree, base }: PreparedChange,
  message: string,
  authorship: Authorship,
  signal: AbortSignal,
): Promise<string> {
  if (message.trim() === '' || message.includes('\0') || message.length > 20_000) throw noMessage();
  const signed = authorship.signing === undefined ? [] : ['-S'];
  const args = ['commit-tree', ...signed, '-p', base, '-F', '-', tree];
  const env = { ...identityOf(authorship), ...signingOf(authorship) };
  const { stdout } = await git(args, { input: Buffer.from(message), env, signal });
  return stdout.toString('utf8').trim();
}

function identityOf({ author, now }: Authorship): Record<string, string> {
  if (author === undefined) throw noAuthor();
  const date = `@${Math.floor(now() / 1_000)} +0000`;
  return {
    GIT_AUTHOR_NAME: author.name,
    GIT_AUTHOR_EMAIL: author.email,
    GIT_AUTHOR_DATE: date,
    GIT_COMMITTER_NAME: author.name,
    GIT_COMMITTER_EMAIL: author.email,
    GIT_COMMITTER_DATE: date,
  };
}

/** What gpg and ssh-keygen find their keys by. */
const KEYRINGS = ['HOME', 'GNUPGHOME'];

function signingOf({ signing, credentials, environment }: Authorship): Record<string, string> {
  if (signing === undefined) return {};
  const rings = KEYRINGS.flatMap((name) => {
    const value = environment[name];
    return value ? [[name, value]] : [];
  });
  const { sshAgentSocket } = credentials;
  return {
    ...Object.fromEntries(rings),
    ...(sshAgentSocket !== undefined && { SSH_AUTH_SOCK: sshAgentSocket }),
    ...configEnvironment([
      ['gpg.format', signing.format],
      ['user.signingKey', signing.key],
    ]),
  };
}

function noAuthor(): ToolError {
  return new ToolError(
    'unavailable',
    'no author for proposals is configured',
    'The operator has to configure a name and an address for the commits of daytwo.',
  );
}

function noMessage(): ToolError {
  return new ToolError('invalid_input', 'the commit message is empty or too long', 'Shorten the reason.');
}
