import { isSops } from '../repository/sops.ts';
import { nameSome } from '../text.ts';
import { type Leaf, leavesOf } from './coverage.ts';
import { recipientsOf, ruleFor } from './creation-rules.ts';
import type { HygieneFile, HygieneRule, PlacedFinding } from './finding.ts';
import { metadataOf } from './metadata.ts';

/** Files against the rules of SOPS, and against what their own metadata say. */
export const ENCRYPTION_RULES: readonly HygieneRule[] = [
  notEncrypted,
  needlesslyEncrypted,
  otherRules,
  damaged,
  recipients,
  leftPlain,
  withoutRule,
];

/** A creation rule names the file, and it was never encrypted, though others of the rule are, or its name says so. */
function notEncrypted({ path, text, configs, narrow }: HygieneFile): PlacedFinding[] {
  const found = ruleFor(path, configs);
  if (found?.rule?.path_regex === undefined || isSops(text) || text.trim() === '') return [];
  if (!isMeant(path, narrow?.has(found.rule) === true)) return [];
  const wanted = `${found.config.path}:${found.rule.line} wants it encrypted`;
  return plainOf(/\.(?:ya?ml|json)$/i.test(path) ? leavesOf(text, found.rule) : undefined, wanted);
}

/** What of a file is plain; all of one that has no leaves. */
function plainOf(leaves: readonly Leaf[] | undefined, wanted: string): PlacedFinding[] {
  const covered = leaves?.filter(isOpen);
  const [first] = covered ?? [{ key: 'the whole file', line: 1 }];
  if (first === undefined) return [];
  const why = `${wanted}: ${covered?.length ?? 'all'} values are plain`;
  return [{ state: 'failed', what: 'NotEncrypted', key: first.key, line: first.line, why }];
}

function isMeant(path: string, isNarrow: boolean): boolean {
  return (isNarrow || MARKED.test(path)) && !NEVER_ENCRYPTED.test(path);
}

/** Names by which files say that they are to be encrypted. */
const MARKED =
  /\.(?:sops|secrets?|enc|encrypted)\.[a-z]+$|(?:^|\/)(?:talsecret|clusterenv)(?:\.\w+)?\.ya?ml$/i;

/** What tools read before anything is decrypted. */
const NEVER_ENCRYPTED =
  /(?:^|\/)(?:\.sops\.ya?ml|kustomization\.ya?ml|Kustomization|ks\.ya?ml|namespace\.ya?ml|README\.md|\.gitignore)$/;

/** Encrypted where nothing decrypts it: kustomize reads kinds and names, and lists of resources, as they stand in Git. */
function needlesslyEncrypted({ path, text }: HygieneFile): PlacedFinding[] {
  const metadata = metadataOf(text);
  if (metadata === undefined || !/\.ya?ml$/i.test(path)) return [];
  const leaves = leavesOf(text, metadata.rules) ?? [];
  const isManifest =
    leaves.some(({ key }) => key === 'apiVersion') && leaves.some(({ key }) => key === 'kind');
  const wrong = leaves.find(
    ({ key, isEncrypted }) => isEncrypted && (KUSTOMIZATION.test(path) || (isManifest && IDENTITY.test(key))),
  );
  if (wrong === undefined) return [];
  const why = 'encrypted where Flux reads it before it decrypts: the build fails or passes it over';
  return [{ state: 'failed', what: 'EncryptedWrongly', key: wrong.key, line: wrong.line, why }];
}

const KUSTOMIZATION = /(?:^|\/)kustomization\.ya?ml$/;
const IDENTITY = /^(?:apiVersion|kind|metadata\.(?:name|namespace))$/;

/** What the rule of today says otherwise than what the file was encrypted with. */
function otherRules({ path, text, configs }: HygieneFile): PlacedFinding[] {
  const rule = ruleFor(path, configs)?.rule;
  const metadata = metadataOf(text);
  if (rule === undefined || metadata === undefined) return [];
  const leaves = leavesOf(text, rule) ?? [];
  const beyond = leaves.find(({ isEncrypted, isCovered }) => isEncrypted && !isCovered);
  const isLoose = metadata.macOnlyEncrypted && rule.mac_only_encrypted !== true;
  const isTold = (leavesOf(text, metadata.rules) ?? []).some(isOpen);
  const lacks = isTold ? [] : leaves.filter(isOpen);
  return [
    ...(beyond
      ? [
          {
            ...OTHER,
            key: beyond.key,
            line: beyond.line,
            why: `encrypted, and its rule of today (line ${rule.line}) leaves it plain`,
          },
        ]
      : []),
    ...(lacks[0]
      ? [
          {
            ...OTHER,
            key: lacks[0].key,
            line: lacks[0].line,
            why: `${lacks.length} values are plain that its rule of today (line ${rule.line}) covers: encrypt it again`,
          },
        ]
      : []),
    ...(isLoose
      ? [{ ...OTHER, why: 'its MAC covers encrypted values alone, and its rule does not say so' }]
      : []),
  ];
}

const OTHER = { state: 'degraded', what: 'OtherRule' } as const;

/** Metadata of SOPS without its MAC: cut, or written by hand; Flux would apply it all the same, it checks none. */
function damaged({ text }: HygieneFile): PlacedFinding[] {
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

function recipients({ path, text, configs }: HygieneFile): PlacedFinding[] {
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
function leftPlain({ path, text, configs }: HygieneFile): PlacedFinding[] {
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
function withoutRule({ path, text, configs }: HygieneFile): PlacedFinding[] {
  if (configs.length === 0 || !isSops(text) || ruleFor(path, configs)?.rule !== undefined) return [];
  return [
    {
      state: 'degraded',
      what: 'NoRule',
      why: 'encrypted, and no creation rule names it: sops cannot edit or rotate it by rule',
    },
  ];
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
