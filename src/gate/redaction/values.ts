/** What stands in place of a secret: a variable, a marker, an encrypted value, nothing. */
const HARMLESS: readonly RegExp[] = [
  /^(?:true|false|yes|no|null|nil|none|undefined|unset|~|\\|n\/a|\[\]|\{\})?[,;]?$/i,
  /^(?:\*+|•+|x{3,})$/i,
  /^<(?:nil|none|unset|unknown|redacted|hidden|removed|no value|set to the key [^<>]*)>/i,
  /^\$\{[A-Za-z_]\w*\}$|^\$\([A-Za-z_]\w*\)$|^\$[A-Z_][A-Z0-9_]*$|^\{\{.*\}\}$/,
  /^ENC\[[A-Z0-9_]+,data:/,
  /^(?:(?:bearer|basic|token)\s+)?\[redacted:[a-z-]+(?:\][\])}"'`,;.]*)?$/i,
  /^(?:op:\/\/|ref\+)/,
  /^sha(?:256|512):[0-9a-f]+$/,
];

/** Names, versions, places, sizes and times: they hold digits and letters, but by rule and not by chance. */
const ORDERLY: readonly RegExp[] = [
  /^[a-z0-9]+(?:[-./][a-z0-9]+)+$/,
  /^[A-Z]?[a-z]+\d{0,2}$/,
  /^v?\d+(?:\.\d+)+/,
  /^(?:https?|oci|ssh|s3):\/\//i,
  /^\.{0,2}\//,
  /^-?\d+(?:\.\d+)?(?:[a-z]{1,2}|[KMGTP]i?B?)?$/i,
  /^(?:\d+(?:ms|[smhd]))+$/,
  /^\d{4}-\d\d-\d\d/,
  /@sha256:/,
];

/** The longest part of a value that is looked at to judge it. */
export const GLANCE = 256;

/** True for what may stand after a key such as `password` without being a secret. */
export function isHarmless(value: string): boolean {
  const glance = value.slice(0, GLANCE);
  return HARMLESS.some((pattern) => pattern.test(glance));
}

/** True when a value looks drawn by chance: at least eight characters with digits and letters, of no common form. */
export function looksRandom(value: string): boolean {
  const glance = value.slice(0, GLANCE);
  if (glance.length < 8 || /\s/.test(glance)) return false;
  if (ORDERLY.some((pattern) => pattern.test(glance))) return false;
  return hasDigitAndLetter(glance) || /[!@#$%^&*+=~?]/.test(glance);
}

/** Prose has words of letters; tokens also have digits. */
export function hasDigitAndLetter(value: string): boolean {
  return /\d/.test(value) && /[A-Za-z]/.test(value);
}

/** True for base64 of `user:password` in printable characters. */
export function isBasicCredential(base64: string): boolean {
  return /^[\x20-\x7E]+:[\x20-\x7E]*$/.test(
    Buffer.from(base64.slice(0, GLANCE), 'base64').toString('latin1'),
  );
}
