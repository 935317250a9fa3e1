/**
 * What a command has printed is log text: it may hold a secret that no pattern knows, so that no projection keeps it. What it
 * tells is kept in words of our own.
 */

/** Errors of backup tools, object stores and their networks, the telling ones first. */
const CAUSES: readonly { pattern: RegExp; words: string }[] = [
  { pattern: /already locked|unable to create lock/i, words: 'the repository is already locked' },
  {
    pattern: /wrong password|no key found|invalid (?:repository )?password/i,
    words: 'the password of the repository is wrong',
  },
  {
    pattern: /no space left|quota exceeded|ENOSPC|file system full/i,
    words: 'there is no space left',
  },
  {
    pattern: /access ?denied|forbidden|unauthori[sz]ed|SignatureDoesNotMatch|InvalidAccessKeyId/i,
    words: 'access is denied: the credentials are refused',
  },
  { pattern: /NoSuchBucket|bucket does not exist/i, words: 'the bucket does not exist' },
  {
    pattern: /repository does not exist|unable to open config file|repository not initialized/i,
    words: 'the repository does not exist or cannot be opened',
  },
  {
    pattern: /no such host|server misbehaving|name resolution/i,
    words: 'the name of the storage does not resolve',
  },
  { pattern: /x509|certificate/i, words: 'the certificate of the storage is not trusted' },
  {
    pattern: /connection (?:refused|reset)|timed? ?out|deadline exceeded|no route to host/i,
    words: 'the storage does not answer',
  },
  { pattern: /too many requests|rate limit|SlowDown/i, words: 'the storage limits requests' },
  {
    pattern: /ciphertext verification failed|corrupt|damaged|checksum mismatch/i,
    words: 'the repository is damaged',
  },
  { pattern: /permission denied|operation not permitted/i, words: 'permission is denied' },
  { pattern: /out of memory|signal: killed/i, words: 'it was killed' },
];

/** Why a command failed, by what it has printed; undefined where that says nothing we know. */
export function causeIn(output: unknown): string | undefined {
  if (typeof output !== 'string') return undefined;
  return CAUSES.find(({ pattern }) => pattern.test(output))?.words;
}

/**
 * Where a controller's own words end and the output of a command begins: longhorn go-common-libs exec, what shells and
 * Go's os/exec say, and helm-controller internal/reconcile eventMessageWithLog.
 */
const OUTPUT = /(?:[,;:]?\s+(?:output|stdout|stderr)(?::|=|,|\s)|\s*Last Helm logs:)/i;

const COMMAND = /failed to execute|exit status \d|exit code \d|command terminated|Last Helm logs:/i;

/** A text without the output of a command in it, and with what that tells; any other text as it is. */
export function withoutOutput(text: string): string {
  const start = COMMAND.test(text) ? text.search(OUTPUT) : -1;
  if (start < 0) return text;
  const cause = causeIn(text.slice(start));
  return `${text.slice(0, start)} (its output is left out${cause === undefined ? '' : `: ${cause}`})`;
}
