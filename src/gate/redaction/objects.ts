import { type Mask, opensPrivateKey } from './blocks.ts';
import { isSecretFlag } from './keys.ts';
import { nameClass } from './names.ts';
import { isHarmless, looksRandom } from './values.ts';

/** How one redactor masks text, and counts. */
export interface Masking {
  text: (value: string) => string;
  mask: Mask;
}

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** A masked copy of JSON-like data. */
export function maskValue(value: unknown, masking: Masking): unknown {
  if (typeof value === 'string') return masking.text(value);
  if (Array.isArray(value)) return maskList(value, masking);
  if (typeof value !== 'object' || value === null || value instanceof Date) return value;
  return maskRecord({ ...value }, masking);
}

function maskRecord(record: Record<string, unknown>, masking: Masking): Record<string, unknown> {
  const isSecret = record['kind'] === 'Secret';
  const pair = pairName(record);
  const entries = Object.entries(record).map(([key, value]) => {
    const shown = masking.text(key);
    if (isSecret && (key === 'data' || key === 'stringData'))
      return [shown, maskLeaves(value, 'secret', masking)];
    if (key === LAST_APPLIED) return [shown, masking.mask('last-applied')];
    return [shown, maskMember(key === 'value' && pair !== undefined ? pair : key, value, masking)];
  });
  return Object.fromEntries(entries);
}

/** The name in `{name, value}` and its like: of an environment variable, a parameter, a piece of evidence. */
function pairName(record: Record<string, unknown>): string | undefined {
  const name = record['name'] ?? record['key'] ?? record['path'];
  return typeof name === 'string' ? name : undefined;
}

function maskMember(name: string, value: unknown, masking: Masking): unknown {
  if (typeof value === 'string')
    return isSecretMember(name, value) ? masking.mask('key-name') : masking.text(value);
  if (typeof value === 'number') return nameClass(name) === 'password' ? masking.mask('key-name') : value;
  if (!Array.isArray(value)) return maskValue(value, masking);
  const isSecretList = value.every((item) => typeof item === 'string' && isSecretMember(name, item));
  return isSecretList ? maskLeaves(value, 'key-name', masking) : maskList(value, masking);
}

function isSecretMember(name: string, value: string): boolean {
  const found = nameClass(name);
  if (!found || isHarmless(value.trim())) return false;
  return found !== 'weak' || looksRandom(value);
}

function maskLeaves(value: unknown, rule: string, masking: Masking): unknown {
  if (Array.isArray(value)) return value.map((item) => maskLeaves(item, rule, masking));
  if (typeof value !== 'object' || value === null) return value === null ? null : masking.mask(rule);
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [masking.text(key), maskLeaves(item, rule, masking)]),
  );
}

/** Neighbours matter in lists: the value after a flag, the lines of a private key. */
function maskList(list: readonly unknown[], masking: Masking): unknown[] {
  let isInKey = false;
  return list.map((item, index) => {
    if (typeof item !== 'string') return maskValue(item, masking);
    if (isInKey) {
      isInKey = !item.includes('-----END ');
      return masking.mask('private-key');
    }
    isInKey = opensPrivateKey(item);
    const flag = flagName(list[index - 1]);
    return flag !== undefined && isSecretFlag(flag, item) ? masking.mask('key-name') : masking.text(item);
  });
}

function flagName(item: unknown): string | undefined {
  return typeof item === 'string' ? /^--?([A-Za-z][\w-]{1,60})$/.exec(item)?.[1] : undefined;
}
