import type { Config } from '../config.ts';

/** The configuration of a repository, in the shape that opening one takes. */
export interface RepositoryConfiguration {
  repository: string;
  base?: string;
  remote?: string;
  cacheDir: string;
  author: { name: string; email: string };
  signing?: { format: 'openpgp' | 'ssh' | 'x509'; key: string };
  credentials: {
    sshKey?: string;
    sshAgentSocket?: string;
    knownHosts?: string;
    caFile?: string;
    credentialHelper?: string;
    tokenVariable?: string;
  };
}

const AUTHOR = { name: 'daytwo', email: 'daytwo@localhost' };

/** Throws when no repository is configured: the caller asks first. */
export function repositoryOptions(config: Config): RepositoryConfiguration {
  if (config.repo === undefined) throw new Error('no repository is configured');
  return {
    repository: config.repo,
    base: config.repoBase,
    remote: config.repoRemote,
    cacheDir: config.cacheDir,
    author: authorOf(config.gitAuthor),
    ...(config.gitSigningKey !== undefined && {
      signing: { format: config.gitSigningFormat ?? 'openpgp', key: config.gitSigningKey },
    }),
    credentials: {
      sshKey: config.gitSshKey,
      sshAgentSocket: config.gitSshAgent,
      knownHosts: config.gitKnownHosts,
      caFile: config.gitCa,
      credentialHelper: config.gitCredentialHelper,
      tokenVariable: config.gitTokenVariable,
    },
  };
}

function authorOf(text: string | undefined): RepositoryConfiguration['author'] {
  const [, name, email] = /^(.+) <(.+)>$/.exec(text ?? '') ?? [];
  return name !== undefined && email !== undefined ? { name, email } : AUTHOR;
}
