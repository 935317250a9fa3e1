import { join, resolve } from 'node:path';

import { z } from 'zod';

interface Option {
  schema: z.ZodType;
  /** Value in `--help`, such as FILE; absent for a switch. */
  argument?: string;
  description: string;
}

/** The name of a branch or remote: never an option, never a path out of the refs. */
const ref = z.string().regex(/^[A-Za-z0-9][\w./-]*$/, 'must be the name of a branch or remote');

const author = z.string().regex(/^[^<>\n]+ <[^<>\s]+@[^<>\s]+>$/, 'must look like Name <mail@example.com>');

const path = z
  .string()
  .min(1)
  .transform((value) => resolve(value));

/**
 * Every setting once: its flag is the name in kebab-case, its environment variable DAYTWO_ and the name in capitals, its
 * key in the configuration file the name itself. Flags win over the environment, the environment over the file.
 */
export const OPTIONS = {
  kubeconfig: {
    schema: path.optional(),
    argument: 'FILE',
    description: 'kubeconfig (default: KUBECONFIG, ~/.kube/config, then in-cluster)',
  },
  context: {
    schema: z.string().min(1).optional(),
    argument: 'NAME',
    description: 'context of the kubeconfig (default: its current one)',
  },
  snapshot: {
    schema: path.optional(),
    argument: 'FILE',
    description: 'serve a recorded cluster instead of a live one',
  },
  policy: {
    schema: path.optional(),
    argument: 'FILE',
    description: 'access policy (default: the one that comes with daytwo)',
  },
  auditDir: { schema: path, argument: 'DIR', description: 'where audit records go, one file a process' },
  apiGroups: {
    schema: list(),
    argument: 'GROUPS',
    description: 'further API groups that may be read, comma-separated',
  },
  callTimeout: {
    schema: z.coerce.number().int().min(1).max(300),
    argument: 'SECONDS',
    description: 'deadline of one call',
  },
  repo: {
    schema: z.string().min(1).optional(),
    argument: 'PATH|URL',
    description: 'Git repository of the cluster: an own clone, or a URL over https or ssh',
  },
  repoBase: {
    schema: ref.optional(),
    argument: 'BRANCH',
    description:
      'branch that is read and proposals start from (default: the upstream of a clone, else its head)',
  },
  repoRemote: {
    schema: ref.optional(),
    argument: 'NAME',
    description: 'remote of a clone (default: the upstream of its branch)',
  },
  cacheDir: { schema: path, argument: 'DIR', description: 'where mirrors of repositories are kept' },
  gitAuthor: {
    schema: author.optional(),
    argument: '"NAME <MAIL>"',
    description: 'author of proposals (default: daytwo)',
  },
  gitSshKey: { schema: path.optional(), argument: 'FILE', description: 'private key for an ssh remote' },
  gitSshAgent: {
    schema: path.optional(),
    argument: 'SOCKET',
    description: 'SSH agent to use; none is unless named',
  },
  gitKnownHosts: { schema: path.optional(), argument: 'FILE', description: 'known_hosts for an ssh remote' },
  gitCa: { schema: path.optional(), argument: 'FILE', description: 'CA bundle for an https remote' },
  gitTokenVariable: {
    schema: z
      .string()
      .regex(/^[A-Z_][A-Z0-9_]*$/, 'must be the name of an environment variable')
      .optional(),
    argument: 'NAME',
    description: 'environment variable that holds the token for an https remote',
  },
  gitCredentialHelper: {
    schema: z.string().min(1).optional(),
    argument: 'HELPER',
    description: "credential helper, as in Git's credential.helper",
  },
  gitSigningKey: {
    schema: z.string().min(1).optional(),
    argument: 'KEY',
    description: 'signs proposals with this key',
  },
  gitSigningFormat: {
    schema: z.enum(['openpgp', 'ssh', 'x509']).optional(),
    argument: 'FORMAT',
    description: 'format of the signing key',
  },
  runbookPaths: {
    schema: paths(),
    argument: 'PATHS',
    description: "directories of the repository's runbooks, comma-separated",
  },
  acknowledged: {
    schema: z
      .string()
      .regex(
        /^[\w.@+-]+(\/[\w.@+-]+)*$/,
        'must be a file of the repository such as docs/acknowledged-findings.yaml',
      ),
    argument: 'FILE',
    description: 'file of the repository with findings that are known, and until when',
  },
  accessTargets: {
    schema: names(),
    argument: 'PATTERNS',
    description: 'names of what access_audit looks at, * for any part, comma-separated',
  },
  proposalRoots: {
    schema: paths(),
    argument: 'PATHS',
    description: 'directories that proposals may change, comma-separated',
  },
  logLevel: {
    schema: z.enum(['debug', 'info', 'warn', 'error', 'silent']),
    argument: 'LEVEL',
    description: 'what goes to stderr',
  },
} as const satisfies Record<string, Option>;

/** What holds where nothing is said; directories follow the XDG base directory specification. */
export function defaultsOf(
  environment: Record<string, string | undefined>,
  home: string,
): Record<string, unknown> {
  const state = environment['XDG_STATE_HOME'] || join(home, '.local', 'state');
  const cache = environment['XDG_CACHE_HOME'] || join(home, '.cache');
  return {
    auditDir: join(state, 'daytwo', 'audit'),
    cacheDir: join(cache, 'daytwo', 'repositories'),
    apiGroups: [],
    callTimeout: 30,
    runbookPaths: ['docs/runbooks', 'runbooks', 'docs'],
    acknowledged: 'docs/acknowledged-findings.yaml',
    accessTargets: ['*mcp*', '*code-server*', '*daytwo*'],
    proposalRoots: ['clusters', 'kubernetes', 'repositories', 'docs', 'runbooks'],
    logLevel: 'warn',
  };
}

function list(): z.ZodType<string[]> {
  const item = z.string().regex(/^[a-z0-9.-]+$/, 'must be API group names such as example.com');
  return z.preprocess(splitCommas, z.array(item));
}

function paths(): z.ZodType<string[]> {
  const item = z.string().regex(/^[\w.@+-]+(\/[\w.@+-]+)*$/, 'must be directories such as docs/runbooks');
  return z.preprocess(splitCommas, z.array(item));
}

function names(): z.ZodType<string[]> {
  const item = z.string().regex(/^[a-z0-9.*-]+$/, 'must be patterns of names such as *mcp*');
  return z.preprocess(splitCommas, z.array(item));
}

function splitCommas(value: unknown): unknown {
  return typeof value === 'string' ? value.split(',').map((part) => part.trim()) : value;
}
