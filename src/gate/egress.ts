import type { Redactor } from './redact.ts';

import { showInvisible } from './hygiene.ts';

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
export function createEgress(redactor: Redactor, hiddenNamespaces: ReadonlySet<string>): Egress {
  const mask = namespaceMask(hiddenNamespaces);
  let sanitised = 0;
  const text = (value: string): string => {
    const masked = mask(redactor.text(value));
    const shown = showInvisible(masked);
    if (shown !== masked) sanitised += 1;
    return shown;
  };
  return {
    text,
    value: <T>(value: T): T => mapText(redactor.value(value), text),
    sanitised: () => sanitised,
  };
}

const HIDDEN = '[hidden by policy]';

/**
 * Text of an object that may be seen can still name one that may not: `Kind/ns/name`, `ns/name`, `name.ns.svc`,
 * `namespace "ns"`.
 */
function namespaceMask(hidden: ReadonlySet<string>): (value: string) => string {
  if (hidden.size === 0) return (value) => value;
  const names = [...hidden].sort((a, b) => b.length - a.length).map((name) => name.replaceAll('.', '\\.'));
  const any = `(?:${names.join('|')})`;
  const pattern = new RegExp(
    [
      `(?<![\\w.-])${any}/[\\w.:-]+`,
      `[\\w-]+\\.${any}(?=\\.svc|\\.pod|[:/\\s"']|$)(?:\\.svc(?:\\.[\\w.-]+)?)?`,
      `(?<=namespaces? ["']?)${any}(?![\\w.-])`,
      `(?<=^|["'(\\s])${any}(?=["')\\s]|$)`,
    ].join('|'),
    'g',
  );
  return (value) => value.replace(pattern, HIDDEN);
}

/** A copy with every string and key passed through `text`; other values and the shape stay. */
export function mapText<T>(value: T, text: (value: string) => string): T {
  return mapUnknown(value, text) as T;
}

function mapUnknown(value: unknown, text: (value: string) => string): unknown {
  if (typeof value === 'string') return text(value);
  if (Array.isArray(value)) return value.map((item) => mapUnknown(item, text));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [text(key), mapUnknown(child, text)]),
  );
}
