import { showInvisible } from './hygiene.ts';
import { type HiddenNamespaces, maskReferences, namespaceMask } from './namespace-mask.ts';
import type { Redactor } from './redaction/redact.ts';

/** The one way out: what every string of an answer, an error or a prompt passes, keys included. */
export interface Egress {
  text(value: string): string;
  value<T>(value: T): T;
  /** How many strings held characters that had to be made visible. */
  sanitised(): number;
}

/**
 * Redacts, masks references into hidden namespaces, then shows invisible characters. In this order: what hides behind an
 * invisible character must be found before it is made visible. A second pass changes nothing.
 */
export function createEgress(redactor: Redactor, hidden: HiddenNamespaces): Egress {
  const mask = namespaceMask(hidden);
  let sanitised = 0;
  const text = (value: string): string => {
    const masked = mask(redactor.text(value));
    const shown = showInvisible(masked);
    if (shown !== masked) sanitised += 1;
    return shown;
  };
  return {
    text,
    value: <T>(value: T): T =>
      mapText(maskReferences(redactor.value(value), hidden.hides) as T, text, showInvisible),
    sanitised: () => sanitised,
  };
}

type TextMap = (value: string) => string;

/** A copy with every string passed through `text` and every key through `keyText`; other values and the shape stay. */
export function mapText<T>(value: T, text: TextMap, keyText: TextMap = text): T {
  return mapUnknown(value, text, keyText) as T;
}

function mapUnknown(value: unknown, text: TextMap, keyText: TextMap): unknown {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((item) => mapUnknown(item, text, keyText));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [keyText(key), mapUnknown(child, text, keyText)]),
  );
}
