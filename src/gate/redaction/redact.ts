import { PATTERNS, type SecretPattern } from './patterns.ts';
import { type Mask, type Pass, maskPrivateKeys, maskSecretDocuments } from './blocks.ts';
import { maskFlagValues, maskKeyedValues } from './keys.ts';
import { literalPass } from './literals.ts';
import { maskValue } from './objects.ts';
import { maskUrlUsers } from './urls.ts';
import { withoutInvisible } from '../hygiene.ts';

/**
 * Masks secrets as `[redacted:rule]`. A second pass changes nothing. One redactor serves one answer, or its counts are
 * those of several.
 */
export interface Redactor {
  text: (value: string) => string;
  /** A copy of JSON-like data in which every string, keys included, is masked, and every value of a secret-named key. */
  value: <T>(value: T) => T;
  /** How many secrets each rule masked since the last call. */
  counts: () => Record<string, number>;
}

export interface RedactorOptions {
  /** Values known to be secret, such as the credentials daytwo itself uses; asked for each text, since they change. */
  literals?: () => readonly string[];
}

/** Own credentials first, then blocks, patterns, URLs, and the names of keys. */
export function createRedactor({ literals = () => [] }: RedactorOptions = {}): Redactor {
  let counts: Record<string, number> = {};
  const passes = [literalPass(literals), ...PASSES];
  const mask: Mask = (rule) => {
    counts[rule] = (counts[rule] ?? 0) + 1;
    return `[redacted:${rule}]`;
  };
  const text = (value: string): string => throughDisguise(value, passes, mask);
  return {
    text,
    value: <T>(value: T): T => maskValue(value, { text, mask }) as T,
    counts: () => {
      const taken = counts;
      counts = {};
      return taken;
    },
  };
}

const PASSES: readonly Pass[] = [
  maskPrivateKeys,
  maskSecretDocuments,
  maskPatterns,
  maskUrlUsers,
  maskKeyedValues,
  maskFlagValues,
];

/**
 * An invisible character inside a secret would hide it from every pattern. So the text is masked once as it is, and once
 * without such characters; what the second pass finds makes its text the answer.
 */
function throughDisguise(value: string, passes: readonly Pass[], mask: Mask): string {
  const masked = throughEscapes(applied(value, passes, mask), passes, mask);
  const bare = withoutInvisible(masked);
  if (bare === masked) return masked;
  const bared = applied(bare, passes, mask);
  return bared === bare ? masked : bared;
}

/** Words with percent-escapes, as paths and queries have them, are looked at decoded too, and stay so if that shows a secret. */
function throughEscapes(text: string, passes: readonly Pass[], mask: Mask): string {
  if (!ESCAPE.test(text)) return text;
  const words = text.split(WORD_ENDS).map((word) => {
    const decoded = ESCAPE.test(word) ? decodedFully(word) : word;
    if (decoded === word) return word;
    const masked = applied(decoded, passes, mask);
    return masked === decoded ? word : masked;
  });
  return words.join('');
}

const ESCAPE = /%[0-9a-f]{2}/i;
const WORD_ENDS = /([\s"'<>]+)/;
const MOST_DECODINGS = 3;

/** Until nothing is left to decode; bytes that are no UTF-8 stay as they are. */
function decodedFully(word: string): string {
  let decoded = word;
  for (let round = 0; round < MOST_DECODINGS && ESCAPE.test(decoded); round += 1) {
    decoded = decoded.replaceAll(/(?:%[0-9a-f]{2})+/gi, decodedRun);
  }
  return decoded;
}

function decodedRun(run: string): string {
  try {
    return decodeURIComponent(run);
  } catch {
    return run;
  }
}

/** Text that was masked is looked at again: a mask can end what another rule takes for one value. */
function applied(value: string, passes: readonly Pass[], mask: Mask): string {
  let masked = value;
  for (let round = 0; round < MOST_ROUNDS; round += 1) {
    const before = masked;
    masked = passes.reduce((text, pass) => pass(text, mask), before);
    if (masked === before) break;
  }
  return masked;
}

const MOST_ROUNDS = 5;

function maskPatterns(text: string, mask: Mask): string {
  const folded = text.toLowerCase();
  return PATTERNS.filter(({ needles }) => needles.some((needle) => folded.includes(needle))).reduce(
    (masked, pattern) => maskPattern(masked, pattern, mask),
    text,
  );
}

function maskPattern(
  text: string,
  { rule, pattern, accept = () => true }: SecretPattern,
  mask: Mask,
): string {
  return text.replaceAll(pattern, (match: string, ...rest: unknown[]) => {
    const groups = rest.at(-1);
    const keep = typeof groups === 'object' && groups !== null && 'keep' in groups ? String(groups.keep) : '';
    return accept(match.slice(keep.length)) ? keep + mask(rule) : match;
  });
}
