import { isRecord } from '../record.ts';
import { isSops } from '../repository/sops.ts';
import { parseYamlText, valueOf } from '../repository/yaml-text.ts';
import type { KeyRules } from './coverage.ts';

/** What SOPS wrote into a file (getsops/sops, stores/stores.go, Metadata). */
export interface SopsMetadata {
  /** age recipients, PGP fingerprints, names of keys in a cloud. */
  recipients: string[];
  rules: KeyRules;
  macOnlyEncrypted: boolean;
}

const RULES = ['encrypted_regex', 'unencrypted_regex', 'encrypted_suffix', 'unencrypted_suffix'] as const;

/** Lists of keys, and what names one of each. */
const KEY_LISTS: readonly (readonly [list: string, field: string])[] = [
  ['age', 'recipient'],
  ['pgp', 'fp'],
  ['kms', 'arn'],
  ['gcp_kms', 'resource_id'],
  ['azure_kv', 'name'],
  ['hc_vault', 'key_name'],
];

/** The metadata of a file that SOPS encrypted; undefined for another, and for one that cannot be read. */
export function metadataOf(text: string): SopsMetadata | undefined {
  if (!isSops(text)) return undefined;
  if (/^sops_mac=/m.test(text)) return ofLines(text);
  const { documents, problems } = parseYamlText(text);
  const [document] = documents;
  const value = problems.length > 0 || !document ? undefined : valueOf(document)?.value;
  const sops = isRecord(value) ? value['sops'] : undefined;
  return isRecord(sops) ? ofRecord(sops) : undefined;
}

function ofRecord(sops: Record<string, unknown>): SopsMetadata {
  const groups = Array.isArray(sops['key_groups']) ? sops['key_groups'].filter(isRecord) : [];
  const recipients = [sops, ...groups].flatMap((group) =>
    KEY_LISTS.flatMap(([list, field]) =>
      (Array.isArray(group[list]) ? group[list] : [])
        .filter(isRecord)
        .flatMap((entry) => textIn(entry, field)),
    ),
  );
  const rules = Object.fromEntries(
    RULES.flatMap((key) => textIn(sops, key).map((text) => [key, text] as const)),
  );
  return { recipients, rules, macOnlyEncrypted: sops['mac_only_encrypted'] === true };
}

/** The same in an environment file, where lists are flattened. */
function ofLines(text: string): SopsMetadata {
  const found = text.matchAll(/^sops_(?:age__list_\d+__map_recipient|pgp__list_\d+__map_fp)=(.+)$/gm);
  const suffix = /^sops_unencrypted_suffix=(.+)$/m.exec(text)?.[1];
  return {
    recipients: [...found].map(([, recipient = '']) => recipient.trim()),
    rules: suffix === undefined ? {} : { unencrypted_suffix: suffix },
    macOnlyEncrypted: /^sops_mac_only_encrypted=true$/m.test(text),
  };
}

function textIn(record: Record<string, unknown>, key: string): string[] {
  return typeof record[key] === 'string' && record[key] !== '' ? [record[key]] : [];
}
