/** What stands for a value that lies elsewhere: variables, templates, vault references, what SOPS encrypted. */
const REFERENCE =
  /\$\{[^}\n]*\}|\$\([^)\n]*\)|\{\{[^\n]{0,200}?\}\}|ENC\[[^\]\n]*\]|\b(?:op|vault|bao|awssm|ref\+\w{1,20}):\/\/\S*|<[A-Za-z][^<>\n]{0,60}>/g;

const PLACEHOLDER =
  /^(?:[x*.#-]{2,}|(?:change|replace)[-_ ]?(?:me|it|this)\S{0,20}|(?:your|my|some|the)[-_ ]\S{0,60}|(?:example|sample|dummy|todo|fixme|redacted|placeholder|insecure)\S{0,30}|none|null|nil|true|false|yes|no|enabled|disabled|auto|optional|required|string)$/i;

/** Names whose value is a secret; the last word decides, so that `passwordKey` and `secretName` are none. */
const SECRET_NAME =
  /(?:^|[._\-a-z0-9])(?:pass(?:word|wd|phrase)?|pwd|token|auth[-_]?key|api[-_]?key|private[-_]?key|preshared[-_]?key|(?:client|app|jwt|session|cookie|secret|shared|root|access|encryption|master|signing)[-_]?(?:secret|key)|secret[-_]?access[-_]?key|psk)$/i;

/** True for a key that is called like a secret, as against the name of one. */
function isSecretName(key: string): boolean {
  return (
    SECRET_NAME.test(key) &&
    !/(?:existing|ref|from|use|has|enable|allow|automount\w*|public|pull|name)[-_]?\w{0,12}(?:secret|token|key)$/i.test(
      key,
    )
  );
}

/** What is written out of a value: the rest of it is variables and references, their defaults among them. */
function literalOf(value: string): string {
  return value.replaceAll(REFERENCE, ' ').trim();
}

/** True for a value that gives a secret away: one that is written out, and is no placeholder and no plain word. */
export function givesAway(key: string, value: string): boolean {
  const literal = literalOf(value);
  if (literal === '' || PLACEHOLDER.test(literal) || holdsPrefixOnly(value, literal)) return false;
  if (literal.includes('\n')) return linesGiveAway(literal);
  if (isSecretName(key)) return literal === value.trim() || holdsDrawn(literal);
  return holdsLogin(literal) || holdsDrawn(literal);
}

/** As `givesAway`, where nothing says that the value is a secret but its name: words and paths are names of something then. */
export function isWrittenOut(key: string, value: string): boolean {
  const literal = literalOf(value);
  if (!isSecretName(key) || literal !== value.trim() || PLACEHOLDER.test(literal)) return false;
  if (/^(?:[a-z]+:\/\/|\.{0,2}\/|[&*!|>[{])/i.test(literal) || /\s/.test(literal)) return false;
  return literal.length >= 6 && /\d/.test(literal) && /[A-Za-z]/.test(literal) && !isOrderly(literal);
}

/** Variables with paths, ports and words around them. */
function holdsPrefixOnly(value: string, literal: string): boolean {
  return literal !== value.trim() && !holdsDrawn(literal) && !literal.includes('\n');
}

function linesGiveAway(text: string): boolean {
  return text.split(/\r?\n/).some((line) => {
    const { key = '', value = '' } = ASSIGNMENT.exec(line)?.groups ?? {};
    return (value !== '' && isWrittenOut(key, value)) || holdsLogin(line);
  });
}

const ASSIGNMENT =
  /^\s*(?:export\s+)?["']?(?<key>[\w.-]{1,80})["']?\s*[:=]\s*["']?(?<value>[^\s"',;]{1,400})/;

/** `user:password@` with a written-out password. */
function holdsLogin(text: string): boolean {
  const password = /:\/\/[^\s/:@]*:([^\s/@]+)@/.exec(text)?.[1];
  return (
    password !== undefined && !PLACEHOLDER.test(password) && !/^(?:pass(?:word)?|user|pw)$/i.test(password)
  );
}

/** True for a text in which something is drawn by chance: long enough, and neither words, numbers nor versions. */
export function holdsDrawn(text: string): boolean {
  return text
    .replaceAll(REFERENCE, ' ')
    .split(/[\s"',;=@:()[\]{}|<>]+/)
    .some((piece) => piece.length >= 10 && /[A-Za-z]/.test(piece) && !isOrderly(piece));
}

/** Words, versions and addresses in kebab, snake or camel case. */
function isOrderly(piece: string): boolean {
  return piece.split(/[-._/+~?&#%$\\]+/).every((word) => ORDERLY.test(word));
}

const ORDERLY =
  /^(?:v?\d{0,12}|[a-z]{0,16}\d{0,4}|\d{1,4}[a-z]{0,8}|[A-Z]{0,16}\d{0,4}|[a-z]{0,16}(?:[A-Z][a-z]{1,16}){1,5}\d{0,3})$/;
