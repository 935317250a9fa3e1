import { keyMaterialIn } from '../repository/key-material.ts';
import { isSops } from '../repository/sops.ts';
import { parseYamlText, valueOf } from '../repository/yaml-text.ts';
import { plainSecretIn } from '../proposals/secret-manifest.ts';
import { nameSome } from '../text.ts';
import { type KeyRules, leavesOf } from './coverage.ts';
import { type SopsConfig, recipientsOf, ruleFor } from './creation-rules.ts';

/** What is wrong with a file. Never a value: the path, the key and the line are enough to find it. */
export interface HygieneFinding {
  state: 'failed' | 'degraded' | 'info';
  /** The rule's name. */
  what: string;
  path: string;
  line?: number;
  key?: string;
  why: string;
}

/** A file as committed, and the `.sops.yaml` files of its commit. */
export interface HygieneFile {
  path: string;
  content: Uint8Array;
  text: string;
  configs: readonly SopsConfig[];
}

type Rule = (file: HygieneFile) => Omit<HygieneFinding, 'path'>[];

/** All are asked; a key file is told as that alone. */
export function judgeFile(file: HygieneFile): HygieneFinding[] {
  const found = keyMaterial(file);
  const all = found.length > 0 ? found : RULES.flatMap((rule) => rule(file));
  return all.map((finding) => ({ ...finding, path: file.path }));
}

const RULES: readonly Rule[] = [
  plainSecrets,
  notEncrypted,
  damaged,
  recipients,
  leftPlain,
  withoutRule,
  badConfig,
];

/** What is wrong whatever the rules say: the part that counts in the history, too. */
export function judgeOld(path: string, content: Uint8Array): HygieneFinding[] {
  const file = { path, content, text: new TextDecoder().decode(content), configs: [] };
  const found = [...keyMaterial(file), ...plainSecrets(file)];
  return found.map((finding) => ({ ...finding, path }));
}

function keyMaterial({ path, content, text }: HygieneFile): Omit<HygieneFinding, 'path'>[] {
  const what = isSops(text) ? undefined : keyMaterialIn(path, content);
  if (what === undefined) return [];
  return [
    { state: 'failed', what: 'KeyMaterial', why: `${what} in Git: rotate it first, then clean the history` },
  ];
}

function plainSecrets({ path, text }: HygieneFile): Omit<HygieneFinding, 'path'>[] {
  const plain = plainSecretIn(path, text);
  if (plain === undefined) return [];
  const why =
    'a Secret with its value in plain text: rotate it, then encrypt it or refer to it by a variable';
  return [{ state: 'failed', what: 'PlainSecret', ...plain, why }];
}

/** A creation rule names the file, and it was never encrypted. */
function notEncrypted({ path, text, configs }: HygieneFile): Omit<HygieneFinding, 'path'>[] {
  const found = ruleFor(path, configs);
  if (isSops(text) || found?.rule?.path_regex === undefined) return [];
  const covered = leavesOf(text, found.rule)?.filter(isOpen);
  const [first] = covered ?? [{ key: 'the whole file', line: 1 }];
  if (first === undefined) return [];
  const why = `${found.config.path}:${found.rule.line} wants it encrypted: ${covered?.length ?? 'all'} values are plain`;
  return [{ state: 'failed', what: 'NotEncrypted', key: first.key, line: first.line, why }];
}

