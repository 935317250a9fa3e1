/** What registries and runtimes answer, by cause; the first that fits (containerd, docker and registry error texts). */
const CAUSES: readonly { pattern: RegExp; cause: string }[] = [
  { pattern: /toomanyrequests|rate limit|\b429\b/i, cause: 'the registry limits the rate' },
  { pattern: /x509|certificate (?:signed|has|is)/i, cause: 'the certificate of the registry is not trusted' },
  {
    pattern: /no such host|server misbehaving|lookup [\w.-]+ on/i,
    cause: 'the name of the registry does not resolve',
  },
  {
    pattern: /unauthorized|authentication required|access denied|denied:|forbidden|no basic auth|\b40[13]\b/i,
    cause: 'the registry refuses access (unauthorized)',
  },
  {
    pattern: /no match for platform|no matching manifest/i,
    cause: 'the image has no build for this architecture',
  },
  { pattern: /not found|manifest unknown|does not exist|\b404\b/i, cause: 'image or tag not found' },
  {
    pattern: /i\/o timeout|connection refused|deadline exceeded|no route to host|unreachable|\bEOF\b/i,
    cause: 'the registry cannot be reached',
  },
];

const BY_REASON: Readonly<Record<string, string>> = {
  InvalidImageName: 'the name of the image is invalid',
  ErrImageNeverPull: 'it is not on the node and its policy is Never',
  SignatureValidationFailed: 'its signature is not valid',
};

/** Why an image cannot be pulled, in words; from the waiting message first, from events where that is silent. */
export function imagePullCause(reason: string | undefined, texts: readonly string[]): string {
  const known = BY_REASON[reason ?? ''];
  if (known !== undefined) return known;
  for (const text of texts) {
    const found = CAUSES.find(({ pattern }) => pattern.test(text));
    if (found) return found.cause;
  }
  return 'the cause is not told';
}
