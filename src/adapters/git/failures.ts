import { type ErrorCode, ToolError, toToolError } from '../../errors.ts';
import type { GitResult } from './run.ts';
import { withoutUsers } from './remote-url.ts';

interface Known {
  says: RegExp;
  code: ErrorCode;
  message: string;
  hint: string;
}

/** What Git, ssh and curl say, in our words; the first row that fits holds. */
const KNOWN: readonly Known[] = [
  {
    says: /No space left on device|Disk quota exceeded|File too large|Read-only file system/i,
    code: 'unavailable',
    message: 'the disk of the repository cache is full or cannot be written',
    hint: 'Nothing was changed. The operator has to make room in the cache directory.',
  },
  {
    says: /dubious ownership/i,
    code: 'unavailable',
    message: 'the repository belongs to another user',
    hint: 'The operator has to run daytwo as the owner of the repository.',
  },
  {
    says: /Host key verification failed|REMOTE HOST IDENTIFICATION/i,
    code: 'unavailable',
    message: 'the host key of the remote is not known',
    hint: 'The operator has to name a known_hosts file that holds it.',
  },
  {
    says: /SSL certificate|certificate verif|self.signed certificate|server certificate/i,
    code: 'unavailable',
    message: 'the certificate of the remote is not trusted',
    hint: 'The operator has to name the CA bundle of the remote.',
  },
  {
    says: /Authentication failed|could not read (?:Username|Password)|terminal prompts disabled|Permission denied|returned error: 40[13]|Invalid username/i,
    code: 'unavailable',
    message: 'the remote does not accept the credentials of daytwo',
    hint: 'The operator has to check the configured key, token or credential helper.',
  },
  {
    says: /transport '[^']*' not allowed/i,
    code: 'unavailable',
    message: 'the remote uses a protocol that is not allowed',
    hint: 'The operator has to configure a path, or a URL over https or ssh.',
  },
  {
    says: /Repository not found|does not appear to be a git repository|repository '[^']*' not found|does not exist|not a git repository/i,
    code: 'unavailable',
    message: 'there is no repository at the configured place, or daytwo may not see it',
    hint: 'The operator has to check the URL and the permissions.',
  },
  {
    says: /Could not resolve host|Connection (?:refused|timed out|reset|closed)|Network is unreachable|No route to host|unable to access|early EOF|hung up|Could not read from remote|Operation too slow|unable to connect/i,
    code: 'unavailable',
    message: 'the remote cannot be reached',
    hint: 'Try again later; if it stays so, ask the operator to check the network and the remote.',
  },
];

const UNKNOWN: Omit<Known, 'says'> = {
  code: 'internal',
  message: 'Git failed',
  hint: 'Try once more; if it fails again, ask the operator to read the audit log for the cause.',
};

/** A failed command in our words; what Git said is its cause, without users and passed through `redact`. */
export function gitFailure(
  what: string,
  { code, stderr }: Pick<GitResult, 'code' | 'stderr'>,
  redact: (text: string) => string,
): ToolError {
  const said = saidIn(stderr);
  const known = KNOWN.find(({ says }) => says.test(said)) ?? UNKNOWN;
  const cause = new Error(redact(withoutUsers(`git ${what} ended with ${code}: ${said.slice(0, 2_000)}`)));
  return new ToolError(known.code, known.message, known.hint, { cause });
}

/** What a failed file of the cache comes to; anything else stays what it is. */
export function cacheFailure(thrown: unknown): ToolError {
  const code = thrown instanceof Error && 'code' in thrown ? String(thrown.code) : '';
  if (thrown instanceof ToolError || !UNWRITABLE.has(code)) return toToolError(thrown);
  return new ToolError(
    'unavailable',
    `the repository cache cannot be written (${code})`,
    'The operator has to make room in the cache directory, or let daytwo write there.',
    { cause: thrown },
  );
}

const UNWRITABLE = new Set(['EACCES', 'EDQUOT', 'EFBIG', 'EIO', 'ENOSPC', 'ENOTDIR', 'EPERM', 'EROFS']);

/** What a command said on standard error, without lines that only count. */
export function saidIn(stderr: string): string {
  return stderr
    .split(/[\r\n]+/)
    .filter((line) => line.trim() !== '' && !/^(?:remote: )?[\w ]+:\s+\d+% \(/.test(line))
    .join('\n');
}