/** Metadata of SOPS without its MAC: cut, or written by hand; Flux would apply it all the same, it checks none. */
function damaged({ text }: HygieneFile): Omit<HygieneFinding, 'path'>[] {
  if (!/^["']?sops["']?\s*:/m.test(text) || isSops(text)) return [];
  const line = text.slice(0, text.search(/^["']?sops["']?\s*:/m)).split('\n').length;
  const hasRecipients = /\brecipient\b|ENC\[/.test(text);
  return hasRecipients
    ? [
        {
          state: 'failed',
          what: 'MissingMac',
          line,
          why: 'its SOPS metadata have no MAC: nothing shows whether it was tampered with',
        },
      ]
    : [];
}

function recipients({ path, text, configs }: HygieneFile): Omit<HygieneFinding, 'path'>[] {
  const rule = ruleFor(path, configs)?.rule;
  const metadata = metadataOf(text);
  if (rule === undefined || metadata === undefined) return [];
  const wanted = recipientsOf(rule);
  const extra = metadata.recipients.filter((one) => !wanted.includes(one));
  const missing = wanted.filter((one) => !metadata.recipients.includes(one));
  if (wanted.length === 0 || (extra.length === 0 && missing.length === 0)) return [];
  const parts = [
    ...(extra.length > 0 ? [`${nameSome(extra.map(short), 3)} can read it, and no rule says so`] : []),
    ...(missing.length > 0
      ? [`${nameSome(missing.map(short), 3)} cannot read it, and the rule says so`]
      : []),
  ];
  const why = `${parts.join('; ')}: run sops updatekeys`;
  return [{ state: extra.length > 0 ? 'failed' : 'degraded', what: 'WrongRecipients', why }];
}

/** Values that the file's own metadata, or the rule of today, want encrypted, and that are not. */
function leftPlain({ path, text, configs }: HygieneFile): Omit<HygieneFinding, 'path'>[] {
  const metadata = metadataOf(text);
  if (metadata === undefined) return [];
  const own = leavesOf(text, metadata.rules)?.filter(isOpen) ?? [];
  const [first] = own;
  if (first) {
    const why = `${own.length} values that its own rules cover are plain`;
    return [{ state: 'failed', what: 'LeftPlain', key: first.key, line: first.line, why }];
  }
  const named = leavesOf(text, metadata.rules)?.filter(
    ({ key, isEncrypted, isEmpty }) => !isEncrypted && !isEmpty && SECRET_KEY.test(key),
  );
  const [suspect] = named ?? [];
  const rule = ruleFor(path, configs)?.rule;
  if (suspect === undefined || rule?.encrypted_regex === undefined) return [];
  const why = `${named?.length} keys with the name of a secret are outside of encrypted_regex, and plain`;
  return [{ state: 'degraded', what: 'PartialRegex', key: suspect.key, line: suspect.line, why }];
}

/** Encrypted though no rule asks for it: nobody can tell with which keys it is to be encrypted again. */
function withoutRule({ path, text, configs }: HygieneFile): Omit<HygieneFinding, 'path'>[] {
  if (configs.length === 0 || !isSops(text) || ruleFor(path, configs)?.rule !== undefined) return [];
  return [
    {
      state: 'degraded',
      what: 'NoRule',
      why: 'encrypted, and no creation rule names it: sops cannot edit or rotate it by rule',
    },
  ];
}

function badConfig({ path, configs }: HygieneFile): Omit<HygieneFinding, 'path'>[] {
  const own = configs.find((config) => config.path === path);
  return (own?.problems ?? []).map(({ line, why }) => ({
    state: 'failed',
    what: 'BadSopsConfig',
    line,
    why,
  }));
}

const SECRET_KEY =
  /(?:^|[._-])(?:password|passwd|passphrase|token|secret|api[-_]?key|private[-_]?key|client[-_]?secret)$/i;

function isOpen({
  isCovered,
  isEncrypted,
  isEmpty,
}: {
  isCovered: boolean;
  isEncrypted: boolean;
  isEmpty: boolean;
}): boolean {
  return isCovered && !isEncrypted && !isEmpty;
}

function short(recipient: string): string {
  return recipient.length > 16 ? `${recipient.slice(0, 12)}…` : recipient;
}

interface Metadata {
  recipients: string[];
  rules: KeyRules;
}

/** What SOPS wrote into the file. */
function metadataOf(text: string): Metadata | undefined {
  if (!isSops(text)) return undefined;
  const { documents, problems } = parseYamlText(text);
  const [document] = documents;
  const value =
    problems.length > 0 || !document ? undefined : (valueOf(document)?.value as Record<string, unknown>);
  const sops = value?.['sops'] as Record<string, unknown> | undefined;
  if (typeof sops !== 'object' || sops === null) return undefined;
  const age = Array.isArray(sops['age']) ? (sops['age'] as Record<string, unknown>[]) : [];
  const keys = ['encrypted_regex', 'unencrypted_regex', 'encrypted_suffix', 'unencrypted_suffix'] as const;
  const rules = Object.fromEntries(
    keys.flatMap((key) => (typeof sops[key] === 'string' ? [[key, sops[key]] as const] : [])),
  );
  return { recipients: age.map(({ recipient }) => String(recipient)), rules };
}
