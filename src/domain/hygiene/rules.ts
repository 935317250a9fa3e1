import { isSops } from '../repository/sops.ts';
import { ENCRYPTION_RULES } from './encryption.ts';
import type { HygieneFile, HygieneFinding, HygieneRule, PlacedFinding } from './finding.ts';
import { keyIn } from './key-files.ts';
import { type PlainValue, plainSecretValues, writtenOutValues } from './plain-values.ts';
import { tokensIn } from './tokens.ts';

/** All are asked; a key file is told as that alone. */
export function judgeFile(file: HygieneFile): HygieneFinding[] {
  const found = keyMaterial(file);
  const all = found.length > 0 ? found : RULES.flatMap((rule) => rule(file));
  return all.map((finding) => ({ ...finding, path: file.path }));
}

const RULES: readonly HygieneRule[] = [tokens, plainSecrets, writtenOut, ...ENCRYPTION_RULES, badConfig];

/** What is wrong whatever the rules say: the part that counts in the history, too. */
export function judgeOld(path: string, content: Uint8Array): HygieneFinding[] {
  const file = { path, content, text: new TextDecoder().decode(content), configs: [] };
  const keys = keyMaterial(file);
  const found = keys.length > 0 ? keys : [...tokens(file), ...plainSecrets(file), ...writtenOut(file)];
  return found.map((finding) => ({ ...finding, path }));
}

function keyMaterial({ path, content, text }: HygieneFile): PlacedFinding[] {
  const what = isSops(text) ? undefined : keyIn(path, text, content);
  return what === undefined ? [] : [leaked(path, 'KeyMaterial', {}, `${what} in Git`)];
}

/** Tokens that their form gives away, beside what is encrypted, too. */
function tokens({ path, text }: HygieneFile): PlacedFinding[] {
  return tokensIn(text).map(({ what, line }) => leaked(path, 'Token', { line }, `${what} in Git`));
}

function plainSecrets({ path, text }: HygieneFile): PlacedFinding[] {
  if (isSops(text)) return [];
  return folded(plainSecretValues(path, text)).map(({ more, ...place }) =>
    leaked(path, 'PlainSecret', place, `a Secret with its value in plain text${more}`),
  );
}

/** Values under a name of a secret, where no Secret is: of charts, ConfigMaps, environments, generators. */
function writtenOut({ path, text }: HygieneFile): PlacedFinding[] {
  if (isSops(text) || plainSecretValues(path, text).length > 0) return [];
  const told = new Set(tokensIn(text).map(({ line }) => line));
  const values = writtenOutValues(path, text).filter(({ line }) => !told.has(line));
  return folded(values).map(({ more, ...place }) =>
    leaked(path, 'PlainValue', place, `a secret by its name, written out${more}`),
  );
}

/** The first of several, and how many there are beside it. */
function folded([first, ...others]: readonly PlainValue[]): (PlainValue & { more: string })[] {
  return first === undefined
    ? []
    : [{ ...first, more: others.length === 0 ? '' : `, and ${others.length} more` }];
}

function leaked(
  path: string,
  what: string,
  place: { key?: string; line?: number },
  said: string,
): PlacedFinding {
  return EXAMPLE.test(path)
    ? {
        state: 'info',
        what,
        ...place,
        why: `${said}, in a test or an example: make sure that it opens nothing`,
      }
    : { state: 'failed', what, ...place, why: `${said}: rotate it first, then clean the history` };
}

const EXAMPLE =
  /(?:^|\/)(?:testdata|fixtures?|tests?|examples?|samples?)\/|_test\.\w+$|\.(?:test|spec)\.\w+$|\.(?:md|example|sample|template)$/i;

function badConfig({ path, configs }: HygieneFile): PlacedFinding[] {
  const own = configs.find((config) => config.path === path);
  return (own?.problems ?? []).map(({ line, why }) => ({
    state: 'failed',
    what: 'BadSopsConfig',
    line,
    why,
  }));
}
